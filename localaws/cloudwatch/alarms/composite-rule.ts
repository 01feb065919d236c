// The rule of a composite alarm: ALARM(a) AND (OK("b") OR NOT INSUFFICIENT_DATA(arn)), TRUE and FALSE.
import { ALARM_RULE_LENGTH_MAX, EXPRESSION_DEPTH_MAX } from '../limits.ts';
import { notOffered, validationError } from '../request-members.ts';
import { ALARM_STATES, type AlarmState } from './alarm-store.ts';

export type RuleNode =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarmName: string }
  | { readonly kind: 'not'; readonly of: RuleNode }
  | { readonly kind: 'and' | 'or'; readonly left: RuleNode; readonly right: RuleNode };

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([()])|([^\s()"]+))/y;

/** @throws AwsError ValidationException */
export function parseRule(source: string): RuleNode {
  if (source.length > ALARM_RULE_LENGTH_MAX) throw validationError(`AlarmRule must not be longer than ${ALARM_RULE_LENGTH_MAX} characters`);
  const tokens = tokenize(source);
  let position = 0;
  const fail = (): never => {
    throw validationError(`AlarmRule is not valid: syntax error ${tokens[position] === undefined ? 'at the end' : `at '${tokens[position]}'`}`);
  };
  const take = (text: string): void => {
    if (tokens[position] !== text) fail();
    position++;
  };
  const parseOr = (depth: number): RuleNode => {
    if (depth > EXPRESSION_DEPTH_MAX) fail();
    let left = parseAnd(depth);
    while (tokens[position] === 'OR') {
      position++;
      left = { kind: 'or', left, right: parseAnd(depth) };
    }
    return left;
  };
  const parseAnd = (depth: number): RuleNode => {
    let left = parseNot(depth);
    while (tokens[position] === 'AND') {
      position++;
      left = { kind: 'and', left, right: parseNot(depth) };
    }
    return left;
  };
  const parseNot = (depth: number): RuleNode => {
    if (depth > EXPRESSION_DEPTH_MAX) fail();
    const token = tokens[position++];
    if (token === 'NOT') return { kind: 'not', of: parseNot(depth + 1) };
    if (token === 'TRUE' || token === 'FALSE') return { kind: 'constant', value: token === 'TRUE' };
    if (token === 'AT_LEAST') throw notOffered('AT_LEAST in an alarm rule');
    if (token === '(') {
      const inner = parseOr(depth + 1);
      take(')');
      return inner;
    }
    const state = ALARM_STATES.find((candidate) => candidate === token);
    if (state === undefined) {
      position--;
      return fail();
    }
    take('(');
    const alarmName = nameIn(tokens[position++]);
    if (alarmName === '') fail();
    take(')');
    return { kind: 'state', state, alarmName };
  };
  const rule = parseOr(0);
  if (position < tokens.length) fail();
  return rule;
}

function tokenize(source: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = source.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(source);
    if (match === null) throw validationError('AlarmRule is not valid: a quotation mark is not closed');
    tokens.push(match[0].trim());
  }
  if (tokens.length === 0) throw validationError('AlarmRule must not be empty');
  return tokens;
}

/** The alarm's name, given bare, quoted or as an ARN. */
function nameIn(token: string | undefined): string {
  if (token === undefined || token === '(' || token === ')') return '';
  const bare = token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/g, '$1') : token;
  return bare.startsWith('arn:') ? bare.split(':').slice(6).join(':') : bare;
}

export function alarmsInRule(rule: RuleNode): string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarmName];
    case 'not':
      return alarmsInRule(rule.of);
    default:
      return [...alarmsInRule(rule.left), ...alarmsInRule(rule.right)];
  }
}

/** @param stateOf undefined for an alarm that has been deleted: it is in no state. */
export function holds(rule: RuleNode, stateOf: (alarmName: string) => AlarmState | undefined): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarmName) === rule.state;
    case 'not':
      return !holds(rule.of, stateOf);
    case 'and':
      return holds(rule.left, stateOf) && holds(rule.right, stateOf);
    case 'or':
      return holds(rule.left, stateOf) || holds(rule.right, stateOf);
  }
}
