// Changes a remediation's record by events decided from its newest state.
import { evolveRemediation, type Remediation, type RemediationEvent } from '#core/remediation/remediation-record.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';

const CHANGE_ATTEMPTS_MAX = 6;

/** No event, no write. @returns the record after the change; undefined when there is none. @throws ConflictError when others keep winning */
export async function changeRemediation(
  ports: Ports,
  serviceKey: string,
  id: string,
  decide: (remediation: Remediation) => RemediationEvent | undefined,
): Promise<Remediation | undefined> {
  for (let attempt = 1; ; attempt++) {
    const loaded = await ports.remediations.load(serviceKey, id);
    if (loaded === undefined) return undefined;
    const event = decide(loaded.remediation);
    const changed = event === undefined ? loaded.remediation : evolveRemediation(loaded.remediation, event, ports.now());
    if (changed === loaded.remediation) return changed;
    try {
      await ports.remediations.save(changed, loaded.version, ports.writeId());
      return changed;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= CHANGE_ATTEMPTS_MAX) throw error;
    }
  }
}
