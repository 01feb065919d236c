// Where a task may run. The one seam for capacity: what is refused here is refused as ECS refuses it, so shortages and Spot
// can be simulated by another placement function.
import type { AwsShape, Region } from '../region.ts';
import type { Workload } from './ecs-records.ts';

export interface PlacementRequest {
  readonly workload: Workload;
  readonly subnetId: string;
  /** Tasks of the same task set not yet stopped, by capacity provider. */
  readonly tasksByProvider: ReadonlyMap<string, number>;
}

export type PlacementAnswer =
  | { kind: 'placed'; launchType: string; capacityProviderName: string | undefined; availabilityZone: string }
  /** `reason` as in SERVICE_TASK_PLACEMENT_FAILURE (`RESOURCE:FARGATE`); `message` as a service event says it. */
  | { kind: 'refused'; reason: string; message: string; capacityProviderName: string | undefined };

export type Placement = (request: PlacementRequest) => PlacementAnswer;

const ZONES = 'abc';

/** Fargate always has room. Nothing else does: there are no container instances on the local AWS. */
export function createPlacement(region: Region): Placement {
  return ({ workload, subnetId, tasksByProvider }) => {
    const capacityProviderName = workload.launchType === undefined ? chooseProvider(workload.capacityProviderStrategy, tasksByProvider) : undefined;
    const isFargate = workload.launchType === 'FARGATE' || capacityProviderName?.startsWith('FARGATE') === true;
    if (!isFargate) {
      return { kind: 'refused', reason: 'NO_CONTAINER_INSTANCE', message: 'No Container Instances were found in your cluster.', capacityProviderName };
    }
    return { kind: 'placed', launchType: 'FARGATE', capacityProviderName, availabilityZone: `${region.name}${zoneOf(subnetId)}` };
  };
}

/** The same subnet is always in the same zone. */
function zoneOf(subnetId: string): string {
  let sum = 0;
  for (const character of subnetId) sum += character.charCodeAt(0);
  return ZONES.charAt(sum % ZONES.length);
}

/** Base first, then the provider furthest below its share by weight. */
function chooseProvider(strategy: readonly AwsShape[], tasksByProvider: ReadonlyMap<string, number>): string | undefined {
  const items = strategy.map((item) => {
    const name = String(item['capacityProvider']);
    return { name, base: Number(item['base'] ?? 0), weight: Number(item['weight'] ?? 0), tasks: tasksByProvider.get(name) ?? 0 };
  });
  const belowBase = items.find((item) => item.tasks < item.base);
  if (belowBase !== undefined) return belowBase.name;
  const weighted = items.filter((item) => item.weight > 0);
  weighted.sort((a, b) => (a.tasks - a.base + 1) / a.weight - (b.tasks - b.base + 1) / b.weight);
  return weighted[0]?.name;
}
