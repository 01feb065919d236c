// What an operator sees of a service: its record, the running deployment, and the newest ended ones.
import type { Deployment } from '#core/deployment/deployment.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';

export interface ServiceView {
  readonly service: ServiceRecord;
  /** Newest first. */
  readonly deployments: readonly Deployment[];
}

/** undefined: no manifest was applied for it. */
export async function showService(ports: Ports, serviceKey: string, limit: number): Promise<ServiceView | undefined> {
  const [service, deployments] = await Promise.all([ports.services.load(serviceKey), ports.deployments.history(serviceKey, limit)]);
  return service === undefined ? undefined : { service: service.record, deployments };
}
