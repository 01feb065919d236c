// A deployment's record at its fullest: after days of traffic, with everything that goes wrong on it, it is still one DynamoDB item.
import { expect, test } from '@jest/globals';
import { CRASH_LOG_LINE_LENGTH_MAX, CRASH_LOG_LINES_MAX } from '#core/breaker/crash-cause.ts';
import type { DeploymentEvent } from '#core/deployment/deployment.ts';
import { evolve, evolveAll, requestDeployment } from '#core/deployment/evolve.ts';
import { comparisonSetting } from '#core/health/comparison.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import type { Baseline, EvidenceMinute, SideMinute } from '#core/health/evidence.ts';
import { gatherEvidence, startEvidence } from '#core/health/evidence-record.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 23, 9);
/** Source: DynamoDB developer guide, "Quotas": 400 KB for names and values of an item. Kept back: keys, index and task token. */
const RECORD_BYTES_MAX = 390 * 1_024;
const TWO_DAYS = 2_880;

const baseline: Baseline = {
  minutes: 720,
  requests: 123_456_789,
  errors: 12_345,
  dispersion: { observed: 1.234567890123, expected: 1.012345678901 },
  latency: { p50: 52.345678901234, p90: 152.345678901234, p99: 1_052.345678901234 },
  crashes: { crashes: 2, taskMinutes: 1_440 },
};

/** CloudWatch's percentiles have as many digits as a double. */
const busy = (index: number): SideMinute => ({
  requests: 1_234_567,
  errors: 1_234,
  slow: [617_283, 123_456, 12_345],
  latency: { p50: 52.345678901234 + index / 7, p90: 152.345678901234 + index / 7, p99: 1_052.345678901234 + index / 7 },
  limited: 1_052.345678901234 + index / 7,
});

test('a record of two days of busy minutes, long lines and a crash log fits into an item', () => {
  const setting = comparisonSetting(COMPARISON_DEFAULTS, baseline, 10);
  const minutes = Array.from({ length: TWO_DAYS }, (_, index): EvidenceMinute => ({ minute: T0 + index * MINUTE, blue: busy(index), green: busy(index) }));
  const ends = T0 + TWO_DAYS * MINUTE;
  const crashes = { blue: 0, green: 1 };
  const read = { from: T0, settledBefore: ends, minutes, crashes };
  const evidence = gatherEvidence(gatherEvidence(startEvidence(setting, baseline), setting, read), setting, read);
  const long = 'a reason that somebody wrote into a hook of their own, with "quotes" and ünïcode; '.repeat(40);
  const hooks = (['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic'] as const).map(
    (hook): DeploymentEvent => ({ type: 'HookPostponed', hook, reason: long.slice(0, 1_000), nextTryAt: ends }),
  );
  const lines = Array.from({ length: CRASH_LOG_LINES_MAX }, () => 'x'.repeat(CRASH_LOG_LINE_LENGTH_MAX));
  const request = {
    repository: 'team/orders',
    registry: '111122223333',
    digest: `sha256:${'0'.repeat(64)}`,
    tag: '2.0.0',
    pushedAt: T0,
    source: 'push' as const,
  };
  const told = Array.from(
    { length: 300 },
    (_, index): DeploymentEvent => ({
      type: 'HealthAssessed',
      verdict: { verdict: index % 2 === 0 ? 'fail' : 'pass', reasons: [long], alarms: [], lacksOnlyProof: false, at: ends },
    }),
  );
  const log: DeploymentEvent = {
    type: 'CrashLogRead',
    log: { taskId: '0'.repeat(32), container: 'orders', group: '/ecs/orders', stream: 'orders/orders/0', lines },
  };
  const record = evolve(
    evolveAll(
      requestDeployment('20260101T000000-0000000000', 'prod/orders', request, T0),
      [{ type: 'Started', fence: 1, run: 1 }, ...hooks, ...told, log],
      ends,
    ),
    { type: 'HealthAssessed', verdict: { verdict: 'inconclusive', reasons: [long], alarms: [], lacksOnlyProof: false, at: ends }, evidence },
    ends,
  );
  expect(record.evidence?.minutes.length).toBeGreaterThan(400);
  expect(record.timeline).toHaveLength(150);
  expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(RECORD_BYTES_MAX);
});
