// Compiles and evaluates one JSONata expression as Step Functions does: no input document, `$states` and the variables bound,
// AWS's functions added, work bounded.
import jsonata from 'jsonata';
import { COMPILED_EXPRESSIONS_MAX, EXPRESSION_DEPTH_MAX, EXPRESSION_STEPS_MAX } from '../limits.ts';
import { type ExpressionRuntime, expressionError, RUNTIME_BINDING, registerAwsFunctions } from './aws-functions.ts';
import { type Json, toJson } from './json.ts';

/** Everything an expression can see. */
interface ExpressionEnvironment {
  readonly variables: Readonly<Record<string, Json>>;
  readonly states: Readonly<Record<string, Json>>;
  readonly now: number;
  readonly random: () => number;
  readonly uuid: () => string;
}

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** The source of `{% source %}`; undefined when the text is no expression. */
export function expressionSource(text: string): string | undefined {
  return EXPRESSION.exec(text)?.[1]?.trim();
}

const compiled = new Map<string, jsonata.Expression>();

/** @throws Error with the parser's message when the source is not valid JSONata. */
export function compileExpression(source: string): jsonata.Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const expression = jsonata(source);
  registerAwsFunctions(expression);
  bindHook(expression, 'jsonata.__evaluate_entry', enter);
  bindHook(expression, 'jsonata.__evaluate_exit', leave);
  if (compiled.size >= COMPILED_EXPRESSIONS_MAX) {
    const oldest = compiled.keys().next().value;
    if (oldest !== undefined) compiled.delete(oldest);
  }
  compiled.set(source, expression);
  return expression;
}

type Hook = (node: unknown, input: unknown, environment: jsonata.Environment & { timestamp: Date }) => void;

/** The library's own extension point; its typings know only names that are strings. */
function bindHook(expression: jsonata.Expression, name: string, hook: Hook): void {
  (expression.assign as unknown as (name: symbol, value: Hook) => void)(Symbol.for(name), hook);
}

function enter(_node: unknown, _input: unknown, environment: jsonata.Environment & { timestamp: Date }): void {
  const runtime = environment.lookup(RUNTIME_BINDING) as ExpressionRuntime;
  // The library stamps the outermost frame with the machine's time; $toMillis with a partial picture would show it.
  if (runtime.steps === 0) environment.timestamp = new Date(runtime.now);
  runtime.steps++;
  runtime.depth++;
  if (runtime.steps > EXPRESSION_STEPS_MAX) throw expressionError('U1001', 'Expression evaluation timeout: Check for infinite loop');
  if (runtime.depth > EXPRESSION_DEPTH_MAX) throw expressionError('U1001', 'Stack overflow error: Check for non-terminating recursive function');
}

function leave(_node: unknown, _input: unknown, environment: jsonata.Environment): void {
  (environment.lookup(RUNTIME_BINDING) as ExpressionRuntime).depth--;
}

/**
 * Evaluates an expression; undefined when it yields nothing.
 * @throws Error whose message is `CODE: text`, as AWS words it.
 */
export async function evaluateExpression(source: string, environment: ExpressionEnvironment): Promise<Json | undefined> {
  const runtime: ExpressionRuntime = { now: environment.now, random: environment.random, uuid: environment.uuid, steps: 0, depth: 0 };
  try {
    const value: unknown = await compileExpression(source).evaluate(undefined, {
      ...environment.variables,
      states: environment.states,
      [RUNTIME_BINDING]: runtime,
    });
    return toJson(value);
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string };
    throw new Error(code === undefined ? String(message) : `${code}: ${message}`, { cause });
  }
}
