// Changes a service's record by a pure decision on its newest state.
import type { ServiceRecord } from '#core/service/service-record.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';

const CHANGE_ATTEMPTS_MAX = 8;

/**
 * Loads, decides, writes; decides again when somebody else wrote in between. A decision that answers the same record writes nothing.
 * @returns what the decision answered; undefined when the service is unknown
 * @throws ConflictError when others keep winning
 */
export async function changeService<T extends { readonly record: ServiceRecord }>(
  ports: Ports,
  key: string,
  decide: (record: ServiceRecord) => T,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++) {
    const loaded = await ports.services.load(key);
    if (loaded === undefined) return undefined;
    const decided = decide(loaded.record);
    if (decided.record === loaded.record) return decided;
    try {
      await ports.services.save(decided.record, loaded.version, ports.writeId());
      return decided;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= CHANGE_ATTEMPTS_MAX) throw error;
    }
  }
}
