// Data flow of the JSONPath states that may stand between JSONata states: InputPath, Parameters, ResultSelector, ResultPath,
// OutputPath and Assign with plain references. definition/local-offer.ts refuses everything beyond that.
import type { OutputBlock } from '../definition/definition.ts';
import { isObject, type Json, type JsonObject } from '../evaluation/json.ts';
import { parseReferencePath, readPath, writePath } from '../evaluation/reference-path.ts';
import type { DataFlow } from './data-flow.ts';
import { runtimeFault } from './record.ts';
import { contextObject, type Visit, visibleVariables } from './run.ts';

function read(visit: Visit, path: string, input: Json, field: string): Json {
  const parsed = parseReferencePath(path);
  const roots = { input, context: contextObject(visit), variables: visibleVariables(visit.frame.scope) };
  const value = parsed === undefined ? undefined : readPath(parsed, roots);
  if (value !== undefined) return value;
  throw runtimeFault(
    visit,
    `Invalid path '${path}': The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(input)}'`,
  );
}

function fill(visit: Visit, template: Json, input: Json, field: string): Json {
  if (Array.isArray(template)) return template.map((item) => fill(visit, item, input, field));
  if (!isObject(template)) return template;
  const filled: JsonObject = {};
  for (const [key, member] of Object.entries(template)) {
    if (key.endsWith('.$') && typeof member === 'string') filled[key.slice(0, -2)] = read(visit, member, input, key);
    else filled[key] = fill(visit, member, input, field);
  }
  return filled;
}

/** null as a path stands for an empty object. */
function select(visit: Visit, path: string | null | undefined, value: Json, field: string): Json {
  if (path === null) return {};
  return path === undefined ? value : read(visit, path, value, field);
}

function place(visit: Visit, path: string | null | undefined, result: Json): Json {
  if (path === null) return visit.input;
  const parsed = parseReferencePath(path ?? '$');
  const placed = parsed === undefined ? undefined : writePath(parsed, visit.input, result);
  if (placed !== undefined) return placed;
  throw runtimeFault(visit, `Unable to apply Reference Path ${path} to input ${JSON.stringify(visit.input)}`, 'States.ResultPathMatchFailure');
}

function assignments(visit: Visit, block: OutputBlock, source: Json): JsonObject {
  if (block.Assign === undefined) return {};
  const assigned = fill(visit, block.Assign, source, 'Assign');
  return isObject(assigned) ? assigned : {};
}

export const jsonpathFlow: DataFlow = {
  async input(visit) {
    const { state } = visit;
    const selected = select(visit, state.InputPath, visit.input, 'InputPath');
    return state.Parameters === undefined ? selected : fill(visit, state.Parameters, selected, 'Parameters');
  },
  async field(visit, field) {
    const record = visit.state as unknown as Readonly<Record<string, Json | undefined>>;
    const path = record[`${field}Path`];
    return typeof path === 'string' ? read(visit, path, visit.input, `${field}Path`) : record[field];
  },
  async finish(visit, block, given, data) {
    const raw = data.result ?? given;
    const result = block.ResultSelector === undefined ? raw : fill(visit, block.ResultSelector, raw, 'ResultSelector');
    const placed = place(visit, block.ResultPath, result);
    return { output: select(visit, block.OutputPath, placed, 'OutputPath'), assigned: assignments(visit, block, result) };
  },
  async caught(visit, block, errorOutput) {
    return { output: place(visit, block.ResultPath, errorOutput), assigned: assignments(visit, block, errorOutput) };
  },
};
