// The listener rules of a service's load balancers: read and judged before a deployment, rewritten when traffic moves. As on
// AWS nothing looks at the weights between two steps: what somebody else has set meanwhile is overwritten by the next one.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../../region.ts';
import { type DeploymentEnding, rolledBackBecause } from './interruption.ts';
import { callWithRetries, isDenial, LISTENER_SESSION, mayAssume, rolePrincipal } from './role-calls.ts';
import { weightsOf } from './traffic-steps.ts';

/** One load balancer entry of a service, resolved for one deployment. */
export interface TrafficRoute {
  readonly roleArn: string;
  readonly productionRuleArn: string;
  readonly testRuleArn: string | undefined;
  /** The group that has the traffic, and the one it goes to. */
  readonly sourceGroupArn: string;
  readonly targetGroupArn: string;
}

interface WeightedGroup {
  readonly arn: string;
  readonly weight: number;
}

/** Gives the route's target group its share of a rule, percent; the rest is the source group's. @throws AwsError */
export async function writeShare(region: Region, route: TrafficRoute, ruleArn: string, targetPercent: number): Promise<void> {
  const rule = await readRule(region, route.roleArn, ruleArn);
  const [source, target] = weightsOf(targetPercent);
  const actions = (rule['Actions'] as AwsShape[]).map((action) => {
    if (action['Type'] !== 'forward') return action;
    const { TargetGroupArn: _single, ForwardConfig: before, ...rest } = action;
    const stickiness: unknown = before?.['TargetGroupStickinessConfig'];
    const TargetGroups = [
      { TargetGroupArn: route.sourceGroupArn, Weight: source },
      { TargetGroupArn: route.targetGroupArn, Weight: target },
    ];
    return { ...rest, ForwardConfig: { TargetGroups, ...(stickiness === undefined ? {} : { TargetGroupStickinessConfig: stickiness }) } };
  });
  const principal = rolePrincipal(route.roleArn, LISTENER_SESSION);
  await callWithRetries(region, principal, { service: 'elasticloadbalancing', operation: 'ModifyRule', input: { RuleArn: ruleArn, Actions: actions } });
}

/**
 * Judges the rules of a route before anything is started, as the troubleshooting page describes it.
 * @throws DeploymentEnding which rolls the deployment back
 */
export async function checkRoute(region: Region, route: TrafficRoute): Promise<void> {
  if (!(await mayAssume(region, route.roleArn))) throw missingPermissions(route.roleArn);
  const production = await groupsOfRule(region, route, route.productionRuleArn);
  const test = route.testRuleArn === undefined ? [] : await groupsOfRule(region, route, route.testRuleArn);
  const pair = [route.sourceGroupArn, route.targetGroupArn];
  for (const arn of pair) {
    if (![...production, ...test].some((group) => group.arn === arn)) {
      throw rolledBackBecause(
        `of invalid networking configuration: Target group ${arn} is not associated with either productionListenerRule or testListenerRule.`,
      );
    }
  }
  const stranger = production.find((group) => group.weight > 0 && !pair.includes(group.arn));
  if (stranger !== undefined) {
    throw invalidNetworking(
      `Production listener rule is forwarding traffic to unexpected target group ${stranger.arn}. Expected traffic to be forwarded to either targetGroupArn: ${route.sourceGroupArn} or alternateTargetGroupArn: ${route.targetGroupArn}`,
    );
  }
  const serving = production.filter((group) => group.weight > 0).length;
  if (serving !== 1) {
    throw invalidNetworking(
      `productionListenerRule ${route.productionRuleArn} should have exactly one target group serving traffic but found ${serving} target groups which are serving traffic`,
    );
  }
}

async function groupsOfRule(region: Region, route: TrafficRoute, ruleArn: string): Promise<WeightedGroup[]> {
  try {
    return forwardedGroups(await readRule(region, route.roleArn, ruleArn));
  } catch (error) {
    if (isDenial(error)) throw missingPermissions(route.roleArn);
    // AWS's text, which does not name the rule.
    if (error instanceof AwsError) throw invalidNetworking(error.code === 'RuleNotFound' ? 'One or more rules not found' : error.message);
    throw error;
  }
}

async function readRule(region: Region, roleArn: string, ruleArn: string): Promise<AwsShape> {
  const principal = rolePrincipal(roleArn, LISTENER_SESSION);
  const answer = await callWithRetries(region, principal, { service: 'elasticloadbalancing', operation: 'DescribeRules', input: { RuleArns: [ruleArn] } });
  const rule = (answer['Rules'] as AwsShape[] | undefined)?.[0];
  if (rule === undefined) throw new AwsError('RuleNotFound', 'One or more rules not found');
  return rule;
}

/** The target groups of a rule's forward actions with their weights. */
export function forwardedGroups(rule: AwsShape): WeightedGroup[] {
  return ((rule['Actions'] as AwsShape[] | undefined) ?? []).flatMap((action) => {
    if (action['Type'] !== 'forward') return [];
    const groups = action['ForwardConfig']?.['TargetGroups'] as AwsShape[] | undefined;
    if (groups !== undefined && groups.length > 0) {
      return groups.map((group) => ({ arn: String(group['TargetGroupArn']), weight: Number(group['Weight'] ?? 1) }));
    }
    return typeof action['TargetGroupArn'] === 'string' ? [{ arn: action['TargetGroupArn'], weight: 1 }] : [];
  });
}

function invalidNetworking(what: string): DeploymentEnding {
  return rolledBackBecause(`of invalid networking configuration. ${what}`);
}

function missingPermissions(roleArn: string): DeploymentEnding {
  return invalidNetworking(`ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${roleArn}'.`);
}
