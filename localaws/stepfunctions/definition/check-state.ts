// The check of one state: its fields, and what each type asks for. Groups inside of it are left to the caller.
import { expressionSource } from '../evaluation/evaluate-expression.ts';
import { isObject, type Json } from '../evaluation/json.ts';
import { parseTimestamp } from '../evaluation/timestamp.ts';
import { parseTaskResource } from '../integrations/task-resource.ts';
import { SECONDS_MAX } from '../limits.ts';
import { checkErrorHandling } from './check-error-handling.ts';
import { checkAssign, checkExpressionText, checkNumber, checkRequired, checkTemplate, checkText } from './check-values.ts';
import { type QueryLanguage, STATE_TYPES, type StateType } from './definition.ts';
import type { Findings } from './diagnostics.ts';
import { allowedFields, isFieldOfOther } from './state-fields.ts';

export type RawState = Readonly<Record<string, Json>>;

interface StateCheck {
  readonly state: RawState;
  readonly location: string;
  readonly language: QueryLanguage;
  /** Reports a transition to a state that the group does not have, and notes the others as reached. */
  readonly checkTarget: (name: Json | undefined, location: string) => void;
  readonly findings: Findings;
}

const SECONDS = { min: 1, max: SECONDS_MAX, integer: true };
const WITH_TRANSITION: ReadonlySet<StateType> = new Set(['Pass', 'Task', 'Wait', 'Parallel', 'Map']);

/** The type of a state when it has a known one; reports otherwise. */
export function stateTypeOf(state: RawState, location: string, findings: Findings): StateType | undefined {
  const type = state['Type'];
  if (type === undefined) {
    findings.schema(location, 'These fields are required: [Type]');
    return undefined;
  }
  const known = STATE_TYPES.find((candidate) => candidate === type);
  if (known === undefined) findings.schema(`${location}/Type`, `Value is not valid, expected one of: [${STATE_TYPES.join(', ')}]`);
  return known;
}

/** Checks everything about a state except the groups it contains. */
export function checkState(type: StateType, check: StateCheck): void {
  const { state, location, language, findings } = check;
  const allowed = allowedFields(type, language);
  for (const field of Object.keys(state)) {
    if (allowed.has(field)) continue;
    const why = isFieldOfOther(type, field, language) ? ` when the QueryLanguage is ${language}` : '';
    findings.schema(`${location}/${field}`, `Field '${field}' is not supported for a state of type ${type}${why}`);
  }
  if (WITH_TRANSITION.has(type)) checkTransition(check);
  checkAssign(state['Assign'], `${location}/Assign`, language, findings);
  if (language === 'JSONata') {
    for (const field of ['Output', 'Arguments', 'Items', 'ItemSelector'] as const) {
      const value = state[field];
      if (value === undefined || !allowed.has(field)) continue;
      checkExpressionText(value, `${location}/${field}`, findings);
      checkTemplate(value, `${location}/${field}`, findings);
    }
  }
  if (type === 'Task' || type === 'Parallel' || type === 'Map') checkErrorHandling(state, location, language, check.checkTarget, findings);
  if (type === 'Task') checkTask(check);
  if (type === 'Choice') checkChoice(check);
  if (type === 'Wait') checkWait(check);
  if (type === 'Fail') {
    checkText(state['Error'], `${location}/Error`, language, findings);
    checkText(state['Cause'], `${location}/Cause`, language, findings);
  }
}

function checkTransition({ state, location, checkTarget, findings }: StateCheck): void {
  const { Next: next, End: end } = state;
  if (end !== undefined && typeof end !== 'boolean') findings.schema(`${location}/End`, 'Expected value of type Boolean');
  if (next !== undefined && end === true) findings.schema(location, 'Only one of the fields [Next, End] may be present');
  if (next === undefined && end !== true) findings.schema(location, 'One of these fields is required: [Next, End]');
  if (next !== undefined) checkTarget(next, `${location}/Next`);
}

function checkTask({ state, location, language, findings }: StateCheck): void {
  checkRequired(state, ['Resource'], location, findings);
  const resource = state['Resource'];
  if (resource !== undefined) {
    if (typeof resource !== 'string') findings.schema(`${location}/Resource`, 'Expected value of type String');
    else {
      const parsed = parseTaskResource(resource);
      if ('problem' in parsed) findings.schema(`${location}/Resource`, parsed.problem);
      else if (parsed.resource.kind === 'sdk' && language === 'JSONata') checkMemberNames(state['Arguments'], `${location}/Arguments`, findings);
    }
  }
  checkNumber(state['TimeoutSeconds'], `${location}/TimeoutSeconds`, SECONDS, language, findings);
  checkNumber(state['HeartbeatSeconds'], `${location}/HeartbeatSeconds`, SECONDS, language, findings);
  const [timeout, heartbeat] = [state['TimeoutSeconds'], state['HeartbeatSeconds']];
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) {
    findings.schema(`${location}/HeartbeatSeconds`, 'HeartbeatSeconds must be smaller than TimeoutSeconds');
  }
  if (state['Credentials'] !== undefined) findings.schema(`${location}/Credentials`, 'localaws: Credentials is not available on the local AWS');
}

/** SDK integrations take PascalCase members only. */
function checkMemberNames(value: Json | undefined, location: string, findings: Findings): void {
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) {
    if (/^[a-z]/.test(name)) findings.schema(location, `The field "${name}" is not supported by Step Functions`);
  }
}

function checkChoice(check: StateCheck): void {
  const { state, location, language, checkTarget, findings } = check;
  if (state['Default'] !== undefined) checkTarget(state['Default'], `${location}/Default`);
  const choices = state['Choices'];
  if (!Array.isArray(choices) || choices.length === 0) {
    findings.schema(
      choices === undefined ? location : `${location}/Choices`,
      choices === undefined ? 'These fields are required: [Choices]' : 'Expected a non-empty Array',
    );
    return;
  }
  for (const [index, rule] of choices.entries()) {
    const at = `${location}/Choices[${index}]`;
    if (!isObject(rule)) findings.schema(at, 'Expected value of type Object');
    else if (language === 'JSONata') checkRule(rule, at, check);
    else {
      checkRequired(rule, ['Next'], at, findings);
      if (rule['Next'] !== undefined) checkTarget(rule['Next'], `${at}/Next`);
    }
  }
}

function checkRule(rule: RawState, at: string, { checkTarget, findings }: StateCheck): void {
  for (const field of Object.keys(rule)) {
    if (!['Condition', 'Next', 'Assign', 'Output', 'Comment'].includes(field)) findings.schema(`${at}/${field}`, `Field '${field}' is not supported`);
  }
  checkRequired(rule, ['Condition', 'Next'], at, findings);
  if (rule['Next'] !== undefined) checkTarget(rule['Next'], `${at}/Next`);
  const condition = rule['Condition'];
  if (typeof condition === 'string') {
    if (expressionSource(condition) === undefined) findings.schema(`${at}/Condition`, 'Expected a Boolean or a JSONata expression');
    else checkTemplate(condition, `${at}/Condition`, findings);
  } else if (condition !== undefined && typeof condition !== 'boolean') findings.schema(`${at}/Condition`, 'Expected a Boolean or a JSONata expression');
  checkAssign(rule['Assign'], `${at}/Assign`, 'JSONata', findings);
  if (rule['Output'] !== undefined) checkTemplate(rule['Output'], `${at}/Output`, findings);
}

function checkWait({ state, location, language, findings }: StateCheck): void {
  const fields = language === 'JSONata' ? ['Seconds', 'Timestamp'] : ['Seconds', 'Timestamp', 'SecondsPath', 'TimestampPath'];
  const present = fields.filter((field) => state[field] !== undefined);
  if (present.length !== 1) findings.schema(location, `Exactly one of these fields is required: [${fields.join(', ')}]`);
  checkNumber(state['Seconds'], `${location}/Seconds`, { min: 0, max: SECONDS_MAX, integer: true }, language, findings);
  const timestamp = state['Timestamp'];
  checkText(timestamp, `${location}/Timestamp`, language, findings);
  if (typeof timestamp === 'string' && expressionSource(timestamp) === undefined && parseTimestamp(timestamp) === undefined) {
    findings.schema(`${location}/Timestamp`, 'Value is not a valid timestamp');
  }
}
