// How the tasks of a task set or a service revision are launched and reached.
import type { ServiceRevision, TaskSet } from '@aws-sdk/client-ecs';
import type { LaunchSettings } from '#core/deployment/deployment.ts';

/** undefined without a load balancer. */
export function launchOf(taskSet: TaskSet | ServiceRevision): LaunchSettings | undefined {
  const balancer = taskSet.loadBalancers?.[0];
  if (balancer?.containerName === undefined || balancer.containerPort === undefined) return undefined;
  const network = taskSet.networkConfiguration?.awsvpcConfiguration;
  const strategy = taskSet.capacityProviderStrategy ?? [];
  return {
    loadBalancerContainer: balancer.containerName,
    loadBalancerPort: balancer.containerPort,
    ...(taskSet.platformVersion === undefined ? {} : { platformVersion: taskSet.platformVersion }),
    ...(network === undefined
      ? {}
      : {
          networkConfiguration: {
            subnets: network.subnets ?? [],
            securityGroups: network.securityGroups ?? [],
            assignPublicIp: network.assignPublicIp ?? 'DISABLED',
          },
        }),
    ...(strategy.length === 0
      ? {}
      : {
          capacityProviderStrategy: strategy.map((entry) => ({
            capacityProvider: entry.capacityProvider ?? '',
            base: entry.base ?? 0,
            weight: entry.weight ?? 0,
          })),
        }),
  };
}
