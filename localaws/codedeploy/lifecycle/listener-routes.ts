// Moves traffic: rewrites the forward actions of a listener (its default action and every rule that forwards to one of the two
// target groups) so that green has the given share.
import type { AwsShape } from '../../region.ts';
import { RULE_PAGES_MAX } from '../limits.ts';
import { DeploymentFailure, type RoleCall } from './role-calls.ts';

export interface Route {
  readonly blueArn: string;
  readonly greenArn: string;
  /** Green's share in percent; blue has the rest. */
  readonly greenPercent: number;
  /** Leave only the group that has all traffic in the action (all-at-once, test listener), else both with their weights. */
  readonly isExclusive: boolean;
}

interface Listener {
  readonly protocol: string;
  readonly defaultActions: AwsShape[];
  readonly rules: readonly { readonly arn: string; readonly actions: AwsShape[] }[];
}

/** Reads a listener with its rules. @throws DeploymentFailure when it does not exist. */
export async function readListener(call: RoleCall, listenerArn: string): Promise<Listener> {
  const answer = await call('elasticloadbalancing', 'DescribeListeners', { ListenerArns: [listenerArn] });
  const listener = (answer['Listeners'] as AwsShape[] | undefined)?.[0];
  if (listener === undefined) throw new DeploymentFailure('ELASTIC_LOAD_BALANCING_INVALID', `The listener ${listenerArn} cannot be found.`);
  const protocol = String(listener['Protocol'] ?? '');
  const rules: { arn: string; actions: AwsShape[] }[] = [];
  let marker: string | undefined;
  // Only application load balancers have rules.
  for (let page = 0; isApplication(protocol) && page < RULE_PAGES_MAX; page++) {
    const part = await call('elasticloadbalancing', 'DescribeRules', { ListenerArn: listenerArn, ...(marker === undefined ? {} : { Marker: marker }) });
    for (const rule of (part['Rules'] as AwsShape[] | undefined) ?? []) {
      // The default rule is the listener's default action.
      if (rule['IsDefault'] !== true && rule['IsDefault'] !== 'true') rules.push({ arn: String(rule['RuleArn']), actions: actionsOf(rule['Actions']) });
    }
    marker = part['NextMarker'] as string | undefined;
    if (marker === undefined || marker === '') break;
  }
  return { protocol, defaultActions: actionsOf(listener['DefaultActions']), rules };
}

function actionsOf(value: unknown): AwsShape[] {
  return Array.isArray(value) ? (value as AwsShape[]) : [];
}

export function isApplication(protocol: string): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS';
}

/** Whether any forward action of the listener sends traffic (weight above 0) to the target group. */
export function isBehindListener(listener: Listener, targetGroupArn: string): boolean {
  return [listener.defaultActions, ...listener.rules.map((rule) => rule.actions)].flat().some((action) => {
    const weight = targetGroupsOf(action).find((group) => group.arn === targetGroupArn)?.weight;
    return weight !== undefined && weight > 0;
  });
}

/** Sets the route on a listener and its rules; what already stands so is not written again. */
export async function setRoute(call: RoleCall, listenerArn: string, route: Route): Promise<void> {
  const listener = await readListener(call, listenerArn);
  const defaults = routed(listener.defaultActions, route);
  if (defaults !== undefined) await call('elasticloadbalancing', 'ModifyListener', { ListenerArn: listenerArn, DefaultActions: defaults });
  for (const rule of listener.rules) {
    const actions = routed(rule.actions, route);
    if (actions !== undefined) await call('elasticloadbalancing', 'ModifyRule', { RuleArn: rule.arn, Actions: actions });
  }
}

/** The actions with the route in them; undefined when none of them forwards to our pair or nothing would change. */
export function routed(actions: readonly AwsShape[], route: Route): AwsShape[] | undefined {
  let isChanged = false;
  const next = actions.map((action) => {
    const current = targetGroupsOf(action);
    if (!current.some((group) => group.arn === route.blueArn || group.arn === route.greenArn)) return action;
    const wanted = wantedTargetGroups(current, route);
    if (isSame(current, wanted)) return action;
    isChanged = true;
    const stickiness: unknown = action['ForwardConfig']?.['TargetGroupStickinessConfig'];
    const { TargetGroupArn: _single, ForwardConfig: _old, ...rest } = action;
    return {
      ...rest,
      ForwardConfig: {
        TargetGroups: wanted.map((group) => ({ TargetGroupArn: group.arn, Weight: group.weight })),
        ...(stickiness === undefined ? {} : { TargetGroupStickinessConfig: stickiness }),
      },
    };
  });
  return isChanged ? next : undefined;
}

interface Weighted {
  readonly arn: string;
  readonly weight: number;
}

function wantedTargetGroups(current: readonly Weighted[], route: Route): Weighted[] {
  const both: Weighted[] = [
    { arn: route.blueArn, weight: 100 - route.greenPercent },
    { arn: route.greenArn, weight: route.greenPercent },
  ];
  const serving = both.filter((group) => group.weight > 0);
  // The network load balancer takes a single group only, so one group with all traffic is always written alone when exclusive.
  const wanted = route.isExclusive && serving.length === 1 ? serving : both;
  // Keep the order the listener has, so that an unchanged pair compares equal.
  return wanted.toSorted((a, b) => position(current, a.arn) - position(current, b.arn));
}

function position(current: readonly Weighted[], arn: string): number {
  const index = current.findIndex((group) => group.arn === arn);
  return index < 0 ? current.length : index;
}

/** Equal shares count as equal: a single group with weight 1 already has all traffic. */
function isSame(current: readonly Weighted[], wanted: readonly Weighted[]): boolean {
  if (current.length !== wanted.length) return false;
  const only = wanted.length === 1;
  return current.every((group, index) => group.arn === wanted[index]?.arn && (only || group.weight === wanted[index]?.weight));
}

function targetGroupsOf(action: AwsShape): Weighted[] {
  if (action['Type'] !== 'forward') return [];
  const groups: unknown = action['ForwardConfig']?.['TargetGroups'];
  if (Array.isArray(groups) && groups.length > 0) {
    return (groups as AwsShape[]).map((group) => ({ arn: String(group['TargetGroupArn']), weight: Number(group['Weight'] ?? 1) }));
  }
  return typeof action['TargetGroupArn'] === 'string' ? [{ arn: action['TargetGroupArn'], weight: 1 }] : [];
}
