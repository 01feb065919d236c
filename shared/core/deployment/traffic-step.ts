// Before each step of a shift that can be held: is the traffic where it should be, and does the evidence allow the next share?
// Called by the lifecycle hook of ECS. Pure; what is unknown holds.
import type { HealthVerdict } from '#core/health/health.ts';
import type { Deployment, DeploymentEvent, EpochMillis, Plan } from './deployment.ts';
import { isPaused } from './pause-state.ts';
import type { RollbackCause } from './rollback-cause.ts';

export interface StepObservation {
  /** Green's share of production traffic by the driver's own word, and by the listener rule; undefined when not said or unreadable. */
  readonly expectedPercent: number | undefined;
  readonly foundPercent: number | undefined;
  readonly nextPercent: number;
  /** Judged for the next share; undefined where the step needs no proof, because green has had no traffic yet. */
  readonly verdict: HealthVerdict | undefined;
}

export type StepDecision = { readonly events: readonly DeploymentEvent[] } & (
  | { readonly kind: 'goOn' | 'hold'; readonly reason: string }
  | { readonly kind: 'goBack'; readonly cause: RollbackCause; readonly reason: string }
);

/** A rule's weights are whole numbers up to 999: what differs by more was set by somebody. */
const SAME_PERCENT = 0.5;

/** Whether the listener is where the driver believes it to be. undefined: it is. */
export function guardWeights(
  deployment: Deployment,
  plan: Plan,
  observed: Pick<StepObservation, 'expectedPercent' | 'foundPercent'>,
): StepDecision | undefined {
  const { expectedPercent, foundPercent } = observed;
  if (expectedPercent === undefined) return undefined;
  if (foundPercent === undefined) return { kind: 'hold', events: [], reason: 'the weights of the production rule could not be read' };
  if (Math.abs(foundPercent - expectedPercent) <= SAME_PERCENT) return undefined;
  const ruleArn = plan.productionRuleArn ?? plan.productionListenerArn;
  const known = deployment.weightsChange;
  const isNew = known === undefined || known.restoredAt !== undefined || known.foundPercent !== foundPercent;
  const events: DeploymentEvent[] = isNew ? [{ type: 'WeightsChanged', ruleArn, expectedPercent, foundPercent }] : [];
  const reason = `somebody else set the weights of ${ruleArn}: green has ${foundPercent} % of production traffic, ${expectedPercent} % expected`;
  if (plan.onWeightsChanged === 'rollBack') return { kind: 'goBack', cause: { kind: 'weights', reason }, events, reason };
  return { kind: 'hold', events, reason };
}

export function decideStep(deployment: Deployment, plan: Plan, observed: StepObservation, now: EpochMillis): StepDecision {
  const asked = askedBack(deployment);
  if (asked !== undefined) return { kind: 'hold', events: [], reason: `${asked}: traffic is about to go back` };
  const guarded = guardWeights(deployment, plan, observed);
  if (guarded !== undefined) return guarded;
  const { weightsChange } = deployment;
  const events: DeploymentEvent[] = weightsChange !== undefined && weightsChange.restoredAt === undefined ? [{ type: 'WeightsRestored' }] : [];
  const judged = observed.verdict === undefined ? noTrafficYet : judge(deployment, plan, observed.verdict, now);
  // Evidence against green still takes the traffic back: a pause holds it from going on, not from going home.
  return { events, ...(isPaused(deployment) ? holdForPerson(deployment, judged) : judged) };
}

function askedBack({ abortRequest, supersededBy, shift }: Deployment): string | undefined {
  if (abortRequest !== undefined) return `${abortRequest.by} asked to abort`;
  // Once all traffic is on green the bake decides.
  return supersededBy === undefined || shift?.fullTrafficAt !== undefined ? undefined : `a newer push (${supersededBy}) asks it to make room`;
}

const noTrafficYet = { kind: 'goOn' as const, reason: 'green has had no production traffic yet' };

function holdForPerson({ pause }: Deployment, judged: Judged): Judged {
  // A time that ran out while it was held proves nothing.
  if (judged.kind === 'goBack' && judged.cause.kind !== 'inconclusive') return judged;
  return { kind: 'hold', reason: `paused by ${pause?.by ?? 'somebody'}: ${pause?.reason ?? ''}` };
}

type Judged = { readonly kind: 'goOn' | 'hold'; readonly reason: string } | { readonly kind: 'goBack'; readonly cause: RollbackCause; readonly reason: string };

function judge(deployment: Deployment, plan: Plan, verdict: HealthVerdict, now: EpochMillis): Judged {
  const reason = verdict.reasons.join('; ');
  if (verdict.verdict === 'fail') {
    const cause: RollbackCause = verdict.alarms.length > 0 ? { kind: 'alarm', alarms: verdict.alarms } : { kind: 'health', reasons: verdict.reasons };
    return { kind: 'goBack', cause, reason };
  }
  if (verdict.verdict === 'pass') return { kind: 'goOn', reason };
  if (deployment.promoteRequest !== undefined)
    return { kind: 'goOn', reason: `${deployment.promoteRequest.by} answers for green: ${deployment.promoteRequest.reason}` };
  const { onInconclusive, bakeTimeMinutes } = plan.settings;
  const { step } = deployment;
  const waited = step === undefined || step.passedAt !== undefined ? 0 : now - step.since;
  if (waited < bakeTimeMinutes * 60_000) return { kind: 'hold', reason };
  // As at the end of the bake: the manifest says what missing proof means once that long has been waited.
  if (onInconclusive === 'promote' && verdict.lacksOnlyProof) return { kind: 'goOn', reason: `nothing against green after ${bakeTimeMinutes} min: ${reason}` };
  if (onInconclusive === 'rollBack') return { kind: 'goBack', cause: { kind: 'inconclusive', reasons: verdict.reasons }, reason };
  return { kind: 'hold', reason };
}
