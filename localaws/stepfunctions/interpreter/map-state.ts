// Map: its item processor once for every item, a few at the same time, in this execution (inline mode).
import type { Json } from '../evaluation/json.ts';
import { INLINE_MAP_CONCURRENCY_MAX } from '../limits.ts';
import { completeState, dataFlowOf } from './data-flow.ts';
import { withErrorHandling } from './error-handling.ts';
import { ExecutionFault, Interrupted } from './faults.ts';
import type { Interruption } from './interruption.ts';
import { evaluateField, evaluateTyped } from './jsonata-flow.ts';
import { evaluationFailed, record, recordAside } from './record.ts';
import type { Frame, Transition, Visit } from './run.ts';
import type { RunLine } from './run-states.ts';

interface Iterations {
  readonly visit: Visit;
  readonly items: readonly Json[];
  readonly concurrency: number;
  readonly toleratedCount: number;
  readonly runLine: RunLine;
}

export function runMap(visit: Visit, runLine: RunLine): Promise<Transition> {
  return withErrorHandling(visit, async () => {
    const results = await runIterationsOrFail(visit, runLine);
    recordAside(visit.frame, 'MapStateSucceeded');
    return await completeState(visit, results, { result: results });
  });
}

async function runIterationsOrFail(visit: Visit, runLine: RunLine): Promise<Json> {
  try {
    const items = await itemsOf(visit);
    const limits = await limitsOf(visit, items.length);
    record(visit.frame, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    return await runIterations({ visit, items, runLine, ...limits });
  } catch (error) {
    if (error instanceof ExecutionFault) record(visit.frame, 'MapStateFailed');
    throw error;
  }
}

async function itemsOf(visit: Visit): Promise<Json[]> {
  const items = visit.state.Items === undefined ? visit.input : await evaluateTyped(visit, visit.state.Items, 'Items', 'array');
  if (Array.isArray(items)) return items;
  throw evaluationFailed(visit, `Map state input must be an array but was: ${JSON.stringify(items)}`);
}

async function limitsOf(visit: Visit, length: number): Promise<{ concurrency: number; toleratedCount: number }> {
  const concurrency = await numberField(visit, 'MaxConcurrency', Number.MAX_SAFE_INTEGER);
  const count = await numberField(visit, 'ToleratedFailureCount', Number.MAX_SAFE_INTEGER);
  const percentage = await numberField(visit, 'ToleratedFailurePercentage', 100);
  return {
    concurrency: Math.min(concurrency || INLINE_MAP_CONCURRENCY_MAX, INLINE_MAP_CONCURRENCY_MAX),
    // The state fails when either threshold is passed, so the smaller one that was given counts.
    toleratedCount: Math.min(count ?? Number.POSITIVE_INFINITY, percentage === undefined ? Number.POSITIVE_INFINITY : Math.floor((percentage * length) / 100)),
  };
}

async function numberField(visit: Visit, field: string, max: number): Promise<number | undefined> {
  const value = await dataFlowOf(visit).field(visit, field, 'number');
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw evaluationFailed(visit, `The value specified for the field '${field}' must be a number between 0 and ${max}: ${JSON.stringify(value)}`, field);
}

/** Workers take the items in order; a worker's next iteration follows its last one in the history, as recorded on AWS. */
async function runIterations(iterations: Iterations): Promise<Json> {
  const { visit, items } = iterations;
  const { frame } = visit;
  const together = frame.interruption.child();
  const startedEventId = frame.cursor.lastEventId;
  const results: (Json | undefined)[] = new Array(items.length).fill(undefined);
  const hasTolerance = Number.isFinite(iterations.toleratedCount);
  let next = 0;
  let failures = 0;
  let failure: unknown;
  const work = async (): Promise<void> => {
    const cursor = { lastEventId: startedEventId };
    while (next < items.length && failure === undefined && !together.interrupted) {
      const index = next++;
      try {
        results[index] = await runIteration(iterations, index, cursor, together);
      } catch (error) {
        if (failure !== undefined) return;
        failures++;
        // Tolerance is for failures of the item, not for an interruption or a full history.
        if (hasTolerance && error instanceof ExecutionFault && error.catchable && failures <= iterations.toleratedCount) continue;
        failure = hasTolerance && error instanceof ExecutionFault && error.catchable ? toleranceExceeded() : error;
        together.interrupt();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(iterations.concurrency, items.length) }, work));
  if (failure !== undefined) throw failure;
  if (frame.interruption.interrupted) throw new Interrupted();
  // AWS documents tolerance for distributed Maps, where failed items have no place in the result (unverified for inline).
  return results.filter((result) => result !== undefined);
}

function toleranceExceeded(): ExecutionFault {
  return new ExecutionFault('States.ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded');
}

async function runIteration(iterations: Iterations, index: number, cursor: { lastEventId: number }, interruption: Interruption): Promise<Json> {
  const { visit, items, runLine } = iterations;
  const { frame, state } = visit;
  if (state.ItemProcessor === undefined) throw new Error('localaws defect: a Map without ItemProcessor passed the check');
  const item = { index, value: items[index] ?? null };
  const iteration: Frame = { ...frame, group: state.ItemProcessor, scope: { variables: new Map(), outer: frame.scope }, cursor, interruption, item };
  const details = { index, name: visit.name };
  record(iteration, 'MapIterationStarted', { mapIterationStartedEventDetails: details });
  try {
    const input =
      state.ItemSelector === undefined
        ? item.value
        : await evaluateField({ ...visit, frame: { ...frame, cursor } }, state.ItemSelector, 'ItemSelector', { item });
    const output = await runLine(iteration, input);
    frame.cursor.lastEventId = Math.max(
      frame.cursor.lastEventId,
      recordAside(iteration, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: details }),
    );
    return output;
  } catch (error) {
    const aborted = error instanceof Interrupted;
    const type = aborted ? 'MapIterationAborted' : 'MapIterationFailed';
    const id = frame.run.history.appendIfRoom(type, cursor.lastEventId, {
      [aborted ? 'mapIterationAbortedEventDetails' : 'mapIterationFailedEventDetails']: details,
    });
    if (id !== undefined) {
      cursor.lastEventId = id;
      frame.cursor.lastEventId = Math.max(frame.cursor.lastEventId, id);
    }
    throw error;
  }
}
