// What an operator sees of a service: its record, the running deployment, and the newest ended ones.
import type { Deployment } from '#core/deployment/deployment.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { listRemediations, type ShownRemediation } from './remediation/list-remediations.ts';

export interface ServiceView {
  readonly service: ServiceRecord;
  /** Newest first. Only the deployment asked for, else the newest, carries its minutes of evidence. */
  readonly deployments: readonly Deployment[];
  /** The newest, newest first. */
  readonly remediations: readonly ShownRemediation[];
}

export interface ServiceQuestion {
  readonly serviceKey: string;
  readonly limit: number;
  /** This deployment too, with all its evidence, however old it is. */
  readonly deploymentId?: string | undefined;
}

/** Remediations shown beside the deployments. */
const REMEDIATIONS_MAX = 3;

/** undefined: no manifest was applied for it. */
export async function showService(ports: Ports, { serviceKey, limit, deploymentId }: ServiceQuestion): Promise<ServiceView | undefined> {
  const [service, history, asked, remediations] = await Promise.all([
    ports.services.load(serviceKey),
    ports.deployments.history(serviceKey, limit),
    deploymentId === undefined ? undefined : ports.deployments.load(serviceKey, deploymentId),
    listRemediations(ports, serviceKey, REMEDIATIONS_MAX),
  ]);
  if (service === undefined) return undefined;
  const whole = asked?.deployment ?? (deploymentId === undefined ? history[0] : undefined);
  const others = history.filter(({ id }) => id !== whole?.id).map(withoutMinutes);
  return { service: service.record, deployments: whole === undefined ? others : inOrder([whole, ...others]), remediations };
}

/** Fifty deployments with hours of minutes each would not fit into an answer of 6 MB. */
function withoutMinutes(deployment: Deployment): Deployment {
  return deployment.evidence === undefined ? deployment : { ...deployment, evidence: { ...deployment.evidence, minutes: [] } };
}

function inOrder(deployments: readonly Deployment[]): readonly Deployment[] {
  return deployments.toSorted((one, other) => other.requestedAt - one.requestedAt);
}
