// What CodeDeploy checks in other services before it accepts a group or a deployment: the role, and that gradual shifting has an
// application load balancer.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import type { CodeDeployContext } from './code-deploy-context.ts';
import { roleIsMissing } from './lifecycle/inspect-target.ts';
import { isApplication } from './lifecycle/listener-routes.ts';
import { trafficMoves } from './lifecycle/plan.ts';
import { roleCaller } from './lifecycle/role-calls.ts';
import type { GroupSettings } from './model.ts';

/** @throws AwsError InvalidRoleException */
export async function requireRoleExists(context: CodeDeployContext, roleArn: string): Promise<void> {
  if (await roleIsMissing(context.region, roleArn)) {
    throw new AwsError('InvalidRoleException', `AWS CodeDeploy does not have the permissions required to assume the role ${roleArn}.`);
  }
}

/** @throws AwsError InvalidTrafficRoutingConfigurationException for canary and linear on a network load balancer. */
export async function requireGradualListener(context: CodeDeployContext, settings: GroupSettings, configName: string): Promise<void> {
  if (trafficMoves(context.store.config(configName).trafficRoutingConfig).length < 2) return;
  const [listenerArn] = settings.loadBalancerInfo.targetGroupPairInfoList[0].prodTrafficRoute.listenerArns;
  const call = roleCaller(context.region, settings.serviceRoleArn, 1);
  // A listener that cannot be read here is found out, with its reason, when the deployment inspects its target.
  const answer = await call('elasticloadbalancing', 'DescribeListeners', { ListenerArns: [listenerArn] }).catch((): AwsShape => ({}));
  const protocol: unknown = (answer['Listeners'] as AwsShape[] | undefined)?.[0]?.['Protocol'];
  if (typeof protocol === 'string' && !isApplication(protocol)) {
    throw new AwsError(
      'InvalidTrafficRoutingConfigurationException',
      'Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group.',
    );
  }
}
