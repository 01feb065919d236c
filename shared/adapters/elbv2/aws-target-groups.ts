// Health checks of target groups through the AWS SDK.
import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand, type ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroups } from '#ports/target-groups.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

export function createAwsTargetGroups(client: ElasticLoadBalancingV2Client): TargetGroups {
  return {
    async healthCheck(targetGroupArn) {
      const answer = await callAwsUnless(`describe target group ${targetGroupArn}`, { TargetGroupNotFoundException: () => undefined }, () =>
        client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] })),
      );
      const group = answer?.TargetGroups?.[0];
      if (group === undefined) return undefined;
      // Defaults: ELBv2 API, CreateTargetGroup, for target types instance and ip.
      return {
        protocol: group.HealthCheckProtocol ?? 'HTTP',
        port: group.HealthCheckPort ?? 'traffic-port',
        path: group.HealthCheckPath ?? '/',
        matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode ?? '200',
        intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
        timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
        unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
      };
    },
    async unhealthy(targetGroupArn) {
      const answer = await callAws(`describe the targets of ${targetGroupArn}`, () =>
        client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
      );
      const unhealthy = (answer.TargetHealthDescriptions ?? []).flatMap(({ TargetHealth }) => (TargetHealth?.State === 'unhealthy' ? [TargetHealth] : []));
      const reasons = new Map(unhealthy.map(({ Reason = '', Description = '' }) => [`${Reason} ${Description}`, { code: Reason, description: Description }]));
      return { count: unhealthy.length, reasons: [...reasons.values()] };
    },
  };
}
