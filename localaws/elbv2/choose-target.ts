// Which target of a group takes a request. Pure: the group as it stands and a random number decide; no sockets. A
// simulation without sockets uses this as the proxy does.
import type { Target, TargetGroup } from './load-balancing-state.ts';

/**
 * The targets that may take a request: the healthy ones; when there is none, all that are registered (the group fails
 * open, targets still in their first checks included); never those that are draining.
 */
export function eligibleTargets(group: TargetGroup): readonly Target[] {
  const registered = [...group.targets.values()].filter((target) => target.health.state !== 'draining');
  const healthy = registered.filter((target) => target.health.state === 'healthy');
  return healthy.length > 0 ? healthy : registered;
}

/** undefined: the group has no registered target. Counts the turn it gives out. */
export function chooseTarget(group: TargetGroup, random: () => number, now: number): Target | undefined {
  const targets = eligibleTargets(group);
  if (targets.length === 0) return undefined;
  const slowStartMs = Number(group.attributes.get('slow_start.duration_seconds') ?? 0) * 1_000;
  const isSlow = (target: Target): boolean => target.slowStartFrom !== undefined && now < target.slowStartFrom + slowStartMs;
  const algorithm = group.attributes.get('load_balancing.algorithm.type');
  if (slowStartMs > 0 && targets.some(isSlow)) {
    return chooseByWeight(targets, (target) => (isSlow(target) ? (now - (target.slowStartFrom ?? now)) / slowStartMs : 1), random);
  }
  if (algorithm === 'weighted_random') return chooseByWeight(targets, () => 1, random);
  const turn = group.turns;
  group.turns = (turn + 1) % Number.MAX_SAFE_INTEGER;
  const inTurn = targets[turn % targets.length];
  if (algorithm !== 'least_outstanding_requests' || inTurn === undefined) return inTurn;
  return targets.reduce((best, target) => (target.outstanding < best.outstanding ? target : best), inTurn);
}

/** One of `items` with probability weight / sum of weights; undefined when all weights are 0. */
export function chooseByWeight<T>(items: readonly T[], weightOf: (item: T) => number, random: () => number): T | undefined {
  const sum = items.reduce((total, item) => total + weightOf(item), 0);
  if (sum <= 0) return undefined;
  let rest = random() * sum;
  let last: T | undefined;
  for (const item of items) {
    const weight = weightOf(item);
    if (weight <= 0) continue;
    last = item;
    if (rest < weight) return item;
    rest -= weight;
  }
  return last;
}
