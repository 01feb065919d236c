// The most frequent causes of a storm in little memory: the Space-Saving algorithm. Every key that makes up more than 1/k of what was
// seen is in the list, and each count is at most `error` too high. Source: Metwally, Agrawal, El Abbadi, "Efficient Computation of
// Frequent and Top-k Elements in Data Streams", ICDT 2005.
import type { StopCauseCode } from '#core/breaker/stop-cause.ts';

export interface CauseCount {
  /** Tells causes apart: the code, and for unknown ones also what their texts have in common. */
  readonly key: string;
  readonly code: StopCauseCode;
  /** Never less than the true number, */
  readonly count: number;
  /** and at most this much more. */
  readonly error: number;
  /** What ECS said the last time, verbatim. */
  readonly lastText: string;
}

/** Causes told apart in one incident. */
export const TOP_CAUSES_MAX = 8;

/** Most frequent first. */
export function countCause(causes: readonly CauseCount[], seen: Pick<CauseCount, 'key' | 'code'> & { readonly text: string }): readonly CauseCount[] {
  const { key, code, text: lastText } = seen;
  const known = causes.find((cause) => cause.key === key);
  if (known !== undefined) return ordered(causes.map((cause) => (cause === known ? { ...known, count: known.count + 1, lastText } : cause)));
  const rarest = causes.at(-1);
  if (rarest === undefined || causes.length < TOP_CAUSES_MAX) return ordered([...causes, { key, code, count: 1, error: 0, lastText }]);
  return ordered([...causes.slice(0, -1), { key, code, count: rarest.count + 1, error: rarest.count, lastText }]);
}

function ordered(causes: readonly CauseCount[]): readonly CauseCount[] {
  return [...causes].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}
