// Fail: ends its line with an error of the author's choice.
import { dataFlowOf } from './data-flow.ts';
import { ExecutionFault } from './faults.ts';
import type { Transition, Visit } from './run.ts';

export async function runFail(visit: Visit): Promise<Transition> {
  const flow = dataFlowOf(visit);
  const error = await flow.field(visit, 'Error', 'string');
  const cause = await flow.field(visit, 'Cause', 'string');
  throw new ExecutionFault(error === undefined ? undefined : String(error), cause === undefined ? undefined : String(cause));
}
