// Traffic as it was recorded, minute by minute, brought to a rehearsal: totals and failure rates are the file's, who gets how much of it
// is what the rehearsed listener says.
import type { EvidenceMinute, SideMinute } from '#core/health/evidence.ts';
import { NO_STRAIN, type RecordedMinute, type Scenario } from './scenarios.ts';

const MINUTE = 60_000;
type Side = 'blue' | 'green';

/**
 * The first minute in which green has requests stands for the first minute of the new version's traffic. A version without requests in a
 * minute fails as often as over the whole file; so do both before the file begins and after it ends, with its usual number of requests.
 */
export function recordedScenario(minutes: readonly EvidenceMinute[], label: string): Scenario {
  const first = minutes.findIndex(({ green }) => green !== undefined);
  const usual: RecordedMinute = {
    requests: Math.round(total(minutes, (side) => side.requests) / minutes.length),
    errorShare: { blue: shareOf(minutes, 'blue'), green: shareOf(minutes, 'green') },
  };
  const start = Math.max(0, first);
  return {
    label,
    summary: `traffic as recorded in ${label}, ${minutes.length} min`,
    image: {},
    strain: () => NO_STRAIN,
    badFrom: ({ firstTrafficAt }) => (usual.errorShare.green > usual.errorShare.blue ? firstTrafficAt : undefined),
    hidesMetrics: () => false,
    recorded({ at, firstTrafficAt }) {
      const minute = firstTrafficAt === undefined ? undefined : minutes[start + Math.floor((at - firstTrafficAt) / MINUTE)];
      if (minute === undefined) return usual;
      const share = (side: Side): number => (minute[side] === undefined ? usual.errorShare[side] : minute[side].errors / minute[side].requests);
      return { requests: requestsOf(minute), errorShare: { blue: share('blue'), green: share('green') } };
    },
  };
}

function requestsOf({ blue, green }: EvidenceMinute): number {
  return (blue?.requests ?? 0) + (green?.requests ?? 0);
}

function total(minutes: readonly EvidenceMinute[], of: (side: SideMinute) => number, sides: readonly Side[] = ['blue', 'green']): number {
  return minutes.reduce((sum, minute) => sum + sides.reduce((inner, side) => inner + (minute[side] === undefined ? 0 : of(minute[side])), 0), 0);
}

function shareOf(minutes: readonly EvidenceMinute[], side: Side): number {
  const requests = total(minutes, (one) => one.requests, [side]);
  return requests === 0 ? 0 : total(minutes, (one) => one.errors, [side]) / requests;
}
