// What an effect is given: the deployment it acts for, the calls it may make, and where it leaves what it learned.
import type { AwsShape, Region } from '../../region.ts';
import type { CodeDeployBehaviour } from '../behaviour.ts';
import type { Deployment } from '../model.ts';
import type { RoleCall } from './role-calls.ts';
import { DeploymentFailure } from './role-calls.ts';
import type { TargetFacts } from './target-facts.ts';

export interface EffectContext {
  readonly region: Region;
  readonly behaviour: CodeDeployBehaviour;
  readonly deployment: Deployment;
  readonly call: RoleCall;
}

/** The ECS identity of the target, as the group names it. */
export function targetService(deployment: Deployment): { cluster: string; service: string } {
  const [{ clusterName, serviceName }] = deployment.settings.ecsServices;
  return { cluster: clusterName, service: serviceName };
}

/** The facts Inspect left. Effects after it may rely on them. */
export function requireFacts(deployment: Deployment): TargetFacts {
  if (deployment.facts === undefined) throw new DeploymentFailure('INTERNAL_ERROR', 'The deployment target was not inspected.');
  return deployment.facts;
}

/** The target service. @throws DeploymentFailure INVALID_ECS_SERVICE when it is not there or not ours to deploy. */
export async function describeService(context: EffectContext): Promise<AwsShape> {
  const { cluster, service } = targetService(context.deployment);
  const answer = await context.call('ecs', 'DescribeServices', { cluster, services: [service] });
  const found = (answer['services'] as AwsShape[] | undefined)?.[0];
  if (found === undefined || found['status'] !== 'ACTIVE') {
    throw new DeploymentFailure('INVALID_ECS_SERVICE', `The Amazon ECS service ${service} in the cluster ${cluster} cannot be found or is not active.`);
  }
  return found;
}

/**
 * The task sets of the target service, as DescribeServices gives them: AWS's managed policies for CodeDeploy's role do not allow
 * DescribeTaskSets.
 */
export async function describeTaskSets(context: EffectContext): Promise<AwsShape[]> {
  const service = await describeService(context);
  return (service['taskSets'] as AwsShape[] | undefined) ?? [];
}
