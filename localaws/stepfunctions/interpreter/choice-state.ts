// Choice: the first rule whose Condition holds decides; only JSONata choices exist here (definition/local-offer.ts).
import { dataFlowOf, leaveState } from './data-flow.ts';
import { evaluateTyped } from './jsonata-flow.ts';
import { runtimeFault } from './record.ts';
import type { Transition, Visit } from './run.ts';

export async function runChoice(visit: Visit): Promise<Transition> {
  const { state } = visit;
  const flow = dataFlowOf(visit);
  for (const [index, rule] of (state.Choices ?? []).entries()) {
    const holds = rule.Condition === true || (await evaluateTyped(visit, rule.Condition, `Choices[${index}]/Condition`, 'boolean'));
    if (holds === true) return leaveState(visit, await flow.finish(visit, rule, visit.input, {}), rule.Next);
  }
  if (state.Default === undefined) {
    throw runtimeFault(visit, 'Failed to transition out of the state. The state does not point to a next state.', 'States.NoChoiceMatched');
  }
  return leaveState(visit, await flow.finish(visit, state, visit.input, {}), state.Default);
}
