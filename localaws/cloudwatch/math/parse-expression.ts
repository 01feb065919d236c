// Parses a metric math expression. Precedence, loosest first: OR, AND, comparison, + -, * /, ^, unary minus.
import { EXPRESSION_DEPTH_MAX } from '../limits.ts';
import { notOffered, validationError } from '../request-members.ts';

export type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'negative'; readonly of: Node }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] };

export interface Expression {
  readonly root: Node;
  /** Ids the expression names, METRICS() not counted. */
  readonly ids: readonly string[];
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|<=|>=|&&|\|\||[-+*/^()[\],<>]))/y;
const LEVELS: readonly (readonly string[])[] = [['OR'], ['AND'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/'], ['^']];
const ALIASES: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };

/** Functions that need more than the metrics of the request; their arguments are not even parsed. */
const NOT_OFFERED = ['SEARCH', 'ANOMALY_DETECTION_BAND', 'INSIGHT_RULE_METRIC'];

interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'symbol';
  readonly text: string;
}

interface Cursor {
  readonly tokens: readonly Token[];
  readonly ids: Set<string>;
  readonly fail: (why: string) => never;
  position: number;
}

/** @throws AwsError ValidationException naming the query when the expression cannot be read. */
export function parseExpression(source: string, queryId: string): Expression {
  const fail = (why: string): never => {
    throw validationError(`Error in expression '${queryId}': ${why}`);
  };
  const cursor: Cursor = { tokens: tokenize(source, fail), ids: new Set(), fail, position: 0 };
  const root = parseLevel(cursor, 0, 0);
  if (cursor.position < cursor.tokens.length) fail(`Syntax error at '${peek(cursor)}'`);
  return { root, ids: [...cursor.ids] };
}

function peek(cursor: Cursor): string | undefined {
  return cursor.tokens[cursor.position]?.text;
}

function expect(cursor: Cursor, text: string): void {
  const found = peek(cursor);
  if (found !== text) cursor.fail(`Syntax error: expected '${text}'${found === undefined ? ' at the end' : ` before '${found}'`}`);
  cursor.position++;
}

function operatorAt(cursor: Cursor, level: number): string | undefined {
  const token = cursor.tokens[cursor.position];
  if (token === undefined || token.kind === 'string') return undefined;
  const operator = ALIASES[token.text] ?? token.text;
  return LEVELS[level]?.includes(operator) ? operator : undefined;
}

function parseLevel(cursor: Cursor, level: number, depth: number): Node {
  if (depth > EXPRESSION_DEPTH_MAX) cursor.fail('The expression is nested too deeply');
  if (level >= LEVELS.length) return parseUnary(cursor, depth);
  let left = parseLevel(cursor, level + 1, depth);
  for (let operator = operatorAt(cursor, level); operator !== undefined; operator = operatorAt(cursor, level)) {
    cursor.position++;
    left = { kind: 'operation', operator, left, right: parseLevel(cursor, level + 1, depth) };
  }
  return left;
}

function parseUnary(cursor: Cursor, depth: number): Node {
  const sign = peek(cursor);
  if (sign !== '-' && sign !== '+') return parseAtom(cursor, depth);
  if (depth >= EXPRESSION_DEPTH_MAX) cursor.fail('The expression is nested too deeply');
  cursor.position++;
  const of = parseUnary(cursor, depth + 1);
  return sign === '-' ? { kind: 'negative', of } : of;
}

/** Items separated by commas, up to and including `end`. */
function parseItems(cursor: Cursor, end: string, depth: number): Node[] {
  const items: Node[] = [];
  if (peek(cursor) !== end) {
    items.push(parseLevel(cursor, 0, depth + 1));
    while (peek(cursor) === ',') {
      cursor.position++;
      items.push(parseLevel(cursor, 0, depth + 1));
    }
  }
  expect(cursor, end);
  return items;
}

function parseAtom(cursor: Cursor, depth: number): Node {
  const token = cursor.tokens[cursor.position++];
  if (token === undefined) return cursor.fail('Syntax error: unexpected end');
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
  if (token.kind === 'string') return { kind: 'string', value: token.text.slice(1, -1).replaceAll(/\\(.)/g, '$1') };
  if (token.kind === 'name') return parseName(cursor, token.text, depth);
  if (token.text === '[') return { kind: 'list', items: parseItems(cursor, ']', depth) };
  if (token.text !== '(') return cursor.fail(`Syntax error at '${token.text}'`);
  const inner = parseLevel(cursor, 0, depth + 1);
  expect(cursor, ')');
  return inner;
}

function parseName(cursor: Cursor, name: string, depth: number): Node {
  if (peek(cursor) === '(') {
    if (NOT_OFFERED.includes(name)) throw notOffered(`the metric math function ${name}`);
    cursor.position++;
    return { kind: 'call', name: name.toUpperCase(), args: parseItems(cursor, ')', depth) };
  }
  // Ids begin with a small letter; anything else is a word such as REPEAT.
  if (!/^[a-z]/.test(name)) return { kind: 'word', word: name };
  cursor.ids.add(name);
  return { kind: 'id', id: name };
}

function tokenize(source: string, fail: (why: string) => never): Token[] {
  if (/^\s*SELECT\s/i.test(source)) throw notOffered('a Metrics Insights query');
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = source.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) return fail(`Syntax error at '${source.slice(at, at + 10).trim()}'`);
    const [, number, string, name, symbol] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'symbol', text: symbol ?? '' });
  }
  if (tokens.length === 0) fail('The expression is empty');
  return tokens;
}
