// Target groups with the state of their targets, and listeners with the address of their load balancer.
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerFacts, TargetGroupFacts } from '#core/inspection/service-facts.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

export async function inspectTargetGroups(client: ElasticLoadBalancingV2Client, arnsOrNames: readonly string[]): Promise<readonly TargetGroupFacts[]> {
  const found: TargetGroupFacts[] = [];
  // One at a time: a call that names several fails when one of them does not exist.
  for (const arnOrName of new Set(arnsOrNames)) {
    const named = arnOrName.startsWith('arn:') ? { TargetGroupArns: [arnOrName] } : { Names: [arnOrName] };
    const answer = await callAwsUnless(`describe target group ${arnOrName}`, { TargetGroupNotFoundException: () => undefined }, () =>
      client.send(new DescribeTargetGroupsCommand(named)),
    );
    const group = answer?.TargetGroups?.[0];
    if (group?.TargetGroupArn === undefined || found.some(({ arn }) => arn === group.TargetGroupArn)) continue;
    found.push(await targetGroupFacts(client, group.TargetGroupArn, group));
  }
  return found;
}

async function targetGroupFacts(client: ElasticLoadBalancingV2Client, arn: string, group: TargetGroup): Promise<TargetGroupFacts> {
  const health = await callAws(`describe the targets of ${arn}`, () => client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })));
  return {
    arn,
    name: group.TargetGroupName ?? '',
    targetType: group.TargetType ?? 'instance',
    port: group.Port,
    healthCheckPath: group.HealthCheckPath,
    matcher: group.Matcher?.HttpCode,
    targets: (health.TargetHealthDescriptions ?? []).map(({ TargetHealth: target }) => ({
      state: target?.State ?? 'unavailable',
      reason: target?.Reason,
      description: target?.Description,
    })),
  };
}

export async function inspectListeners(client: ElasticLoadBalancingV2Client, arns: readonly string[]): Promise<readonly ListenerFacts[]> {
  const found: ListenerFacts[] = [];
  for (const arn of new Set(arns.map(listenerOf))) {
    const answer = await callAwsUnless(`describe listener ${arn}`, { ListenerNotFoundException: () => undefined }, () =>
      client.send(new DescribeListenersCommand({ ListenerArns: [arn] })),
    );
    const listener = answer?.Listeners?.[0];
    if (listener === undefined) continue;
    const balancers = await callAws(`describe the load balancer of ${arn}`, () =>
      client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [listener.LoadBalancerArn ?? ''] })),
    );
    const [balancer] = balancers.LoadBalancers ?? [];
    found.push({
      arn,
      port: listener.Port,
      protocol: listener.Protocol ?? '',
      loadBalancerName: balancer?.LoadBalancerName ?? '',
      host: balancer?.DNSName ?? '',
    });
  }
  return found;
}

/** `...:listener-rule/app/NAME/LB/LISTENER/RULE` belongs to `...:listener/app/NAME/LB/LISTENER`. */
function listenerOf(arn: string): string {
  return arn.includes(':listener-rule/') ? arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '') : arn;
}
