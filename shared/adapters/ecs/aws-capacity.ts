// A service's capacity provider strategy through the AWS SDK.
import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { Capacity } from '#ports/capacity.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

export function createAwsCapacity(client: ECSClient): Capacity {
  return {
    async observe(cluster, service) {
      const answer = await callAwsUnless(`describe service ${cluster}/${service}`, { ClusterNotFoundException: () => undefined }, () =>
        client.send(new DescribeServicesCommand({ cluster, services: [service] })),
      );
      const found = answer?.services?.[0];
      if (found === undefined) return undefined;
      // Services with task sets have their strategy there.
      const serving = found.taskSets?.find((taskSet) => taskSet.status === 'PRIMARY');
      return {
        strategy: (serving?.capacityProviderStrategy ?? found.capacityProviderStrategy ?? []).map(({ capacityProvider, base, weight }) => ({
          capacityProvider: capacityProvider ?? '',
          base: base ?? 0,
          weight: weight ?? 0,
        })),
        healthCheckGracePeriodSeconds: found.healthCheckGracePeriodSeconds ?? 0,
        subnets: (serving ?? found).networkConfiguration?.awsvpcConfiguration?.subnets ?? [],
      };
    },
    async set(cluster, service, strategy) {
      await callAws(`set the capacity provider strategy of ${cluster}/${service}`, () =>
        client.send(
          // Without a new deployment the tasks that run would stay where they are. Source: ECS API, UpdateService, forceNewDeployment.
          new UpdateServiceCommand({ cluster, service, capacityProviderStrategy: strategy.map((item) => ({ ...item })), forceNewDeployment: true }),
        ),
      );
    },
  };
}
