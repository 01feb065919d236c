// Application Auto Scaling through the AWS SDK.
import { type ApplicationAutoScalingClient, DescribeScalableTargetsCommand, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import type { Scaling } from '#ports/scaling.ts';
import { callAws } from '../operating-error.ts';

const dimension = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

export function createAwsScaling(client: ApplicationAutoScalingClient): Scaling {
  return {
    async read(cluster, service) {
      const answer = await callAws(`read auto scaling of ${cluster}/${service}`, () =>
        client.send(new DescribeScalableTargetsCommand({ ...dimension, ResourceIds: [`service/${cluster}/${service}`] })),
      );
      const target = answer.ScalableTargets?.[0];
      if (target === undefined) return undefined;
      return {
        dynamicScalingIn: target.SuspendedState?.DynamicScalingInSuspended ?? false,
        dynamicScalingOut: target.SuspendedState?.DynamicScalingOutSuspended ?? false,
        scheduledScaling: target.SuspendedState?.ScheduledScalingSuspended ?? false,
      };
    },
    async set(cluster, service, state) {
      await callAws(`set auto scaling of ${cluster}/${service}`, () =>
        client.send(
          new RegisterScalableTargetCommand({
            ...dimension,
            ResourceId: `service/${cluster}/${service}`,
            SuspendedState: {
              DynamicScalingInSuspended: state.dynamicScalingIn,
              DynamicScalingOutSuspended: state.dynamicScalingOut,
              ScheduledScalingSuspended: state.scheduledScaling,
            },
          }),
        ),
      );
    },
  };
}
