// Reads weir.yaml as a person wrote it: YAML with the place of every fault. Called by the command line. Never throws.
import { type Alias, type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import type { Manifest } from './manifest.ts';
import { checkManifest, formatPath, type ManifestFault, type ManifestPath } from './manifest-faults.ts';

/** Largest manifest, bytes of UTF-8. */
export const MANIFEST_BYTES_MAX = 65_536;
/** How often anchored values may be repeated by aliases: more is a bomb, not a manifest. */
const MANIFEST_ALIASES_MAX = 50;
/** Most problems reported at once. */
export const MANIFEST_PROBLEMS_MAX = 50;

export interface ManifestProblem {
  /** Where in the text, both from 1. */
  readonly line: number;
  readonly column: number;
  /** `strategy.canary.percent`; `manifest` for the whole. */
  readonly path: string;
  readonly message: string;
  /** The keys or words that would do, where they can be listed. */
  readonly allowed?: readonly string[];
  /** All of it in one line: `weir.yaml:12:3 strategy.canary.percent: must be ...`. */
  readonly text: string;
}

export type ParsedManifest = { readonly ok: true; readonly manifest: Manifest } | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

type Place = Pick<ManifestProblem, 'line' | 'column'>;
type Found = Omit<ManifestProblem, 'text'>;

/**
 * Parses and checks a manifest, defaults filled in.
 * @param fileName what the file is called in the problems
 */
export function parseManifest(text: string, fileName: string): ParsedManifest {
  const result = readManifestText(text);
  if (result.ok) return result;
  const problems = result.problems.toSorted((one, other) => one.line - other.line || one.column - other.column).slice(0, MANIFEST_PROBLEMS_MAX);
  return { ok: false, problems: problems.map((found) => ({ ...found, text: `${fileName}:${found.line}:${found.column} ${found.path}: ${found.message}` })) };
}

function readManifestText(text: string): { readonly ok: true; readonly manifest: Manifest } | { readonly ok: false; readonly problems: readonly Found[] } {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MANIFEST_BYTES_MAX) return whole(`must have at most ${MANIFEST_BYTES_MAX} bytes, got ${bytes}`, { line: 1, column: 1 });
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, version: '1.2', schema: 'core', merge: false });
    // Only the first: what follows a break in the syntax is mostly its consequence.
    const [broken] = [...document.errors, ...document.warnings];
    if (broken !== undefined) return whole(describeSyntax(broken), placeOf(lines, broken.pos[0]));
    const alias = unresolvedAlias(document);
    if (alias !== undefined) return whole(`has no anchor named ${alias.source} before this alias`, placeOf(lines, startOf(alias) ?? 0));
    const checked = checkManifest(document.toJS({ maxAliasCount: MANIFEST_ALIASES_MAX }));
    if (checked.ok) return checked;
    return { ok: false, problems: checked.faults.map((fault) => locate(fault, document, lines)) };
  } catch (error) {
    // The YAML library throws when aliases multiply, and where nesting is deeper than the stack.
    return whole(`cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`, { line: 1, column: 1 });
  }
}

function whole(message: string, place: Place): { readonly ok: false; readonly problems: readonly Found[] } {
  return { ok: false, problems: [{ ...place, path: 'manifest', message }] };
}

function describeSyntax(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'must be a single YAML document';
  return `is not valid YAML: ${error.message}`;
}

function unresolvedAlias(document: Document): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

function locate(fault: ManifestFault, document: Document, lines: LineCounter): Found {
  const { path, message, allowed } = fault;
  return { ...placeOf(lines, offsetOf(document, path, fault.atKey)), path: formatPath(path), message, ...(allowed === undefined ? {} : { allowed }) };
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Where a value (or its key) begins; for what is missing, where the innermost section around it does. */
function offsetOf(document: Document, path: ManifestPath, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const { key, value } = entryOf(document, node, part);
    const start = atKey && index === path.length - 1 ? startOf(key) : (startOf(value) ?? startOf(key));
    if (start === undefined) return offset;
    offset = start;
    node = value;
  }
  return offset;
}

/** The nodes of one entry of a mapping or list, aliases followed. */
function entryOf(document: Document, node: unknown, part: string | number): { readonly key?: unknown; readonly value?: unknown } {
  const parent = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(parent) && typeof part === 'number') return { value: parent.items[part] };
  if (!isMap(parent)) return {};
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === part);
  return { key: pair?.key, value: pair?.value };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
