// Task: calls an integration and, where its Resource says so, waits for a token or for a job. Timers are on the region's clock;
// the call itself holds the clock (the dispatcher does), the wait for a token does not.
import { copyShape } from '../../copy-shape.ts';
import type { Json } from '../evaluation/json.ts';
import { jsonBytes } from '../evaluation/json.ts';
import type { Integration, TaskCall } from '../integrations/integration.ts';
import { TaskFault } from '../integrations/task-fault.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { IssuedToken } from '../operations/task-tokens.ts';
import { checkPayload, completeState, dataFlowOf } from './data-flow.ts';
import { withErrorHandling } from './error-handling.ts';
import { ExecutionFault, Interrupted } from './faults.ts';
import { evaluationFailed, runtimeFault } from './record.ts';
import type { Transition, Visit } from './run.ts';
import { type TaskEvents, type TaskTimes, taskEvents } from './task-events.ts';
import { createTaskTimers, TaskTimeout, type TaskTimers } from './task-timers.ts';

export function runTask(visit: Visit): Promise<Transition> {
  return withErrorHandling(visit, attempt);
}

async function attempt(visit: Visit): Promise<Transition> {
  const { run } = visit.frame;
  const integration = run.integrationOf(visit.state.Resource ?? '');
  const token = integration.waiting === 'token' ? run.tokens.issue(run.stateMachineArn) : undefined;
  if (token !== undefined) visit.taskToken = token.value;
  try {
    const args = await dataFlowOf(visit).input(visit);
    const times = await timesOf(visit);
    const problems = integration.problems(args);
    if (problems.length > 0)
      throw runtimeFault(visit, `The Parameters '${JSON.stringify(args)}' could not be used to start the Task: [${problems.join(', ')}]`);
    checkPayload(visit, args);
    const events = taskEvents(visit.frame, integration);
    events.scheduled(args, times);
    const result = await work(visit, integration, args, times, events, token);
    return await completeState(visit, result, { result });
  } finally {
    token?.retire();
    delete visit.taskToken;
  }
}

async function timesOf(visit: Visit): Promise<TaskTimes> {
  const timeoutSeconds = await secondsOf(visit, 'TimeoutSeconds');
  const heartbeatSeconds = await secondsOf(visit, 'HeartbeatSeconds');
  return { ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }), ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }) };
}

async function secondsOf(visit: Visit, field: string): Promise<number | undefined> {
  const value = await dataFlowOf(visit).field(visit, field, 'number');
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  const text = `The value specified for the field '${field}' must be a positive integer: ${JSON.stringify(value)}`;
  throw visit.language === 'JSONata' ? evaluationFailed(visit, text, field) : runtimeFault(visit, text);
}

/** Does the work and records how it ended. */
async function work(visit: Visit, integration: Integration, args: Json, times: TaskTimes, events: TaskEvents, token: IssuedToken | undefined): Promise<Json> {
  const { clock } = visit.frame.run.region;
  const timers = createTaskTimers(clock, times, token !== undefined);
  token?.onHeartbeat(timers.heartbeat);
  try {
    const result = await perform(visit, integration, args, timers, events, token);
    if (jsonBytes(result) > PAYLOAD_BYTES_MAX) {
      const cause = `The state/task '${integration.resourceType}' returned a result with a size exceeding the maximum number of bytes service limit.`;
      throw new TaskFault('States.DataLimitExceeded', cause);
    }
    events.succeeded(result);
    return result;
  } catch (error) {
    if (error instanceof TaskTimeout) {
      events.timedOut(error.errorName);
      throw new ExecutionFault(error.errorName, undefined);
    }
    if (!(error instanceof TaskFault)) throw error;
    events.failed(error);
    throw new ExecutionFault(error.errorName, error.causeText);
  } finally {
    timers.cancel();
  }
}

async function perform(
  visit: Visit,
  integration: Integration,
  args: Json,
  timers: TaskTimers,
  events: TaskEvents,
  token: IssuedToken | undefined,
): Promise<Json> {
  const { run, interruption } = visit.frame;
  const call: TaskCall = { region: run.region, principal: run.principal, executionArn: run.executionArn, stateMachineArn: run.stateMachineArn };
  const within = <T>(step: Promise<T>): Promise<T> => interruption.guard(Promise.race([step, timers.expired]));
  // A service may keep or change what it is given; the execution's own values are shared.
  const submission = integration.submit(copyShape(args), call);
  // Whoever stops waiting first leaves the other promise behind.
  submission.catch(() => undefined);
  if (token !== undefined) {
    // The token may come back before the call that handed it out has answered.
    const first = await within(Promise.race([token.completion.then((output) => ({ output })), submission.then((submitted) => ({ submitted }))]));
    if ('output' in first) return first.output;
    events.submitted(first.submitted);
    return await within(token.completion);
  }
  const submitted = await within(submission);
  if (integration.follow === undefined || integration.waiting === 'answer') return submitted;
  events.submitted(submitted);
  try {
    return await within(integration.follow(submitted, call));
  } catch (error) {
    if (error instanceof TaskTimeout || error instanceof Interrupted) integration.abandon?.(submitted, call);
    throw error;
  }
}
