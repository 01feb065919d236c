// The check of a whole definition, as CreateStateMachine, UpdateStateMachine and ValidateStateMachineDefinition make it. The
// codes are AWS's; AWS asks nobody to rely on the wording, and where it is not known it is ours.
import { isObject, type Json } from '../evaluation/json.ts';
import { DEFINITION_BYTES_MAX, NESTING_MAX, SECONDS_MAX, STATE_NAME_LENGTH_MAX } from '../limits.ts';
import { checkState, type RawState, stateTypeOf } from './check-state.ts';
import { checkNumber, checkRequired } from './check-values.ts';
import type { QueryLanguage } from './definition.ts';
import { createFindings, type Diagnostic, type Findings } from './diagnostics.ts';
import { warnAboutPaths } from './json-path-warnings.ts';

const TOP_FIELDS = ['StartAt', 'States', 'Comment', 'Version', 'TimeoutSeconds', 'QueryLanguage'];
const GROUP_FIELDS = ['StartAt', 'States', 'Comment', 'ProcessorConfig', 'QueryLanguage'];

interface Walk {
  readonly language: QueryLanguage;
  readonly names: Set<string>;
  readonly findings: Findings;
  readonly depth: number;
}

/** Checks the text of a definition. Without an ERROR, `value` is a Definition. */
export function checkDefinition(text: string): { diagnostics: readonly Diagnostic[]; value: Json | undefined } {
  const findings = createFindings();
  const value = parse(text, findings);
  if (value === undefined) return { diagnostics: findings.all, value };
  if (!isObject(value)) {
    findings.schema('/', 'Expected value of type Object');
    return { diagnostics: findings.all, value: undefined };
  }
  for (const field of Object.keys(value)) {
    if (!TOP_FIELDS.includes(field)) findings.schema(`/${field}`, `Field '${field}' is not supported`);
  }
  for (const field of ['Comment', 'Version']) {
    if (value[field] !== undefined && typeof value[field] !== 'string') findings.schema(`/${field}`, 'Expected value of type String');
  }
  checkNumber(value['TimeoutSeconds'], '/TimeoutSeconds', { min: 1, max: SECONDS_MAX, integer: true }, 'JSONPath', findings);
  const language = checkLanguage(value['QueryLanguage'], '/QueryLanguage', findings) ?? 'JSONPath';
  checkGroup(value, '', { language, names: new Set(), findings, depth: 0 });
  return { diagnostics: findings.all, value };
}

function parse(text: string, findings: Findings): Json | undefined {
  if (text.trim() === '') {
    findings.error('MISSING_DESCRIPTION', '/', 'State machine definition is empty');
    return undefined;
  }
  if (Buffer.byteLength(text) > DEFINITION_BYTES_MAX) {
    findings.schema('/', `State machine definition is larger than ${DEFINITION_BYTES_MAX} bytes`);
    return undefined;
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    findings.error('INVALID_JSON_DESCRIPTION', '/', error instanceof Error ? error.message : 'The definition is not valid JSON');
    return undefined;
  }
}

function checkLanguage(value: Json | undefined, location: string, findings: Findings): QueryLanguage | undefined {
  if (value === undefined || value === 'JSONata' || value === 'JSONPath') return value;
  findings.schema(location, 'Value is not valid, expected one of: [JSONata, JSONPath]');
  return undefined;
}

/** A machine, branch or item processor: StartAt, States, transitions between them, and the groups inside of the states. */
function checkGroup(group: RawState, location: string, walk: Walk): void {
  const { findings } = walk;
  checkRequired(group, ['StartAt', 'States'], location || '/', findings);
  if (walk.depth > NESTING_MAX) {
    findings.error('TOO_DEEPLY_NESTED', location, 'The states are too deeply nested');
    return;
  }
  const { StartAt: startAt, States: states } = group;
  if (states === undefined) return;
  if (!isObject(states) || Object.keys(states).length === 0) {
    findings.schema(`${location}/States`, 'Expected a non-empty Object');
    return;
  }
  const reached = new Set<string>();
  const checkTarget =
    (field: string) =>
    (name: Json | undefined, at: string): void => {
      if (typeof name !== 'string') findings.schema(at, 'Expected value of type String');
      else if (Object.hasOwn(states, name)) reached.add(name);
      else findings.error('MISSING_TRANSITION_TARGET', at, `Missing '${field}' target: ${name}`);
    };
  if (startAt !== undefined) checkTarget('StartAt')(startAt, `${location}/StartAt`);
  let terminals = 0;
  for (const [name, state] of Object.entries(states)) {
    const at = `${location}/States/${name}`;
    checkName(name, at, walk);
    if (!isObject(state)) {
      findings.schema(at, 'Expected value of type Object');
      continue;
    }
    if (state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail') terminals++;
    checkOneState(state, at, walk, checkTarget('Next'));
  }
  if (terminals === 0) findings.error('MISSING_END_STATE', `${location}/States`, 'The workflow does not have a terminal state');
  for (const name of Object.keys(states)) {
    if (!reached.has(name)) findings.error('MISSING_TRANSITION_TARGET', `${location}/States/${name}`, `State "${name}" is not reachable.`);
  }
}

function checkName(name: string, location: string, { names, findings }: Walk): void {
  if (name.length === 0 || name.length > STATE_NAME_LENGTH_MAX) {
    findings.error('INVALID_STATE_NAME', location, `The state name must have 1 to ${STATE_NAME_LENGTH_MAX} characters`);
  }
  if (names.has(name)) findings.error('DUPLICATE_STATE_NAME', location, `Duplicate state name: ${name}`);
  names.add(name);
}

function checkOneState(state: RawState, location: string, walk: Walk, checkTarget: (name: Json | undefined, at: string) => void): void {
  const { findings } = walk;
  const type = stateTypeOf(state, location, findings);
  const own = checkLanguage(state['QueryLanguage'], `${location}/QueryLanguage`, findings);
  if (own === 'JSONPath' && walk.language === 'JSONata') {
    findings.schema(`${location}/QueryLanguage`, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  if (type === undefined) return;
  const language = own ?? walk.language;
  checkState(type, { state, location, language, checkTarget, findings });
  if (language === 'JSONPath') warnAboutPaths(state, location, findings);
  if (type === 'Parallel') checkBranches(state, location, walk);
  if (type === 'Map') checkMap(state, location, language, walk);
}

function checkBranches(state: RawState, location: string, walk: Walk): void {
  const branches = state['Branches'];
  if (!Array.isArray(branches) || branches.length === 0) {
    walk.findings.schema(location, branches === undefined ? 'These fields are required: [Branches]' : 'Branches must be a non-empty Array');
    return;
  }
  for (const [index, branch] of branches.entries()) {
    const at = `${location}/Branches[${index}]`;
    if (isObject(branch)) checkInnerGroup(branch, at, walk);
    else walk.findings.schema(at, 'Expected value of type Object');
  }
}

function checkInnerGroup(group: RawState, location: string, walk: Walk): void {
  for (const field of Object.keys(group)) {
    if (!GROUP_FIELDS.includes(field)) walk.findings.schema(`${location}/${field}`, `Field '${field}' is not supported`);
  }
  checkGroup(group, location, { ...walk, depth: walk.depth + 1 });
}

function checkMap(state: RawState, location: string, language: QueryLanguage, walk: Walk): void {
  const { findings } = walk;
  const field = state['Iterator'] !== undefined && language === 'JSONPath' ? 'Iterator' : 'ItemProcessor';
  const processor = state[field];
  if (processor === undefined) findings.schema(location, 'These fields are required: [ItemProcessor]');
  else if (!isObject(processor)) findings.schema(`${location}/${field}`, 'Expected value of type Object');
  else checkInnerGroup(processor, `${location}/${field}`, walk);
  if (language === 'JSONata' && state['Items'] !== undefined && !Array.isArray(state['Items']) && typeof state['Items'] !== 'string') {
    findings.schema(`${location}/Items`, 'Expected an Array or a JSONata expression');
  }
  const count = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
  checkNumber(state['MaxConcurrency'], `${location}/MaxConcurrency`, count, language, findings);
  checkNumber(state['ToleratedFailureCount'], `${location}/ToleratedFailureCount`, count, language, findings);
  checkNumber(state['ToleratedFailurePercentage'], `${location}/ToleratedFailurePercentage`, { min: 0, max: 100, integer: false }, language, findings);
}
