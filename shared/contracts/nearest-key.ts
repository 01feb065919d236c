// Which setting did they mean? For the errors of the manifest's parser.

/** Longer keys are nobody's misspelling. */
const KEY_LENGTH_MAX = 64;

/**
 * The allowed key that an unknown one is most likely meant to be; undefined when none is near. Near: one begins with the other, or
 * at most a third of its letters (two at least) were mistyped, letter case apart.
 */
export function nearestKey(unknown: string, allowed: readonly string[]): string | undefined {
  if (unknown.length === 0 || unknown.length > KEY_LENGTH_MAX) return undefined;
  const wanted = unknown.toLowerCase();
  let nearest: string | undefined;
  let nearestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const key of allowed) {
    const candidate = key.toLowerCase();
    const begins = wanted.length >= 3 && (candidate.startsWith(wanted) || wanted.startsWith(candidate));
    const distance = begins ? 1 : editDistance(wanted, candidate);
    // A word as short as the number of its mistypings has nothing in common with it.
    if (distance >= nearestDistance || distance >= candidate.length) continue;
    nearest = key;
    nearestDistance = distance;
  }
  return nearest;
}

/** Letters inserted, removed, replaced, or swapped with their neighbour (optimal string alignment). */
function editDistance(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
