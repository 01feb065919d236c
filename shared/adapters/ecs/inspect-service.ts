// A live ECS service as init and verify look at it.
import { DescribeServicesCommand, type ECSClient, type LoadBalancer, type Service } from '@aws-sdk/client-ecs';
import type { InspectedService, ServiceBalancer } from '#core/inspection/service-facts.ts';
import { callAwsUnless } from '../operating-error.ts';

export async function inspectService(client: ECSClient, cluster: string, service: string): Promise<InspectedService | undefined> {
  const answer = await callAwsUnless(`describe service ${cluster}/${service}`, { ClusterNotFoundException: () => undefined }, () =>
    client.send(new DescribeServicesCommand({ cluster, services: [service] })),
  );
  const found = answer?.services?.[0];
  if (found === undefined) return undefined;
  // With CodeDeploy the service's own members stay as they were at its creation; what serves is its primary task set.
  const primary = found.taskSets?.find((taskSet) => taskSet.status === 'PRIMARY');
  return {
    status: found.status ?? '',
    deploymentController: found.deploymentController?.type ?? 'ECS',
    desiredCount: found.desiredCount ?? 0,
    onFargate: isOnFargate(primary ?? found),
    taskDefinitionArn: primary?.taskDefinition ?? found.taskDefinition ?? '',
    balancers: (primary?.loadBalancers ?? found.loadBalancers ?? []).flatMap(balancerOf),
    alarms: found.deploymentConfiguration?.alarms?.enable === true ? (found.deploymentConfiguration.alarms.alarmNames ?? []) : [],
  };
}

function isOnFargate({ launchType, capacityProviderStrategy = [] }: Pick<Service, 'launchType' | 'capacityProviderStrategy'>): boolean {
  if (capacityProviderStrategy.length > 0) return capacityProviderStrategy.every(({ capacityProvider }) => capacityProvider?.startsWith('FARGATE') ?? false);
  return launchType === 'FARGATE';
}

function balancerOf({ targetGroupArn, containerName, containerPort, advancedConfiguration: advanced }: LoadBalancer): ServiceBalancer[] {
  if (targetGroupArn === undefined || containerName === undefined || containerPort === undefined) return [];
  return [
    {
      targetGroupArn,
      containerName,
      containerPort,
      ...(advanced?.alternateTargetGroupArn === undefined ? {} : { alternateTargetGroupArn: advanced.alternateTargetGroupArn }),
      ...(advanced?.productionListenerRule === undefined ? {} : { productionRuleArn: advanced.productionListenerRule }),
      ...(advanced?.testListenerRule === undefined ? {} : { testRuleArn: advanced.testListenerRule }),
      ...(advanced?.roleArn === undefined ? {} : { roleArn: advanced.roleArn }),
    },
  ];
}
