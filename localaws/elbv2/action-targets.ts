// What an action may point at: existing target groups, not held by another load balancer, not too many.
import { AwsError } from '../endpoint/aws-error.ts';
import { TARGET_GROUPS_PER_LOAD_BALANCER_MAX } from './limits.ts';
import { type Action, groupsOfAction, type LoadBalancing, loadBalancersUsing, targetGroupOf } from './load-balancing-state.ts';

/** @throws AwsError when a rule of this load balancer may not have this action. Called before anything changes. */
export function checkActionTargets(state: LoadBalancing, loadBalancerArn: string, action: Action): void {
  for (const arn of groupsOfAction(action)) {
    const group = targetGroupOf(state, arn);
    if (loadBalancersUsing(state, group.arn).some((user) => user.arn !== loadBalancerArn)) {
      throw new AwsError('TargetGroupAssociationLimit', `The following target groups cannot be associated with more than one load balancer: ${group.arn}`);
    }
  }
  const inUse = new Set(groupsOfAction(action));
  for (const listener of state.listeners.values()) {
    if (listener.loadBalancerArn !== loadBalancerArn) continue;
    for (const rule of listener.rules) for (const arn of groupsOfAction(rule.action)) inUse.add(arn);
  }
  if (inUse.size > TARGET_GROUPS_PER_LOAD_BALANCER_MAX) {
    throw new AwsError('TooManyUniqueTargetGroupsPerLoadBalancer', `A load balancer can use at most ${TARGET_GROUPS_PER_LOAD_BALANCER_MAX} target groups`);
  }
}
