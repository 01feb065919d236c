// Plain JSONPath references (`$`, `$.a.b`, `$['a'][0]`, `$$.Execution.Id`, `$variable.a`): what a JSONPath state of a state
// machine that mixes both languages may use here. Filters, wildcards and intrinsic functions are not offered.
import { isObject, type Json, type JsonObject } from './json.ts';

interface ReferencePath {
  /** `input` for `$`, `context` for `$$`, else the name of a variable. */
  readonly root: { kind: 'input' } | { kind: 'context' } | { kind: 'variable'; name: string };
  readonly steps: readonly (string | number)[];
}

const ROOT = /^\$(\$|[A-Za-z_][A-Za-z0-9_]*)?/;
const STEP = /^(?:\.([A-Za-z_][\w-]*)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\])/;

/** undefined when the text is not a plain reference. */
export function parseReferencePath(text: string): ReferencePath | undefined {
  const root = ROOT.exec(text);
  if (root === null) return undefined;
  const steps: (string | number)[] = [];
  let rest = text.slice(root[0].length);
  while (rest !== '') {
    const step = STEP.exec(rest);
    if (step === null) return undefined;
    steps.push(step[4] === undefined ? (step[1] ?? step[2] ?? step[3] ?? '') : Number(step[4]));
    rest = rest.slice(step[0].length);
  }
  const name = root[1];
  return { root: name === undefined ? { kind: 'input' } : name === '$' ? { kind: 'context' } : { kind: 'variable', name }, steps };
}

/** The value a path leads to; undefined when there is none. */
export function readPath(path: ReferencePath, roots: { input: Json; context: Json; variables: Readonly<Record<string, Json>> }): Json | undefined {
  const { root } = path;
  let value: Json | undefined =
    root.kind === 'variable' ? (Object.hasOwn(roots.variables, root.name) ? roots.variables[root.name] : undefined) : roots[root.kind];
  for (const step of path.steps) {
    if (Array.isArray(value)) value = typeof step === 'number' ? value[step] : undefined;
    else value = isObject(value) && Object.hasOwn(value, String(step)) ? value[String(step)] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** A copy of `target` with `value` at the path (ResultPath); undefined when the path goes through something that is no object. */
export function writePath(path: ReferencePath, target: Json, value: Json): Json | undefined {
  const [step, ...rest] = path.steps;
  if (step === undefined) return value;
  if (!isObject(target)) return undefined;
  const key = String(step);
  const inner: Json = Object.hasOwn(target, key) ? (target[key] ?? {}) : {};
  const written = writePath({ root: path.root, steps: rest }, rest.length > 0 && !isObject(inner) ? {} : inner, value);
  if (written === undefined) return undefined;
  const copy: JsonObject = { ...target, [key]: written };
  return copy;
}
