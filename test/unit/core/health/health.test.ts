// Fixed limits beside the comparison: fail on enough bad evidence, pass on enough good evidence, else say what is missing.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ComparisonReading } from '#core/health/comparison-reading.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import { type HealthEvidence, type HealthRules, judgeHealth, type TrafficMinute } from '#core/health/health.ts';
import { checkSmokeAnswer } from '#core/health/smoke-check.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const rules: HealthRules = {
  comparison: COMPARISON_DEFAULTS,
  errorRate: { maxPercent: 1, minimumRequests: 100 },
  healthyHosts: { minimumPercent: 50 },
  alarms: [],
  windowMinutes: 5,
  settleSeconds: 60,
};
const minutes = (...counts: [number, number][]): TrafficMinute[] =>
  counts.map(([requests, errors], index) => ({ minute: NOW - (index + 2) * MINUTE, requests, errors }));
const reading = (verdict: ComparisonReading['verdict'], lacksOnlyProof = false): ComparisonReading => ({
  verdict,
  reasons: [`compared: ${verdict}`],
  metrics: [],
  minutes: 1,
  lacksOnlyProof,
});
const evidence = (over: Partial<HealthEvidence> = {}): HealthEvidence => ({
  greenMinutes: minutes([200, 0]),
  comparison: reading('pass'),
  greenTargets: { healthy: 2, total: 2 },
  desiredCount: 2,
  greenPercent: 10,
  alarmsInAlarm: [],
  ...over,
});
const judge = (over: Partial<HealthEvidence> = {}, more: Partial<HealthRules> = {}) => judgeHealth({ ...rules, ...more }, evidence(over), NOW);

describe('the error rate', () => {
  test.each([
    ['passes at the limit', minutes([200, 2]), 'pass'],
    ['fails above it', minutes([200, 3]), 'fail'],
    ['holds below the minimum of requests', minutes([99, 0]), 'inconclusive'],
    ['fails early on more errors than the whole minimum allows', minutes([10, 2]), 'fail'],
    ['does not fail on a single error', minutes([10, 1]), 'inconclusive'],
  ])('%s', (_what, greenMinutes, expected) => {
    expect(judge({ greenMinutes }).verdict).toBe(expected);
  });

  test('leaves out minutes that CloudWatch may still change, and those before the window', () => {
    const young = [{ minute: NOW - MINUTE, requests: 1_000, errors: 1_000 }];
    const old = [{ minute: NOW - 8 * MINUTE, requests: 1_000, errors: 1_000 }];
    expect(judge({ greenMinutes: [...minutes([200, 0]), ...young, ...old] }).verdict).toBe('pass');
  });
});

describe('the comparison', () => {
  test.each(['pass', 'fail', 'inconclusive'] as const)('decides with the fixed limits: %s', (verdict) => {
    expect(judge({ comparison: reading(verdict) })).toMatchObject({ verdict, reasons: expect.arrayContaining([`compared: ${verdict}`]) });
  });

  test('shows and decides nothing where it only observes', () => {
    const observed = judge({ comparison: reading('fail') }, { comparison: { ...COMPARISON_DEFAULTS, observe: true } });
    expect(observed).toMatchObject({ verdict: 'pass', comparison: { verdict: 'fail' } });
  });

  test('that only lacks proof says so, as long as the fixed limits hold', () => {
    expect(judge({ comparison: reading('inconclusive', true) }).lacksOnlyProof).toBe(true);
    expect(judge({ comparison: reading('inconclusive', true), alarmsInAlarm: undefined }, { alarms: ['orders-5xx'] }).lacksOnlyProof).toBe(false);
  });

  test('works without any fixed limit', () => {
    const { errorRate: _, ...bare } = rules;
    expect(judgeHealth(bare, evidence({ greenMinutes: undefined }), NOW).verdict).toBe('pass');
  });
});

describe('the other rules', () => {
  test('too few healthy targets fail under traffic and hold before it', () => {
    expect(judge({ greenTargets: { healthy: 0, total: 2 } }).verdict).toBe('fail');
    expect(judge({ greenTargets: { healthy: 0, total: 2 }, greenPercent: 0 }).verdict).toBe('inconclusive');
  });

  test('an alarm fails and is named', () => {
    expect(judge({ alarmsInAlarm: ['orders-5xx'] }, { alarms: ['orders-5xx'] })).toMatchObject({ verdict: 'fail', alarms: ['orders-5xx'] });
  });

  test('latency is judged over enough requests only', () => {
    const latency = { percentile: 99, maxMilliseconds: 500, minimumRequests: 100 };
    const slow = (requests: number, limited: number) => [{ minute: NOW - 2 * MINUTE, requests, errors: 0, limited }];
    expect(judge({ greenMinutes: slow(200, 501) }, { latency }).verdict).toBe('fail');
    expect(judge({ greenMinutes: slow(200, 500) }, { latency }).verdict).toBe('pass');
    expect(judge({ greenMinutes: slow(100, 400).map((minute) => ({ ...minute, requests: 99 })) }, { latency }).verdict).toBe('inconclusive');
  });

  test.each([
    ['requests', { greenMinutes: undefined }],
    ['the metrics of both', { comparison: undefined }],
    ['targets', { greenTargets: undefined }],
    ['alarms', { alarmsInAlarm: undefined }],
  ])('what cannot be read is doubt, never health: %s', (_what, over) => {
    expect(judge(over, { alarms: ['orders-5xx'] }).verdict).toBe('inconclusive');
  });
});

test('more errors never help, and no reason holds anything but numbers that are', () => {
  const rank = { pass: 2, inconclusive: 1, fail: 0 };
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000), (requests, one, other) => {
      const [few = 0, many = 0] = [one, other].map((errors) => Math.min(errors, requests)).toSorted((a, b) => a - b);
      const better = judge({ greenMinutes: minutes([requests, few]) });
      const worse = judge({ greenMinutes: minutes([requests, many]) });
      expect(rank[worse.verdict]).toBeLessThanOrEqual(rank[better.verdict]);
      expect([...better.reasons, ...worse.reasons].join()).not.toMatch(/NaN|Infinity|undefined/);
    }),
  );
});

describe('a smoke check', () => {
  const expected = { status: [200], json: { 'data.ok': true }, maxMilliseconds: 100 };
  const answer = { status: 200, body: '{"data":{"ok":true}}', milliseconds: 5 };
  test.each([
    ['fits', answer, undefined],
    ['has the wrong status', { ...answer, status: 503 }, 'answered 503'],
    ['is slow', { ...answer, milliseconds: 101 }, 'took 101 ms'],
    ['is not JSON', { ...answer, body: '<html>' }, 'not JSON'],
    ['lacks a member', { ...answer, body: '{"data":{}}' }, 'data.ok is missing'],
    ['has another value', { ...answer, body: '{"data":{"ok":false}}' }, 'data.ok is false'],
  ])('whose answer %s', (_what, given, problem) => {
    const found = checkSmokeAnswer(expected, given);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });
});
