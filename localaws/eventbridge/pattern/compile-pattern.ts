// Compiles an event pattern into alternatives, each a set of fields that must all match. `$or` is what makes more than one.
import { compileFieldTest, type FieldTest } from './field-test.ts';
import { type JsonNode, JsonSyntaxError, readJson } from './json-node.ts';
import { PatternError } from './pattern-error.ts';

/** A field matches when one of its tests does. */
export interface WantedField {
  /** Names joined by dots. */
  readonly path: string;
  readonly tests: readonly FieldTest[];
}

export interface CompiledPattern {
  /** Alternatives, each with its fields in order of their paths. */
  readonly alternatives: readonly (readonly WantedField[])[];
}

type FieldsByPath = ReadonlyMap<string, readonly FieldTest[]>;

/** Alternatives one pattern may unfold into. Source: EventBridge user guide, "$or": 1,000 combinations. */
const ALTERNATIVES_MAX = 1_000;

/** Names of operators, today's and kept for later: a field inside `$or` with such a name is a mistake. */
const reserved = new Set([
  ...['exactly', 'prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'numeric', 'cidr', 'exists', 'anything-but'],
  ...['=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range', 'ip-address-in-range', 'ip-address-not-in-range'],
]);

/** @throws PatternError for a pattern that EventBridge refuses */
export function compilePattern(text: string): CompiledPattern {
  const node = readPatternText(text);
  if (node.kind !== 'object') throw new PatternError('Filter is not an object');
  const alternatives = compileObject(node.entries, undefined, [new Map()], false);
  return {
    alternatives: alternatives.map((fields) =>
      [...fields].map(([path, tests]) => ({ path, tests })).toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    ),
  };
}

function readPatternText(text: string): JsonNode {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new PatternError(error.message, { cause: error });
    throw error;
  }
}

/** Adds the fields of one object to every alternative. A name that comes twice: the last value of each path counts, and every `$or`. */
function compileObject(
  entries: readonly (readonly [string, JsonNode])[],
  path: string | undefined,
  alternatives: readonly FieldsByPath[],
  inOr: boolean,
): readonly FieldsByPath[] {
  if (entries.length === 0) throw new PatternError('Empty objects are not allowed');
  let grown = alternatives;
  for (const [name, node] of entries) {
    if (name === '$or') {
      grown = compileOr(node, path, grown);
      continue;
    }
    if (inOr && reserved.has(name)) throw new PatternError(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    const memberPath = path === undefined ? name : `${path}.${name}`;
    if (node.kind === 'object') grown = compileObject(node.entries, memberPath, grown, inOr);
    else grown = withField(grown, memberPath, compileTests(name, node));
  }
  return grown;
}

function compileTests(name: string, node: JsonNode): readonly FieldTest[] {
  if (node.kind !== 'array') throw new PatternError(`"${name}" must be an object or an array`);
  if (node.items.length === 0) throw new PatternError('Empty arrays are not allowed');
  return node.items.map(compileFieldTest);
}

function withField(alternatives: readonly FieldsByPath[], path: string, tests: readonly FieldTest[]): readonly FieldsByPath[] {
  return alternatives.map((fields) => new Map([...fields, [path, tests]]));
}

function compileOr(node: JsonNode, path: string | undefined, alternatives: readonly FieldsByPath[]): readonly FieldsByPath[] {
  if (node.kind !== 'array') throw new PatternError('It must be an Array followed with $or.');
  const unfolded: FieldsByPath[] = [];
  for (const item of node.items) {
    if (item.kind !== 'object') throw new PatternError('Only JSON object is allowed in array of $or relationship.');
    unfolded.push(...compileObject(item.entries, path, alternatives, true));
    if (unfolded.length > ALTERNATIVES_MAX) throw new PatternError(`The pattern has more than ${ALTERNATIVES_MAX} $or combinations`);
  }
  if (node.items.length < 2) throw new PatternError('There must have at least 2 Objects in $or relationship.');
  return unfolded;
}
