// Data flow of JSONata states: Arguments, Output and Assign, all evaluated from what the state was entered with.
import { evaluateExpression, expressionSource } from '../evaluation/evaluate-expression.ts';
import { evaluateTemplate } from '../evaluation/evaluate-template.ts';
import { isObject, type Json, type JsonObject, jsonType } from '../evaluation/json.ts';
import type { BlockData, DataFlow } from './data-flow.ts';
import { evaluationFailed } from './record.ts';
import { contextObject, type Visit, visibleVariables } from './run.ts';

interface EvaluationData extends BlockData {
  /** The item an iteration is prepared for. */
  readonly item?: { index: number; value: Json };
}

/** Evaluates every expression of a field. @throws ExecutionFault, recorded. */
export async function evaluateField(visit: Visit, value: Json, location: string, data: EvaluationData = {}): Promise<Json> {
  const { run, scope } = visit.frame;
  const states: JsonObject = { input: visit.input, context: contextObject(visit, data.item ?? visit.frame.item) };
  if (data.result !== undefined) states['result'] = data.result;
  if (data.errorOutput !== undefined) states['errorOutput'] = data.errorOutput;
  const environment = {
    variables: visibleVariables(scope),
    states,
    now: run.region.clock.now(),
    random: run.region.ids.random,
    uuid: run.region.ids.uuid,
  };
  return await evaluateTemplate(value, location, async (source, at) => {
    let result: Json | undefined;
    try {
      result = await evaluateExpression(source, environment);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw evaluationFailed(visit, `The JSONata expression '${source}' specified for the field '${at}' threw an error during evaluation. ${reason}`, at);
    }
    if (result === undefined)
      throw evaluationFailed(visit, `The JSONata expression '${source}' specified for the field '${at}' returned nothing (undefined).`, at);
    return result;
  });
}

/** Evaluates a field that must have a type. @throws ExecutionFault, recorded. */
export async function evaluateTyped(visit: Visit, value: Json, location: string, expected: string, data: EvaluationData = {}): Promise<Json> {
  const result = await evaluateField(visit, value, location, data);
  const actual = jsonType(result);
  if (actual === expected) return result;
  const source = typeof value === 'string' ? (expressionSource(value) ?? value) : JSON.stringify(value);
  const text = `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type.`;
  throw evaluationFailed(visit, `${text} Expected '${expected}', but was '${actual}' for value: ${JSON.stringify(result)}`, location);
}

export const jsonataFlow: DataFlow = {
  async input(visit) {
    return visit.state.Arguments === undefined ? visit.input : await evaluateField(visit, visit.state.Arguments, 'Arguments');
  },
  async field(visit, field, expected) {
    const value = (visit.state as unknown as Readonly<Record<string, Json | undefined>>)[field];
    return value === undefined ? undefined : await evaluateTyped(visit, value, field, expected);
  },
  async finish(visit, block, given, data) {
    const assigned = block.Assign === undefined ? {} : await evaluateField(visit, block.Assign, 'Assign', data);
    const output = block.Output === undefined ? given : await evaluateField(visit, block.Output, 'Output', data);
    return { output, assigned: isObject(assigned) ? assigned : {} };
  },
  caught: (visit, block, errorOutput) => jsonataFlow.finish(visit, block, errorOutput, { errorOutput }),
};
