// What is wrong with a manifest, in words: the schema's findings become sentences that say where, what is allowed and what was
// there instead. Used by parse-manifest.ts, which adds lines, and by whoever reads a stored manifest.
import * as z from 'zod';
import { type Manifest, manifestSchema } from './manifest.ts';
import { nearestKey } from './nearest-key.ts';

export type ManifestPath = readonly (string | number)[];

export interface ManifestFault {
  readonly path: ManifestPath;
  /** Whether the fault is the last key of the path itself, not its value. */
  readonly atKey: boolean;
  readonly message: string;
  /** The keys or words that would do, where they can be listed. */
  readonly allowed?: readonly string[];
}

/** Largest manifest with everything filled in, bytes of JSON: it shares a DynamoDB item of at most 400 KB with the service's record. */
const MANIFEST_RECORD_BYTES_MAX = 131_072;

/** Longest piece of a wrong value that is repeated to the person who wrote it. */
const VALUE_SHOWN_MAX = 60;

/** Sections whose values may be confidential, for all that they should not be. */
const unshownSections = ['headers', 'body'];

type CheckedManifest = { readonly ok: true; readonly manifest: Manifest } | { readonly ok: false; readonly faults: readonly ManifestFault[] };

/** Checks a manifest that is data already, as YAML or a store gave it. */
export function checkManifest(
  data: unknown,
): { readonly ok: true; readonly manifest: Manifest } | { readonly ok: false; readonly faults: readonly ManifestFault[] } {
  const result = manifestSchema.safeParse(data);
  if (result.success) return sized(result.data);
  return { ok: false, faults: withoutEchoes(result.error.issues).flatMap((issue) => faultsOf(issue, [], data)) };
}

/** Many long settings, each allowed, together may be more than a record can hold. */
function sized(manifest: Manifest): CheckedManifest {
  const bytes = new TextEncoder().encode(JSON.stringify(manifest)).length;
  if (bytes <= MANIFEST_RECORD_BYTES_MAX) return { ok: true, manifest };
  return {
    ok: false,
    faults: [{ path: [], atKey: false, message: `must have at most ${MANIFEST_RECORD_BYTES_MAX} bytes with defaults and aliases filled in, got ${bytes}` }],
  };
}

/** `image.tags.exact[0]`, `headers["X Y"]`; `manifest` for the whole. */
export function formatPath(path: ManifestPath): string {
  const text = path.map(formatPart).join('');
  return text === '' ? 'manifest' : text.replace(/^\./, '');
}

function formatPart(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  return /^[A-Za-z0-9_$-]{1,60}$/.test(part) ? `.${part}` : `[${show(part)}]`;
}

/** Rules over a whole section also see what is wrong inside it; once the inside is right they may have nothing left to say. */
function withoutEchoes(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const plain = issues.filter((issue) => issue.code !== 'custom');
  return issues.filter((issue) => issue.code !== 'custom' || !plain.some((inner) => issue.path.every((part, index) => inner.path[index] === part)));
}

function faultsOf(issue: z.core.$ZodIssue, base: ManifestPath, data: unknown): readonly ManifestFault[] {
  const path = [...base, ...issue.path.filter((part) => typeof part !== 'symbol')];
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path);
  if (issue.code === 'invalid_key') return [{ path, atKey: true, message: issue.issues[0]?.message ?? issue.message }];
  const branch = issue.code === 'invalid_union' ? closestBranch(issue.errors) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => faultsOf(inner, path, data));
  const value = valueAt(data, path);
  const allowed = allowedWords(issue);
  return [{ path, atKey: false, message: describe(issue, value, path), ...(allowed === undefined ? {} : { allowed }) }];
}

function describe(issue: z.core.$ZodIssue, value: unknown, path: ManifestPath): string {
  if (value === undefined) return `is required and ${issue.message}`;
  // What our own rules find says itself what was there.
  if (issue.code === 'custom' || path.some((part) => unshownSections.includes(String(part)))) return issue.message;
  if (value === null && path.length === 0) return 'is empty';
  return `${issue.message}, got ${show(value)}${hint(issue, value)}`;
}

/** What YAML made of a value is not always what was meant. */
function hint(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== 'invalid_type') return '';
  if (issue.expected === 'object' && value === null) return ' (an empty mapping is written {})';
  return issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean') ? ' (text that looks like something else needs quotes)' : '';
}

function unknownKeys(keys: readonly string[], path: ManifestPath): readonly ManifestFault[] {
  const allowed = allowedKeys(path);
  return keys.map((key) => {
    const nearest = nearestKey(key, allowed);
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    const list = allowed.length === 0 ? 'it has no keys' : `allowed: ${allowed.join(', ')}`;
    return { path: [...path, key], atKey: true, message: `is not a key Weir knows${hint} (${list})`, allowed };
  });
}

/** The alternative that was meant: the one whose own form fits and that fails only inside. */
function closestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  return branches.find((issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'));
}

function allowedWords(issue: z.core.$ZodIssue): readonly string[] | undefined {
  return issue.code === 'invalid_value' ? issue.values.map(String) : undefined;
}

/** Keys of the section at a path of the schema. */
function allowedKeys(path: ManifestPath): readonly string[] {
  let schema: z.core.$ZodType | undefined = manifestSchema;
  for (const part of path) schema = childOf(schema, part);
  const objects = alternatives(schema).filter((option) => option instanceof z.ZodObject);
  return objects.flatMap((object) => Object.keys(object.shape));
}

function childOf(schema: z.core.$ZodType | undefined, part: string | number): z.core.$ZodType | undefined {
  for (const option of alternatives(schema)) {
    if (option instanceof z.ZodObject && Object.hasOwn(option.shape, part)) return option.shape[part];
    if (option instanceof z.ZodArray && typeof part === 'number') return option.element;
  }
  return undefined;
}

/** A schema without the wrappers for defaults and transformations; the members of a union. */
function alternatives(schema: z.core.$ZodType | undefined): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return alternatives(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return alternatives(schema.def.in);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternatives);
  return schema === undefined ? [] : [schema];
}

function valueAt(data: unknown, path: ManifestPath): unknown {
  let at = data;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Reflect.get(at, part);
  }
  return at;
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > VALUE_SHOWN_MAX ? `${text.slice(0, VALUE_SHOWN_MAX)}...` : text;
}
