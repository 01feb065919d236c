// Where a shift stands among its steps, what it waits for, and until when.
import { type Deployment, lifecycleHooks } from '#core/deployment/deployment.ts';
import { driverName } from '#core/deployment/driver-kind.ts';
import { isPaused } from '#core/deployment/pause-state.ts';
import { trafficSteps } from '#core/strategy/strategy.ts';
import { formatPercent, formatSpan, timeOfDay } from './figures.ts';

/** Steps shown of a long shift: those around the one it is at. */
const STEPS_SHOWN_MAX = 9;

/** `steps: 5 % done, > 10 % now <, 15 %, ... 100 %, bake 5 min`; nothing for a shift without steps. */
export function describeSteps({ plan, shift, rollback }: Deployment): readonly string[] {
  if (plan === undefined || shift === undefined || rollback !== undefined || plan.settings.strategy.kind === 'rolling') return [];
  const shares = trafficSteps(plan.settings.strategy).map(({ greenPercent }) => greenPercent);
  const at = shares.findLastIndex((share) => share <= shift.greenPercent + 0.5);
  const from = Math.max(0, Math.min(at - 3, shares.length - STEPS_SHOWN_MAX));
  const shown = shares.slice(from, from + STEPS_SHOWN_MAX).map((share, index) => {
    const place = from + index;
    return place === at ? `[${formatPercent(share)}]` : formatPercent(share);
  });
  const rest = from + STEPS_SHOWN_MAX < shares.length ? ['...', formatPercent(shares.at(-1) ?? 100)] : [];
  const where = at < 0 ? 'not begun' : `${at + 1} of ${shares.length}`;
  return [`  steps: ${[...(from > 0 ? ['...'] : []), ...shown, ...rest].join(' > ')} > bake ${plan.settings.bakeTimeMinutes} min   (${where})`];
}

/** What a deployment waits for; `until` where a time is known, epoch milliseconds. */
export interface Waiting {
  readonly what: string;
  readonly until?: number;
  /** The driver goes by its own clock. */
  readonly about?: boolean;
  /** What would end the wait as well. */
  readonly or?: string;
}

export function waitsFor(deployment: Deployment, now: number): string {
  const { what, until, about, or } = waiting(deployment, now);
  const when = until === undefined ? '' : ` at ${about === true ? 'about ' : ''}${timeOfDay(until)}Z, in ${formatSpan(until - now)}`;
  return `${what}${when}${or === undefined ? '' : `, or ${or}`}`;
}

export function waiting(deployment: Deployment, now: number): Waiting {
  const { shift, plan, status, approval, pause } = deployment;
  if (approval !== undefined && approval.ended === undefined) return { what: 'approval: weir approve, or weir abort' };
  if (status === 'RollingBack') return { what: 'all production traffic on blue, confirmed by the listener' };
  if (isPaused(deployment) && pause !== undefined)
    return {
      what: `somebody to resume it: ${pause.by} paused it ${formatSpan(now - pause.at)} ago (${pause.reason}); weir resume ${deployment.serviceKey}`,
    };
  if (shift?.fullTrafficAt !== undefined && plan !== undefined) return waitsInBake(deployment, shift.fullTrafficAt, now);
  const { step, weightsChange } = deployment;
  if (weightsChange !== undefined && weightsChange.restoredAt === undefined)
    return { what: `the weights as the step expects them: green at ${formatPercent(weightsChange.expectedPercent)}` };
  if (step !== undefined && step.passedAt === undefined) {
    return { what: `the evidence before green gets ${formatPercent(step.nextPercent)}, for ${formatSpan(now - step.since)} now: ${step.reason}` };
  }
  return waitsForHook(deployment) ?? waitsForClock(deployment, now);
}

function waitsInBake({ plan, askedAt }: Deployment, fullTrafficAt: number, now: number): Waiting {
  const end = fullTrafficAt + (plan?.settings.bakeTimeMinutes ?? 0) * 60_000;
  if (end > now) return { what: 'the end of the bake time', until: end };
  return { what: askedAt === undefined ? 'enough good evidence to let blue go' : 'enough good evidence, or your decision: weir promote or weir abort' };
}

function waitsForHook({ hooks }: Deployment): Waiting | undefined {
  const open = lifecycleHooks.find((hook) => hooks[hook] !== undefined && hooks[hook]?.answer === undefined);
  if (open === undefined) return undefined;
  const reason = hooks[open]?.reason;
  return { what: `the check ${open}${reason === undefined ? '' : `: ${reason}`}` };
}

/** CodeDeploy steps by the clock; ECS asks first, which has been told above. */
function waitsForClock({ plan, shift }: Deployment, now: number): Waiting {
  const driver = driverName(plan?.driver);
  const first = shift?.firstTrafficAt;
  if (plan === undefined || shift === undefined || first === undefined) return { what: `${driver} to bring green up and pass its checks` };
  const next = trafficSteps(plan.settings.strategy).find(({ greenPercent }) => greenPercent > shift.greenPercent + 0.5);
  const at = next === undefined ? undefined : first + next.atMinutes * 60_000;
  const or = 'evidence against green';
  if (next === undefined || at === undefined || at <= now) return { what: `${driver} to shift traffic`, or };
  return { what: `${driver} to give green ${formatPercent(next.greenPercent)}`, until: at, about: true, or };
}
