// What the charts draw, from the deployment's record alone: columns of numbers with one x for all, gaps where nothing was seen.
import type { TimelineEntry } from '#core/deployment/deployment.ts';
import type { EvidenceMinute, SideMinute } from '#core/health/evidence.ts';

/** x in seconds since 1970, as uPlot reads time; then one column for each line. `null` is a gap. */
export type Columns = readonly [readonly number[], ...(readonly (number | null)[])[]];

/** Green's share of production traffic as steps, from the first line that tells of it until `until`. */
export function weightColumns(timeline: readonly TimelineEntry[], requestedAt: number, until: number): Columns {
  const told = timeline.flatMap(({ at, greenPercent }) => (greenPercent === undefined ? [] : [{ at, greenPercent }]));
  const last = told.at(-1);
  if (last === undefined) return [[], []];
  const points = [{ at: requestedAt, greenPercent: 0 }, ...told, { at: Math.max(until, last.at), greenPercent: last.greenPercent }];
  return [points.map(({ at }) => at / 1000), points.map(({ greenPercent }) => greenPercent)];
}

/** Failed requests of each minute, percent: blue, green. */
export function errorColumns(minutes: readonly EvidenceMinute[]): Columns {
  return columns(minutes, (side) => (side === undefined || side.requests === 0 ? null : (100 * side.errors) / side.requests));
}

/** Response time at the 99th percentile of each minute, milliseconds: blue, green. */
export function latencyColumns(minutes: readonly EvidenceMinute[]): Columns {
  return columns(minutes, (side) => side?.latency?.p99 ?? null);
}

/** Requests of each minute: blue, green. */
export function requestColumns(minutes: readonly EvidenceMinute[]): Columns {
  return columns(minutes, (side) => side?.requests ?? 0);
}

function columns(minutes: readonly EvidenceMinute[], value: (side: SideMinute | undefined) => number | null): Columns {
  return [minutes.map(({ minute }) => minute / 1000), minutes.map(({ blue }) => value(blue)), minutes.map(({ green }) => value(green))];
}
