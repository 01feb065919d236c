// How data gets into and out of a state, whichever query language the state is written in.
import type { OutputBlock } from '../definition/definition.ts';
import { type Json, type JsonObject, jsonBytes } from '../evaluation/json.ts';
import { PAYLOAD_BYTES_MAX, VARIABLES_BYTES_MAX } from '../limits.ts';
import { ExecutionFault } from './faults.ts';
import { jsonataFlow } from './jsonata-flow.ts';
import { jsonpathFlow } from './jsonpath-flow.ts';
import { causeInState, exitState } from './record.ts';
import { type Transition, type Visit, visibleVariables } from './run.ts';

/** What the expressions of a block may see beside the input. */
export interface BlockData {
  readonly result?: Json;
  readonly errorOutput?: Json;
}

export interface Finished {
  readonly output: Json;
  readonly assigned: JsonObject;
}

/** One query language. Every function may throw the fault of a failed evaluation, already recorded. */
export interface DataFlow {
  /** What the state's work gets. */
  input(visit: Visit): Promise<Json>;
  /** The value of a field that may be computed; undefined when the state does not have it. */
  field(visit: Visit, field: string, expected: 'number' | 'string'): Promise<Json | undefined>;
  /** Output and variables of a state that went well; `given` is the output when the block says nothing. */
  finish(visit: Visit, block: OutputBlock, given: Json, data: BlockData): Promise<Finished>;
  /** Output and variables of a catcher. */
  caught(visit: Visit, block: OutputBlock, errorOutput: Json): Promise<Finished>;
}

export function dataFlowOf(visit: Visit): DataFlow {
  return visit.language === 'JSONata' ? jsonataFlow : jsonpathFlow;
}

/** Ends a visit: limits, variables, the exit event. */
export function leaveState(visit: Visit, finished: Finished, next: string | undefined): Transition {
  const { output, assigned } = finished;
  checkPayload(visit, output);
  assignVariables(visit, assigned);
  exitState(visit, output, assigned);
  return next === undefined ? { output } : { output, next };
}

/** Finishes and leaves a state by its own Output, Assign and Next. */
export async function completeState(visit: Visit, given: Json, data: BlockData): Promise<Transition> {
  return leaveState(visit, await dataFlowOf(visit).finish(visit, visit.state, given, data), visit.state.Next);
}

/** @throws ExecutionFault States.DataLimitExceeded. */
export function checkPayload(visit: Visit, value: Json): void {
  if (jsonBytes(value) <= PAYLOAD_BYTES_MAX) return;
  throw new ExecutionFault(
    'States.DataLimitExceeded',
    `The state/task '${visit.name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

function assignVariables(visit: Visit, assigned: JsonObject): void {
  const names = Object.keys(assigned);
  if (names.length === 0) return;
  const { scope } = visit.frame;
  if (jsonBytes(assigned) > PAYLOAD_BYTES_MAX || jsonBytes({ ...visibleVariables(scope), ...assigned }) > VARIABLES_BYTES_MAX) {
    throw new ExecutionFault('States.DataLimitExceeded', causeInState(visit, 'The assigned variables exceed the maximum number of bytes service limit.'));
  }
  for (const name of names) scope.variables.set(name, assigned[name] ?? null);
}
