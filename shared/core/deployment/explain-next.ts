// What a person can do about a deployment, in the order in which it is worth trying: commands of weir, and the remedies of its causes.
import type { CrashCause } from '#core/breaker/crash-cause.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import { type Deployment, type EpochMillis, isTerminal } from './deployment.ts';
import { compactTime } from './deployment-id.ts';
import type { RollbackCause } from './rollback-cause.ts';

export function nextSteps(deployment: Deployment, service: ServiceRecord, causes: readonly CrashCause[], now: EpochMillis): readonly string[] {
  const { rollback, serviceKey, status } = deployment;
  if (!isTerminal(status)) return [`Follow it: weir status ${serviceKey} --watch. End it: weir abort ${serviceKey} --reason "..."`];
  if (status === 'Succeeded') return afterSuccess(deployment, service, now);
  return [
    ...new Set(causes.map((cause) => cause.remedy)),
    ...(rollback === undefined ? [] : ofCause(rollback.cause, deployment)),
    ...(status === 'Held'
      ? [`Look at the listener's weights and the targets of both groups; then push a fix, or send the traffic by hand to what is healthy.`]
      : []),
    ...ofService(deployment, service, now),
  ];
}

function afterSuccess(deployment: Deployment, service: ServiceRecord, now: EpochMillis): readonly string[] {
  const { guard, serviceKey } = deployment;
  const ended = guard?.ended;
  if (ended === undefined || ended.kind === 'over') return [];
  const { restoredBy } = ended;
  const target = guard?.target;
  return [
    ...(restoredBy === undefined ? [] : [`See how going back went: weir explain ${serviceKey} ${restoredBy}`]),
    ...(restoredBy === undefined && target !== undefined ? [`To go back: weir deploy ${target.digest} --service ${serviceKey}`] : []),
    ...ofService(deployment, service, now),
  ];
}

function ofCause(cause: RollbackCause, { serviceKey, id }: Deployment): readonly string[] {
  switch (cause.kind) {
    case 'health':
    case 'inconclusive':
      return [`See the minutes it was judged by: weir replay ${serviceKey} --deployment ${id}`];
    case 'alarm':
      return [`Look at what the alarm measures: ${cause.alarms.join(', ')}`];
    case 'hook':
      return [`Look at what ${cause.hook} checks: its reason is above, its function's log has more.`];
    case 'driver':
      return ['Look at the deployment in CodeDeploy or ECS: its events say which step failed.'];
    case 'weights':
      return ["Find out who sets the listener's weights: CloudTrail has ModifyRule and ModifyListener."];
    case 'unexpected':
      return ["Look at the log of Weir's own function that failed; deploying the same image again is safe."];
    case 'outside':
      return ['Find out who deploys the service besides Weir: CloudTrail has UpdateService. driver.onOutsideDeployment says what becomes of it.'];
    case 'approval':
      return [`To ask again: weir deploy with the same image; the approvers and the time are the manifest's section approval.`];
    case 'crashes':
    case 'operator':
    case 'superseded':
      return [];
  }
}

/** What stands in the way of trying it again. */
function ofService({ request, serviceKey, status }: Deployment, service: ServiceRecord, now: EpochMillis): readonly string[] {
  const label = request.tag ?? request.digest;
  const insist = `weir deploy ${label} --service ${serviceKey} --force --reason "..."`;
  const entry = service.quarantine.find((one) => one.digest === request.digest && one.until > now);
  const { state } = breakerOf(service);
  const steps: string[] = [];
  if (entry !== undefined) steps.push(`This image is refused until ${compactTime(entry.until)}Z: push a new one. If it was not to blame: ${insist}`);
  if (state.kind === 'open' && now < state.until) {
    steps.push(`The circuit breaker refuses pushes until ${compactTime(state.until)}Z. If the reason is gone: weir breaker close ${serviceKey} --reason "..."`);
  }
  if (state.kind === 'halfOpen') steps.push(`The circuit breaker tries ${state.trial}; its end decides what comes next.`);
  if (steps.length === 0 && status !== 'Superseded') steps.push(`Push a fix, or try the same image again: weir deploy ${label} --service ${serviceKey}`);
  return steps;
}
