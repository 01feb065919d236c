// Succeed: ends its line well.
import { dataFlowOf, leaveState } from './data-flow.ts';
import type { Transition, Visit } from './run.ts';

export async function runSucceed(visit: Visit): Promise<Transition> {
  const flow = dataFlowOf(visit);
  return leaveState(visit, await flow.finish(visit, visit.state, await flow.input(visit), {}), undefined);
}
