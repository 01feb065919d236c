// What a correct definition may hold that this local AWS does not run. Asked for when a state machine is made, so that nobody
// finds out in the middle of an execution. ValidateStateMachineDefinition does not ask: there AWS's answer counts.
import { isObject, type Json } from '../evaluation/json.ts';
import { parseReferencePath } from '../evaluation/reference-path.ts';
import { type Definition, type QueryLanguage, queryLanguageOf, type State, type StateGroup } from './definition.ts';
import { createFindings, type Diagnostic, type Findings } from './diagnostics.ts';

/** JSONPath states that run inside of a machine that also has JSONata states: those that only hand data along. */
const JSONPATH_TYPES = new Set(['Pass', 'Task', 'Succeed', 'Fail', 'Wait', 'Parallel']);
const PATH_FIELDS = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'SecondsPath',
  'TimestampPath',
  'ErrorPath',
  'CausePath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
] as const;
const DISTRIBUTED_FIELDS = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

/** Says what of a checked definition cannot run here; empty when all of it can. */
export function notOfferedLocally(definition: Definition): readonly Diagnostic[] {
  const findings = createFindings();
  const languages = new Set<QueryLanguage>();
  walk(definition, '', (state, location) => {
    const language = queryLanguageOf(definition, state);
    languages.add(language);
    if (state.Type === 'Map') checkInline(state, location, findings);
    if (language === 'JSONPath') checkJsonPath(state, location, findings);
  });
  if (!languages.has('JSONata')) {
    const only = createFindings();
    only.schema('/QueryLanguage', 'localaws: the local AWS runs JSONata only; this state machine is written in JSONPath. Set "QueryLanguage": "JSONata"');
    return only.all;
  }
  return findings.all;
}

function walk(group: StateGroup, location: string, visit: (state: State, location: string) => void): void {
  for (const [name, state] of Object.entries(group.States)) {
    const at = `${location}/States/${name}`;
    visit(state, at);
    for (const [index, branch] of (state.Branches ?? []).entries()) walk(branch, `${at}/Branches[${index}]`, visit);
    if (state.ItemProcessor !== undefined) walk(state.ItemProcessor, `${at}/ItemProcessor`, visit);
  }
}

function checkInline(state: State, location: string, findings: Findings): void {
  const distributed = DISTRIBUTED_FIELDS.filter((field) => field in state);
  if (state.ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED' || distributed.length > 0) {
    findings.schema(location, 'localaws: only inline Map states are available on the local AWS; Distributed Map is not');
  }
}

function checkJsonPath(state: State, location: string, findings: Findings): void {
  const refuse = (at: string, what: string): void => findings.schema(at, `localaws: the local AWS runs JSONata only; ${what} is not available`);
  if (!JSONPATH_TYPES.has(state.Type)) {
    refuse(location, `a ${state.Type} state in JSONPath`);
    return;
  }
  for (const field of PATH_FIELDS) {
    const path = state[field];
    if (typeof path === 'string' && parseReferencePath(path) === undefined) refuse(`${location}/${field}`, `the path '${path}'`);
  }
  for (const field of ['Parameters', 'ResultSelector', 'Assign'] as const) {
    const value = state[field];
    if (value !== undefined) checkPayload(value, `${location}/${field}`, refuse);
  }
  for (const [index, catcher] of (state.Catch ?? []).entries()) {
    if (typeof catcher.ResultPath === 'string' && parseReferencePath(catcher.ResultPath) === undefined) {
      refuse(`${location}/Catch[${index}]/ResultPath`, `the path '${catcher.ResultPath}'`);
    }
    if (catcher.Assign !== undefined) checkPayload(catcher.Assign, `${location}/Catch[${index}]/Assign`, refuse);
  }
}

function checkPayload(value: Json, location: string, refuse: (at: string, what: string) => void): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkPayload(item, `${location}[${index}]`, refuse);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (!key.endsWith('.$')) checkPayload(member, `${location}/${key}`, refuse);
    else if (typeof member !== 'string' || parseReferencePath(member) === undefined) refuse(`${location}/${key}`, `'${String(member)}'`);
  }
}
