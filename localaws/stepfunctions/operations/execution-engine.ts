// Starts executions and brings them to their end: status, last event, status change event.
import type { Region } from '../../region.ts';
import type { Json } from '../evaluation/json.ts';
import { createHistory, payloadMember } from '../history/history.ts';
import { integrationOf } from '../integrations/integration-of.ts';
import { ExecutionFault, Interrupted } from '../interpreter/faults.ts';
import { createInterruption } from '../interpreter/interruption.ts';
import type { Frame, Run } from '../interpreter/run.ts';
import { runStates } from '../interpreter/run-states.ts';
import { EXPRESS_SECONDS_MAX } from '../limits.ts';
import { statusChangeEvent } from './execution-shapes.ts';
import type { Execution, ExecutionStore } from './execution-store.ts';
import type { StateMachine } from './state-machine-store.ts';
import type { TaskTokens } from './task-tokens.ts';

interface StartRequest {
  readonly machine: StateMachine;
  readonly arn: string;
  readonly name: string;
  readonly inputText: string;
  readonly input: Json;
  readonly traceHeader?: string;
}

export interface ExecutionEngine {
  /** Makes the execution; its first state runs as soon as the caller has been answered. */
  start(request: StartRequest): Execution;
  /** Ends a running execution as ABORTED; resolves when it is. */
  stop(execution: Execution, error: string | undefined, cause: string | undefined): Promise<void>;
  /** Ends whatever runs, because the region closes. */
  close(): Promise<void>;
}

interface EngineParts {
  readonly region: Region;
  readonly executions: ExecutionStore;
  readonly tokens: TaskTokens;
  /** Called once for every execution, after its end is visible. */
  readonly onFinished: (execution: Execution) => void;
}

export function createExecutionEngine(parts: EngineParts): ExecutionEngine {
  return {
    start: (request) => start(parts, request),
    async stop(execution, error, cause) {
      interruptWith(execution, { status: 'ABORTED', ...optionalError(error, cause) });
      await execution.finished;
    },
    async close() {
      for (const execution of parts.executions.running()) interruptWith(execution, { status: 'ABORTED', cause: 'localaws: the region was closed' });
    },
  };
}

function start(parts: EngineParts, { machine, arn, name, inputText, input, traceHeader }: StartRequest): Execution {
  const { clock } = parts.region;
  const history = createHistory(() => clock.now());
  history.append('ExecutionStarted', 0, {
    executionStartedEventDetails: { ...payloadMember('input', inputText), roleArn: machine.revision.roleArn },
  });
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const execution: Execution = {
    arn,
    name,
    machine,
    revision: machine.revision,
    inputText,
    ...(traceHeader === undefined ? {} : { traceHeader }),
    startedAt: clock.now(),
    history,
    interruption: createInterruption(),
    finished: begun.then(() => drive(parts, execution, input)),
    status: 'RUNNING',
  };
  parts.executions.add(execution);
  tell(parts.region, execution);
  clock.schedule(0, begin, `start of ${name}`);
  return execution;
}

/** Runs an execution from its first state to its last event. Never rejects. */
async function drive(parts: EngineParts, execution: Execution, input: Json): Promise<void> {
  const { region } = parts;
  const { machine, revision, history } = execution;
  const asked = revision.definition.TimeoutSeconds;
  const limit = machine.type === 'EXPRESS' ? Math.min(asked ?? EXPRESS_SECONDS_MAX, EXPRESS_SECONDS_MAX) : asked;
  const timeOut = (): void => interruptWith(execution, { status: 'TIMED_OUT' });
  const timer = limit === undefined ? undefined : region.clock.schedule(limit * 1000, timeOut, 'execution timeout');
  try {
    const output = await runStates(mainFrame(parts, execution, input), input);
    execution.outputText = JSON.stringify(output);
    history.close('ExecutionSucceeded', { executionSucceededEventDetails: payloadMember('output', execution.outputText) });
    execution.status = 'SUCCEEDED';
  } catch (error) {
    endBadly(region, execution, error);
  } finally {
    timer?.cancel();
  }
  execution.stoppedAt = region.clock.now();
  parts.executions.noteFinished(execution);
  tell(region, execution);
  parts.onFinished(execution);
}

function mainFrame({ region, executions, tokens }: EngineParts, execution: Execution, input: Json): Frame {
  const { machine, revision } = execution;
  const run: Run = {
    region,
    definition: revision.definition,
    executionArn: execution.arn,
    executionName: execution.name,
    stateMachineArn: machine.arn,
    stateMachineName: machine.name,
    roleArn: revision.roleArn,
    input,
    startedAt: execution.startedAt,
    history: execution.history,
    principal: { kind: 'role', roleArn: revision.roleArn, sessionName: execution.name.slice(0, 64) },
    tokens,
    integrationOf: (resource) => integrationOf(resource, (arn) => executions.get(arn).finished),
  };
  return { run, group: revision.definition, scope: { variables: new Map() }, cursor: { lastEventId: 0 }, interruption: execution.interruption };
}

function endBadly(region: Region, execution: Execution, error: unknown): void {
  const { history, ending } = execution;
  if (error instanceof Interrupted && ending !== undefined) {
    execution.status = ending.status;
    Object.assign(execution, optionalError(ending.error, ending.cause));
    const isAbort = ending.status === 'ABORTED';
    history.close(isAbort ? 'ExecutionAborted' : 'ExecutionTimedOut', {
      [isAbort ? 'executionAbortedEventDetails' : 'executionTimedOutEventDetails']: optionalError(ending.error, ending.cause),
    });
    return;
  }
  if (error instanceof ExecutionFault) Object.assign(execution, optionalError(error.errorName, error.causeText));
  else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    region.log('states', `defect in ${execution.arn}: ${text}`);
    Object.assign(execution, optionalError('States.Runtime', `localaws defect: ${text}`));
  }
  execution.status = 'FAILED';
  history.close('ExecutionFailed', { executionFailedEventDetails: optionalError(execution.error, execution.cause) });
}

/** The first reason to end counts. */
function interruptWith(execution: Execution, ending: NonNullable<Execution['ending']>): void {
  execution.ending ??= ending;
  execution.interruption.interrupt();
}

/** Express executions send no status change events. */
function tell(region: Region, execution: Execution): void {
  if (execution.machine.type === 'STANDARD') region.emit(statusChangeEvent(execution));
}

function optionalError(error: string | undefined, cause: string | undefined): { error?: string; cause?: string } {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}
