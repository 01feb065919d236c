// Where a request goes: the first rule that matches, then a group by weight, then a target. Pure apart from the group's turn
// counter, and free of sockets, so that it can be tested and simulated by itself.
import { chooseByWeight, chooseTarget, eligibleTargets } from './choose-target.ts';
import type { Action, Rule, Target, TargetGroup } from './load-balancing-state.ts';
import { matchesConditions, type RoutableRequest } from './match-conditions.ts';
import { groupCookies, stickyGroup, stickyTarget, targetCookies } from './stickiness.ts';

export type RouteDecision =
  | { readonly kind: 'target'; readonly group: TargetGroup; readonly target: Target; readonly cookies: readonly string[] }
  /** The chosen group has no registered target, or all weights are 0: that share of the traffic is lost, as in AWS. */
  | { readonly kind: 'no-target'; readonly group: TargetGroup | undefined }
  | { readonly kind: 'fixed-response'; readonly action: Extract<Action, { kind: 'fixed-response' }> }
  | { readonly kind: 'redirect'; readonly action: Extract<Action, { kind: 'redirect' }> };

export interface RoutingState {
  /** By priority, the default rule last. */
  readonly rules: readonly Rule[];
  readonly groupOf: (targetGroupArn: string) => TargetGroup | undefined;
}

/** @param now simulated ms, for slow start and sticky cookies. */
export function chooseRoute(state: RoutingState, request: RoutableRequest, random: () => number, now: number): RouteDecision {
  const rule = state.rules.find((candidate) => matchesConditions(candidate.conditions, request));
  if (rule === undefined) return { kind: 'no-target', group: undefined };
  const { action } = rule;
  switch (action.kind) {
    case 'fixed-response':
      return { kind: 'fixed-response', action };
    case 'redirect':
      return { kind: 'redirect', action };
    case 'forward':
      return chooseForward(state, action, request, random, now);
  }
}

function chooseForward(
  state: RoutingState,
  action: Extract<Action, { kind: 'forward' }>,
  request: RoutableRequest,
  random: () => number,
  now: number,
): RouteDecision {
  const durationSeconds = action.stickiness.enabled ? action.stickiness.durationSeconds : undefined;
  const kept = durationSeconds === undefined ? undefined : stickyGroup(request, action.groups, durationSeconds, now);
  const weighted = kept ?? chooseByWeight(action.groups, (group) => group.weight, random);
  const group = weighted === undefined ? undefined : state.groupOf(weighted.targetGroupArn);
  if (group === undefined) return { kind: 'no-target', group: undefined };
  const isSticky = group.attributes.get('stickiness.enabled') === 'true';
  const keptTarget = isSticky ? stickyTarget(request, group, eligibleTargets(group), now) : undefined;
  const target = keptTarget ?? chooseTarget(group, random, now);
  if (target === undefined) return { kind: 'no-target', group };
  const cookies = [
    ...(durationSeconds === undefined || kept !== undefined ? [] : groupCookies(group.arn, durationSeconds, now)),
    ...(isSticky ? targetCookies(group, target, now) : []),
  ];
  return { kind: 'target', group, target, cookies };
}
