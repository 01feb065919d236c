// What applying a manifest would change, setting by setting. Shown by `weir apply --dry-run`.
import type { Manifest } from './manifest.ts';
import { formatPath, type ManifestPath } from './manifest-faults.ts';

/** `before` or `after` is undefined where the setting is not there. Lists of plain values are one setting. */
export interface ManifestDifference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Defaults filled in on both sides, so only what Weir would do differently is listed. Without an old manifest every setting is new. */
export function explainManifestDifference(before: Manifest | undefined, after: Manifest): readonly ManifestDifference[] {
  return compare(before, after, []);
}

/** The same of any two documents. */
export function explainDocumentDifference(before: unknown, after: unknown): readonly ManifestDifference[] {
  return compare(before, after, []);
}

function compare(before: unknown, after: unknown, path: ManifestPath): readonly ManifestDifference[] {
  const [old, now] = [entriesOf(before), entriesOf(after)];
  const keys = [...new Set([...now.keys(), ...old.keys()])];
  // Two sections, or one that came or went with something in it: its settings tell more than the whole.
  const inside = (isBranch(before) || before === undefined) && (isBranch(after) || after === undefined) && keys.length > 0;
  if (inside) return keys.flatMap((key) => compare(old.get(key), now.get(key), [...path, key]));
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path: formatPath(path), before, after }];
}

/** Whether a value is looked into: a section, or a list of sections. */
function isBranch(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((entry) => typeof entry === 'object' && entry !== null);
  return typeof value === 'object' && value !== null;
}

function entriesOf(value: unknown): ReadonlyMap<string | number, unknown> {
  if (!isBranch(value)) return new Map();
  return Array.isArray(value) ? new Map(value.entries()) : new Map(Object.entries(Object(value)));
}
