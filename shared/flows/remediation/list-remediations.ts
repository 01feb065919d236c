// What an operator sees of a service's remediations, newest first. Task tokens stay inside.
import type { Remediation } from '#core/remediation/remediation-record.ts';
import type { Ports } from '#ports/ports.ts';

export type ShownRemediation = Omit<Remediation, 'token'>;

export async function listRemediations(ports: Ports, serviceKey: string, limit: number): Promise<readonly ShownRemediation[]> {
  const remediations = await ports.remediations.list(serviceKey, limit);
  return remediations.toSorted((one, other) => other.requestedAt - one.requestedAt).map(({ token: _inside, ...shown }) => shown);
}
