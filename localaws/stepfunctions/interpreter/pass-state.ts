// Pass: hands its input on, or makes something of it.
import { completeState, dataFlowOf } from './data-flow.ts';
import type { Transition, Visit } from './run.ts';

export async function runPass(visit: Visit): Promise<Transition> {
  const input = await dataFlowOf(visit).input(visit);
  return await completeState(visit, visit.state.Result ?? input, {});
}
