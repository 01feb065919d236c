// Runbook: ECS cannot place tasks. Nothing here can be done for the owner, so the alert names the exact limit and the remedy.
// Sources: aws-contracts.md 1.4 (SERVICE_TASK_PLACEMENT_FAILURE reasons); ECS developer guide, "API failure reasons" and "Troubleshooting
// Amazon ECS TaskFailedToStart errors".
import type { Finding } from '../action.ts';

export interface PlacementSituation {
  readonly kind: 'placement';
  /** The event's `reason`, such as RESOURCE:FARGATE, or the text of a service event or stopped task. */
  readonly reason: string;
  /** Names of the providers it concerns. */
  readonly capacityProviders: readonly string[];
  /** The account's quota, where it could be read. */
  readonly quota?: { readonly name: string; readonly code: string; readonly used: number | undefined; readonly limit: number } | undefined;
  /** Free IP addresses of the service's subnets, where they could be read. */
  readonly subnets?: readonly { readonly subnetId: string; readonly freeAddresses: number }[] | undefined;
  readonly failures: number;
  /** Container instances that lately lost their agent or left service, each in a few words. */
  readonly instances?: readonly string[] | undefined;
}

interface PlacementRow {
  /** In lower case; the first row whose text occurs in the reason holds. */
  readonly text: string;
  readonly limit: string;
  readonly remedy: string;
}

const rows: readonly PlacementRow[] = [
  {
    text: 'vcpu',
    limit: "the account's Fargate vCPU quota",
    remedy: 'ask for more in Service Quotas (Fargate On-Demand or Spot vCPU resource count) or stop what is not needed',
  },
  {
    text: 'limit on the number of tasks',
    limit: "the account's quota of concurrent Fargate tasks",
    remedy: 'ask for more in Service Quotas or stop tasks that are not needed',
  },
  {
    text: 'resource:fargate',
    limit: "Fargate's capacity in the service's Availability Zones",
    remedy: 'add subnets in other Availability Zones, or wait: capacity returns',
  },
  {
    text: 'capacity is unavailable',
    limit: "Fargate's capacity in the service's Availability Zones",
    remedy: 'add subnets in other Availability Zones, or wait: capacity returns',
  },
  {
    text: 'resource:cpu',
    limit: 'free CPU on the container instances',
    remedy: "raise the Auto Scaling group's maximum, use larger instances, or lower the task's CPU",
  },
  {
    text: 'resource:memory',
    limit: 'free memory on the container instances',
    remedy: "raise the Auto Scaling group's maximum, use larger instances, or lower the task's memory",
  },
  {
    text: 'resource:ports',
    limit: 'free host ports on the container instances',
    remedy: 'use dynamic host ports (hostPort 0) or the awsvpc network mode, or add instances',
  },
  { text: 'resource:gpu', limit: 'free GPUs on the container instances', remedy: 'add instances with GPUs' },
  { text: 'resource:eni', limit: 'network interfaces of the container instances', remedy: 'turn on ENI trunking (awsvpcTrunking) or use larger instances' },
  { text: 'insufficientfreeaddressesinsubnet', limit: "free IP addresses in the service's subnets", remedy: 'add a larger subnet to the service' },
  {
    text: 'network interface',
    limit: "network interfaces or IP addresses in the service's subnets",
    remedy: 'add a subnet with free addresses; check the quota of network interfaces per region',
  },
  { text: 'agent', limit: 'connected container agents', remedy: 'look at the ECS agent of the container instances, or replace them' },
  {
    text: 'attribute',
    limit: 'container instances with the attributes the task requires',
    remedy: "compare the task definition's requiresAttributes with the instances' attributes",
  },
  {
    text: 'memberof',
    limit: 'container instances that satisfy the placement constraints',
    remedy: "relax the service's placement constraints or add instances that satisfy them",
  },
];
const unknownRow: PlacementRow = { text: '', limit: 'a limit Weir does not know', remedy: "read the reason and the service's events in ECS" };

/** Always an alert. */
export function planPlacement(situation: PlacementSituation): Finding {
  const row = placementRow(situation.reason);
  const { quota, subnets, capacityProviders, instances = [] } = situation;
  const full = (subnets ?? []).filter((subnet) => subnet.freeAddresses === 0);
  return {
    kind: 'alert',
    why: `tasks cannot be placed: ${row.limit} is the limit`,
    evidence: [
      `${situation.failures} placement failures: ${situation.reason}`,
      ...(capacityProviders.length === 0 ? [] : [`capacity providers: ${capacityProviders.join(', ')}`]),
      ...(quota === undefined ? [] : [`quota ${quota.name} (${quota.code}): ${quota.used ?? 'unknown'} of ${quota.limit} in use`]),
      ...(full.length === 0 ? [] : [`no free IP address in ${full.map((subnet) => subnet.subnetId).join(', ')}`]),
      ...(instances.length === 0 ? [] : [`container instances in trouble: ${instances.join(', ')}`]),
      `remedy: ${row.remedy}`,
    ],
  };
}

/** Spot that ran out is the capacity runbook's: there something can be done. */
export function isSpotShortage(reason: string, capacityProviders: readonly string[]): boolean {
  return placementRow(reason).limit.startsWith("Fargate's capacity") && capacityProviders.some((name) => name.endsWith('FARGATE_SPOT'));
}

function placementRow(reason: string): PlacementRow {
  const text = reason.toLowerCase();
  return rows.find((row) => text.includes(row.text)) ?? unknownRow;
}
