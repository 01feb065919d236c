// Changes an incident's record by a pure decision on its newest state.
import type { Incident } from '#core/remediation/incident.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';

const CHANGE_ATTEMPTS_MAX = 6;

/** @returns the incident after the change; undefined when there is none. @throws ConflictError when others keep winning */
export async function changeIncident(
  ports: Ports,
  serviceKey: string,
  subject: string,
  change: (incident: Incident | undefined) => Incident | undefined,
): Promise<Incident | undefined> {
  for (let attempt = 1; ; attempt++) {
    const loaded = await ports.incidents.load(serviceKey, subject);
    const changed = change(loaded?.incident);
    if (changed === undefined || changed === loaded?.incident) return changed;
    try {
      await ports.incidents.save(changed, loaded?.version, ports.writeId());
      return changed;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= CHANGE_ATTEMPTS_MAX) throw error;
    }
  }
}
