// What a driver can and cannot do, and what another one could instead. `weir plan` shows it.
import type { Strategy } from '#core/strategy/strategy.ts';

/** Shown to people, never used to pretend. */
export interface DriverCapabilities {
  readonly strategies: readonly Strategy['kind'][];
  /** Traffic can be held at a step until evidence says go. */
  readonly holdsAtStep: boolean;
  readonly shiftsBackGradually: boolean;
  readonly hooksPerStep: boolean;
  readonly severalTargetGroups: boolean;
  readonly worksWithoutLoadBalancer: boolean;
}

/** What one driver cannot do, and which of it the other one could. */
export interface CapabilityGap {
  readonly what: string;
  readonly otherCould: boolean;
}

const sentences: Readonly<Record<Exclude<keyof DriverCapabilities, 'strategies'>, string>> = {
  holdsAtStep: 'hold a step until the evidence is enough',
  hooksPerStep: 'ask a hook before every traffic step, not only the first',
  shiftsBackGradually: 'take traffic back in several steps',
  severalTargetGroups: 'shift several target groups together',
  worksWithoutLoadBalancer: 'deploy a service without a load balancer',
};

const strategySentences: Readonly<Record<Strategy['kind'], string>> = {
  canary: 'shift as a canary',
  linear: 'shift in equal steps',
  allAtOnce: 'shift all traffic at once',
  adaptive: 'pace the steps by evidence (strategy.adaptive)',
  rolling: 'replace tasks one after another (strategy.rolling)',
};

export function capabilityGaps(own: DriverCapabilities, other: DriverCapabilities): readonly CapabilityGap[] {
  const kinds = Object.keys(strategySentences) as readonly Strategy['kind'][];
  const abilities = Object.keys(sentences) as readonly (keyof typeof sentences)[];
  return [
    ...kinds.filter((kind) => !own.strategies.includes(kind)).map((kind) => ({ what: strategySentences[kind], otherCould: other.strategies.includes(kind) })),
    ...abilities.filter((ability) => !own[ability]).map((ability) => ({ what: sentences[ability], otherCould: other[ability] })),
  ];
}
