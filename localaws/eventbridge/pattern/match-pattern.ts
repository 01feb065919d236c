// Does an event match a compiled pattern? Fields inside one array must come from the same element: a rule about an instance's name and
// state is about one instance.
import type { CompiledPattern, WantedField } from './compile-pattern.ts';
import type { FieldTest } from './field-test.ts';
import type { JsonLeaf, JsonNode } from './json-node.ts';

/** Which element of which array a value is in, by the array's number in the event. */
type Membership = ReadonlyMap<number, number>;

interface Field {
  readonly value: JsonLeaf;
  readonly membership: Membership;
}

/** Leaf values of an event by path. */
export type FlatEvent = ReadonlyMap<string, readonly Field[]>;

/** A wanted field as one event answers it. */
interface Level {
  /** Where the field has a value that passes. */
  readonly passing: readonly Membership[];
  /** Where the field has any value; undefined when the field must be there. */
  readonly present: readonly Membership[] | undefined;
}

/** @throws TypeError when the event is not an object */
export function flattenEvent(event: JsonNode): FlatEvent {
  if (event.kind !== 'object') throw new TypeError('Event must be a JSON object');
  const fields = new Map<string, Field[]>();
  let arrays = 0;
  const visit = (node: JsonNode, path: string | undefined, membership: Membership): void => {
    if (node.kind === 'object') {
      // Of a name that comes twice both values count.
      for (const [name, member] of node.entries) visit(member, path === undefined ? name : `${path}.${name}`, membership);
    } else if (node.kind === 'array') {
      const array = arrays++;
      // Plain values of a list belong to no element: a rule may ask for two of them at once.
      for (const [index, item] of node.items.entries()) visit(item, path, isLeaf(item) ? membership : new Map([...membership, [array, index]]));
    } else {
      const known = fields.get(path ?? '');
      const field = { value: node, membership };
      if (known === undefined) fields.set(path ?? '', [field]);
      else known.push(field);
    }
  };
  visit(event, undefined, new Map());
  return fields;
}

/** Whether one of the pattern's alternatives fits the event. */
export function matchesPattern(pattern: CompiledPattern, event: FlatEvent): boolean {
  return pattern.alternatives.some((fields) => matchesFields(fields, event));
}

function matchesFields(wanted: readonly WantedField[], event: FlatEvent): boolean {
  const levels: Level[] = [];
  for (const { path, tests } of wanted) {
    const fields = event.get(path) ?? [];
    const passing = fields.filter((field) => tests.some((test) => passes(test, field.value))).map((field) => field.membership);
    const mayBeAbsent = tests.some((test) => test.kind === 'absent');
    if (passing.length === 0 && !mayBeAbsent) return false;
    levels.push({ passing, present: mayBeAbsent ? fields.map((field) => field.membership) : undefined });
  }
  return areConsistent(levels);
}

/**
 * Whether values can be chosen so that no array gives two elements. Fields are taken in order of their paths, and a field is absent
 * when none of its values is in the elements chosen so far: later fields choose too late to make it so.
 */
function areConsistent(levels: readonly Level[]): boolean {
  const relevant = arraysFrom(levels);
  const failed = new Set<string>();
  const search = (at: number, chosen: Membership): boolean => {
    const level = levels[at];
    if (level === undefined) return true;
    // Choices that differ only in arrays that no later field is in end the same way.
    const key = `${at}:${[...chosen].filter(([array]) => relevant[at]?.has(array)).join()}`;
    if (failed.has(key)) return false;
    if (level.present?.every((membership) => join(chosen, membership) === undefined) && search(at + 1, chosen)) return true;
    for (const membership of level.passing) {
      const joined = join(chosen, membership);
      if (joined !== undefined && search(at + 1, joined)) return true;
    }
    failed.add(key);
    return false;
  };
  return search(0, new Map());
}

/** For each level, the arrays that its own and later values are in. */
function arraysFrom(levels: readonly Level[]): readonly ReadonlySet<number>[] {
  let later: ReadonlySet<number> = new Set();
  return levels
    .toReversed()
    .map(({ passing, present = [] }) => {
      later = new Set([...later, ...[...passing, ...present].flatMap((membership) => [...membership.keys()])]);
      return later;
    })
    .toReversed();
}

function isLeaf(node: JsonNode): boolean {
  return node.kind !== 'object' && node.kind !== 'array';
}

function passes(test: FieldTest, value: JsonLeaf): boolean {
  return test.kind === 'present' || (test.kind === 'value' && test.matches(value));
}

/** Both memberships together; undefined when they disagree about an array. */
function join(one: Membership, other: Membership): Membership | undefined {
  if (other.size === 0) return one;
  for (const [array, index] of other) {
    const known = one.get(array);
    if (known !== undefined && known !== index) return undefined;
  }
  return new Map([...one, ...other]);
}
