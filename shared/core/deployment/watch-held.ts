// When people are told that a step is held: somebody moved the weights, or the proof has been missing for as long as the bake time.
import type { Deployment, EpochMillis, Plan } from './deployment.ts';

export interface TellHeld {
  readonly kind: 'tellHeld';
  readonly why: 'step' | 'weights';
  readonly text: string;
}

export function heldActions({ serviceKey, step, weightsChange }: Deployment, plan: Plan, now: EpochMillis): readonly TellHeld[] {
  const told: TellHeld[] = [];
  if (weightsChange !== undefined && weightsChange.restoredAt === undefined && weightsChange.toldAt === undefined) {
    const { ruleArn, foundPercent, expectedPercent } = weightsChange;
    const text = `Somebody else set the weights of ${ruleArn}: green has ${foundPercent} % of production traffic, ${expectedPercent} % expected. No step is made until they are put right; weir abort ${serviceKey} goes back`;
    told.push({ kind: 'tellHeld', why: 'weights', text });
  }
  if (step !== undefined && step.passedAt === undefined && step.toldAt === undefined && now >= step.since + plan.settings.bakeTimeMinutes * 60_000) {
    const text = `Held at ${step.greenPercent} %, before ${step.nextPercent} %, for ${Math.round((now - step.since) / 60_000)} min: ${step.reason}. weir promote ${serviceKey} or weir abort ${serviceKey} decides now`;
    told.push({ kind: 'tellHeld', why: 'step', text });
  }
  return told;
}
