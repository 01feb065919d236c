// Steps of a shift that can be held, on record: what the newest one waits for, and whether somebody else moved the weights.

/** The newest step of the shift that had to wait for something, as its lifecycle hook saw it. */
export interface StepState {
  /** Green's share while it waits, and the one it would get next, percent. */
  readonly greenPercent: number;
  readonly nextPercent: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly reason: string;
  readonly passedAt?: number;
  /** When people were told that it is held. */
  readonly toldAt?: number;
}

/** Somebody else set the production weights while the shift was under way. */
export interface WeightsChange {
  /** The listener rule. */
  readonly ruleArn: string;
  /** Green's share that the step expected and the one the rule had, percent. */
  readonly expectedPercent: number;
  readonly foundPercent: number;
  readonly seenAt: number;
  /** When the weights were as expected again. */
  readonly restoredAt?: number;
  readonly toldAt?: number;
}

export type StepEvent =
  | { readonly type: 'StepHeld' | 'StepPassed'; readonly greenPercent: number; readonly nextPercent: number; readonly reason: string }
  | { readonly type: 'WeightsChanged'; readonly ruleArn: string; readonly expectedPercent: number; readonly foundPercent: number }
  | { readonly type: 'WeightsRestored' }
  | { readonly type: 'HoldTold'; readonly why: 'step' | 'weights' }
  /** Somebody else's deployment of the same goes on as this one. */
  | { readonly type: 'ShiftAdopted'; readonly driverDeploymentId: string };

const stepEventTypes: ReadonlySet<string> = new Set<StepEvent['type']>([
  'StepHeld',
  'StepPassed',
  'WeightsChanged',
  'WeightsRestored',
  'HoldTold',
  'ShiftAdopted',
]);

export function isStepEvent(event: { readonly type: string }): event is StepEvent {
  return stepEventTypes.has(event.type);
}

/** Where the weights of the shift are: one rule, or a listener of whose rules all that forward to the pair are meant. */
export function shiftedRoute(plan: { readonly productionListenerArn: string; readonly productionRuleArn?: string }): string {
  return plan.productionRuleArn ?? plan.productionListenerArn;
}
