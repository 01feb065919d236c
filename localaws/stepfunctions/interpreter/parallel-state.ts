// Parallel: all branches at the same time; the first that fails takes the others with it.
import type { Json } from '../evaluation/json.ts';
import { completeState, dataFlowOf } from './data-flow.ts';
import { withErrorHandling } from './error-handling.ts';
import { ExecutionFault } from './faults.ts';
import { record, recordAside } from './record.ts';
import type { Frame, Transition, Visit } from './run.ts';
import type { RunLine } from './run-states.ts';

export function runParallel(visit: Visit, runLine: RunLine): Promise<Transition> {
  return withErrorHandling(visit, async () => {
    const results = await runBranchesOrFail(visit, runLine);
    recordAside(visit.frame, 'ParallelStateSucceeded');
    return await completeState(visit, results, { result: results });
  });
}

async function runBranchesOrFail(visit: Visit, runLine: RunLine): Promise<Json> {
  try {
    const input = await dataFlowOf(visit).input(visit);
    record(visit.frame, 'ParallelStateStarted');
    return await runBranches(visit, input, runLine);
  } catch (error) {
    if (error instanceof ExecutionFault) record(visit.frame, 'ParallelStateFailed');
    throw error;
  }
}

async function runBranches(visit: Visit, input: Json, runLine: RunLine): Promise<Json[]> {
  const { frame } = visit;
  const together = frame.interruption.child();
  const startedEventId = frame.cursor.lastEventId;
  let failure: unknown;
  const runs = (visit.state.Branches ?? []).map(async (group): Promise<Json> => {
    const branch: Frame = {
      ...frame,
      group,
      scope: { variables: new Map(), outer: frame.scope },
      cursor: { lastEventId: startedEventId },
      interruption: together,
    };
    try {
      return await runLine(branch, input);
    } catch (error) {
      if (failure === undefined) failure = error;
      together.interrupt();
      return null;
    } finally {
      frame.cursor.lastEventId = Math.max(frame.cursor.lastEventId, branch.cursor.lastEventId);
    }
  });
  const results = await Promise.all(runs);
  if (failure !== undefined) throw failure;
  return results;
}
