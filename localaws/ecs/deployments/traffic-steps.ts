// How a strategy moves production traffic: the target's share after each step, and how long a step is watched before the next.
import type { AwsShape } from '../../region.ts';
import type { EcsBehaviour } from '../behaviour.ts';
import type { Strategy } from './deployment-records.ts';

export interface TrafficStep {
  /** The target revision's share after this step, percent with one decimal. */
  readonly percent: number;
  /** Wait before the next step; 0 after the last, whose wait is the bake time. */
  readonly bakeMs: number;
}

const MINUTE_MS = 60_000;

export interface StepPlan {
  readonly strategy: Strategy;
  readonly configuration: Readonly<AwsShape>;
  readonly lastLinearStep: EcsBehaviour['lastLinearStep'];
}

/**
 * The steps of a deployment.
 * @param hasBaseline false for a service's first deployment: with nothing to shift from, all traffic is its own at once (unverified).
 */
export function trafficSteps({ strategy, configuration, lastLinearStep }: StepPlan, hasBaseline: boolean): readonly TrafficStep[] {
  const whole: TrafficStep = { percent: 100, bakeMs: 0 };
  if (!hasBaseline || strategy === 'BLUE_GREEN' || strategy === 'ROLLING') return [whole];
  if (strategy === 'CANARY') {
    const { canaryPercent, canaryBakeTimeInMinutes } = configuration['canaryConfiguration'];
    return canaryPercent >= 100 ? [whole] : [{ percent: canaryPercent, bakeMs: canaryBakeTimeInMinutes * MINUTE_MS }, whole];
  }
  const { stepPercent, stepBakeTimeInMinutes } = configuration['linearConfiguration'];
  // Counted in tenths of a percent, the unit AWS allows, so that sums stay exact.
  const tenths = Math.round(stepPercent * 10);
  const steps: TrafficStep[] = [];
  const last = lastLinearStep === 'ShortStepOfItsOwn' ? 1_000 : 1_000 - tenths + 1;
  for (let share = tenths; share < last; share += tenths) steps.push({ percent: share / 10, bakeMs: stepBakeTimeInMinutes * MINUTE_MS });
  return [...steps, whole];
}

/** Integer weights [source, target] whose ratio is exactly the share; a rule's weights are at most 999. */
export function weightsOf(targetPercent: number): readonly [source: number, target: number] {
  if (Number.isInteger(targetPercent)) return [100 - targetPercent, targetPercent];
  const tenths = Math.round(targetPercent * 10);
  return [1_000 - tenths, tenths];
}
