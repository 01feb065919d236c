// Reads a live service with what is configured around it. Called by `weir init` and `weir verify` with the user's own credentials.
import type { DeploymentGroupFacts, ServiceFacts } from '#core/inspection/service-facts.ts';
import type { Inspection } from '#ports/inspection.ts';

/** A deployment group by name, where it is known. */
export interface NamedGroup {
  readonly application: string;
  readonly deploymentGroup: string;
}

/** @param named only this group is of interest; all that deploy the service when undefined */
export async function inspectService(inspection: Inspection, cluster: string, service: string, named?: NamedGroup): Promise<ServiceFacts> {
  const { account, region } = await inspection.whereabouts();
  const observed = await inspection.service(cluster, service);
  const taskDefinitionArn = observed?.taskDefinitionArn ?? '';
  const [taskDefinition, all] = await Promise.all([
    taskDefinitionArn === '' ? undefined : inspection.taskDefinition(taskDefinitionArn),
    observed?.deploymentController === 'CODE_DEPLOY' ? inspection.deploymentGroups(cluster, service) : [],
  ]);
  const groups = named === undefined ? all : all.filter((group) => isNamed(group, named));
  const balancers = observed?.balancers ?? [];
  const [targetGroups, listeners] = await Promise.all([
    inspection.targetGroups(
      [
        ...balancers.flatMap(({ targetGroupArn, alternateTargetGroupArn }) => [targetGroupArn, alternateTargetGroupArn]),
        ...groups.flatMap(({ targetGroupNames }) => targetGroupNames),
      ].filter((name) => name !== undefined),
    ),
    inspection.listeners(
      [
        ...balancers.flatMap(({ productionRuleArn, testRuleArn }) => [productionRuleArn, testRuleArn]),
        ...groups.flatMap(({ productionListenerArn, testListenerArn }) => [productionListenerArn, testListenerArn]),
      ].filter((arn) => arn !== undefined),
    ),
  ]);
  return { cluster, service, account, region, observed, taskDefinition, groups, targetGroups, listeners };
}

function isNamed(group: DeploymentGroupFacts, named: NamedGroup): boolean {
  return group.application === named.application && group.deploymentGroup === named.deploymentGroup;
}
