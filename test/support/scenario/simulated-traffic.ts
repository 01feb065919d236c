// Traffic for virtual time: each simulated minute, what the load balancer would have counted for the versions behind its listener, by
// the listener's real weights. No socket, no randomness.
import { balancerData, publishBalancerData } from '#rehearsal/region/balancer-metrics.ts';
import type { AwsShape, Region } from '../../../localaws/region.ts';

export interface VersionTraffic {
  /** Share of requests answered 5xx, 0..1. */
  readonly errorShare: number;
  readonly latencySeconds: number;
}

export interface SimulatedTraffic {
  requestsPerMinute: number;
  /** By image digest; versions not named are healthy. */
  readonly versions: Map<string, VersionTraffic>;
  stop(): void;
}

const healthy: VersionTraffic = { errorShare: 0, latencySeconds: 0.05 };
const root = { kind: 'root' } as const;

export function simulateTraffic(region: Region, where: { cluster: string; service: string; listenerArn: string }): SimulatedTraffic {
  let stopped = false;
  const traffic: SimulatedTraffic = {
    requestsPerMinute: 1_000,
    versions: new Map(),
    stop: () => {
      stopped = true;
    },
  };
  const tick = (): void => {
    if (stopped) return;
    const minute = Math.floor((region.clock.now() - 1) / 60_000) * 60_000;
    void region.clock.during(() => publishMinute(region, where, traffic, minute));
    region.clock.schedule(60_000, tick, 'simulated traffic');
  };
  const untilNextMinute = 60_000 - (region.clock.now() % 60_000);
  region.clock.schedule(untilNextMinute, tick, 'simulated traffic');
  return traffic;
}

async function publishMinute(
  region: Region,
  where: { cluster: string; service: string; listenerArn: string },
  traffic: SimulatedTraffic,
  minute: number,
): Promise<void> {
  const { Rules } = await region.call('elasticloadbalancing', 'DescribeRules', { ListenerArn: where.listenerArn }, root);
  const groups: { TargetGroupArn: string; Weight?: number }[] = Rules[0].Actions[0].ForwardConfig?.TargetGroups ?? [];
  const total = groups.reduce((sum, group) => sum + (group.Weight ?? 1), 0);
  const digests = await digestsByTargetGroup(region, where);
  for (const { TargetGroupArn, Weight = 1 } of groups) {
    const requests = total === 0 ? 0 : Math.round((traffic.requestsPerMinute * Weight) / total);
    const digest = digests.get(TargetGroupArn);
    if (digest === undefined) continue;
    const { errorShare, latencySeconds } = traffic.versions.get(digest) ?? healthy;
    const minuteOfGroup = {
      targetGroupArn: TargetGroupArn,
      requests,
      errors: Math.round(requests * errorShare),
      seconds: new Map([[latencySeconds, requests]]),
    };
    await publishBalancerData(region, balancerData(where.listenerArn, minuteOfGroup, minute));
  }
}

async function digestsByTargetGroup(region: Region, where: { cluster: string; service: string }): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const side of await runningSides(region, where)) {
    const { taskDefinition } = await region.call('ecs', 'DescribeTaskDefinition', { taskDefinition: side.taskDefinition }, root);
    const image: string = taskDefinition.containerDefinitions[0].image;
    digests.set(side.targetGroupArn, image.slice(image.indexOf('@') + 1));
  }
  return digests;
}

/** What runs of a service, and in which target group: its task sets, or its revisions where ECS itself deploys. */
export async function runningSides(
  region: Region,
  where: { readonly cluster: string; readonly service: string },
): Promise<readonly { readonly taskDefinition: string; readonly targetGroupArn: string }[]> {
  const { services } = await region.call('ecs', 'DescribeServices', { cluster: where.cluster, services: [where.service] }, root);
  const [service] = services as AwsShape[];
  if (service?.['taskSets'] !== undefined) {
    return (service['taskSets'] as AwsShape[]).map((taskSet) => ({
      taskDefinition: taskSet['taskDefinition'],
      targetGroupArn: taskSet['loadBalancers'][0].targetGroupArn,
    }));
  }
  const serviceRevisionArns = ((service?.['currentServiceRevisions'] ?? []) as AwsShape[]).map((revision) => revision['arn']);
  if (serviceRevisionArns.length === 0) return [];
  const { serviceRevisions } = await region.call('ecs', 'DescribeServiceRevisions', { serviceRevisionArns }, root);
  // Without a load balancer there is no traffic to simulate.
  return (serviceRevisions as AwsShape[]).flatMap(({ taskDefinition, resolvedConfiguration }) => {
    const targetGroupArn = resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn;
    return targetGroupArn === undefined ? [] : [{ taskDefinition, targetGroupArn }];
  });
}
