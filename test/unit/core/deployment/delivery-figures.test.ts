import { expect, test } from '@jest/globals';
import { deliveryFigures } from '#core/deployment/delivery-figures.ts';
import type { Deployment, TerminalStatus } from '#core/deployment/deployment.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const start = Date.UTC(2026, 10, 2);
const now = start + 14 * DAY;

interface Told {
  readonly status: TerminalStatus;
  /** Days after the start. */
  readonly day: number;
  /** Minutes after the push. */
  readonly firstTraffic?: number;
  readonly fullTraffic?: number;
  readonly end: number;
  readonly source?: Deployment['request']['source'];
  readonly guard?: Deployment['guard'];
  readonly id?: string;
}

function told({ status, day, firstTraffic, fullTraffic, end, source = 'push', guard, id = `d${day}` }: Told) {
  const pushedAt = start + day * DAY;
  const at = (minutes: number): number => pushedAt + minutes * MINUTE;
  return {
    id,
    status,
    requestedAt: pushedAt,
    request: { repository: 'team/orders', registry: '111122223333', digest: 'sha256:0', tag: undefined, pushedAt, source },
    outcome: { status, at: at(end), reason: 'told' },
    ...(firstTraffic === undefined
      ? {}
      : {
          shift: {
            driverDeploymentId: 'd-1',
            startedAt: pushedAt,
            observedAt: at(end),
            phase: 'AllowTraffic',
            greenPercent: 0,
            firstTrafficAt: at(firstTraffic),
            ...(fullTraffic === undefined ? {} : { fullTrafficAt: at(fullTraffic) }),
          },
        }),
    ...(guard === undefined ? {} : { guard }),
  };
}

test('without deployments there is nothing to say', () => {
  expect(deliveryFigures([], now)).toEqual({
    since: now,
    days: 1,
    changes: 0,
    successes: 0,
    perWeek: 0,
    leadTime: undefined,
    failures: 0,
    changeFailureRate: undefined,
    timeToRestore: undefined,
  });
});

test('frequency counts successes a week; lead time is the median from push to all traffic', () => {
  const figures = deliveryFigures(
    [
      told({ status: 'Succeeded', day: 0, firstTraffic: 3, fullTraffic: 8, end: 13 }),
      told({ status: 'Succeeded', day: 4, firstTraffic: 3, fullTraffic: 12, end: 20 }),
      told({ status: 'Succeeded', day: 8, firstTraffic: 3, fullTraffic: 40, end: 45 }),
      // A person asked for a week-old image: its age says nothing of the pipeline.
      told({ status: 'Succeeded', day: 9, firstTraffic: 3, fullTraffic: 10_000, end: 10_005, source: 'operator' }),
    ],
    now,
  );
  expect(figures).toMatchObject({ since: start, days: 14, successes: 4, perWeek: 2, leadTime: 12 * MINUTE, changeFailureRate: 0, timeToRestore: undefined });
});

test('an even number of lead times has its median between the two in the middle', () => {
  const of = (day: number, fullTraffic: number) => told({ status: 'Succeeded', day, firstTraffic: 1, fullTraffic, end: fullTraffic + 5 });
  expect(deliveryFigures([of(0, 10), of(1, 20)], now).leadTime).toBe(15 * MINUTE);
});

test('what failed before production traffic, was refused or goes on is neither change nor failure', () => {
  const { outcome: _ended, ...unended } = told({ status: 'Succeeded', day: 3, firstTraffic: 3, end: 9 });
  const running = { ...unended, status: 'Shifting' as const };
  const figures = deliveryFigures(
    [
      told({ status: 'Failed', day: 1, end: 4 }),
      told({ status: 'Refused', day: 2, end: 0 }),
      running,
      told({ status: 'Succeeded', day: 0, firstTraffic: 3, fullTraffic: 8, end: 13 }),
    ],
    now,
  );
  expect(figures).toMatchObject({ changes: 1, failures: 0, changeFailureRate: 0 });
});

test('a rollback after production traffic is a failure, restored when blue had all traffic again', () => {
  const figures = deliveryFigures(
    [
      told({ status: 'Succeeded', day: 0, firstTraffic: 3, fullTraffic: 8, end: 13 }),
      told({ status: 'RolledBack', day: 1, firstTraffic: 3, end: 7 }),
      told({ status: 'RolledBack', day: 2, firstTraffic: 3, end: 9 }),
      told({ status: 'Held', day: 3, firstTraffic: 3, end: 90 }),
    ],
    now,
  );
  expect(figures).toMatchObject({ changes: 4, failures: 3, changeFailureRate: 0.75, timeToRestore: 5 * MINUTE });
});

test('a success that went bad in its guard window is a failure, restored by the deployment of the way back', () => {
  const badSince = start + 30 * MINUTE;
  const regressed = told({
    status: 'Succeeded',
    day: 0,
    firstTraffic: 3,
    fullTraffic: 8,
    end: 13,
    guard: { startedAt: start, badSince, ended: { kind: 'redeploy', at: badSince + MINUTE, why: 'errors', evidence: [], restoredBy: 'back' } },
  });
  const back = told({ id: 'back', status: 'Succeeded', day: 0, firstTraffic: 35, fullTraffic: 36, end: 40, source: 'remedy' });
  expect(deliveryFigures([regressed, back], now)).toMatchObject({ failures: 1, changeFailureRate: 0.5, timeToRestore: 10 * MINUTE });
  expect(deliveryFigures([regressed], now).timeToRestore).toBeUndefined();
  const quiet = { ...regressed, guard: { startedAt: start, ended: { kind: 'over' as const, at: badSince, why: 'nothing happened', evidence: [] } } };
  expect(deliveryFigures([quiet], now).failures).toBe(0);
});
