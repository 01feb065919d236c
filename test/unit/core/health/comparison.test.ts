// Blue against green over many minutes: how often a good green is rolled back, how soon a bad one, what holds, and what never happens.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addEvidence, type Comparison, type ComparisonSetting, comparisonSetting, startComparison } from '#core/health/comparison.ts';
import { readComparison } from '#core/health/comparison-reading.ts';
import { COMPARISON_DEFAULTS, type ComparisonRules, latencyEdges, sharesOf } from '#core/health/comparison-rules.ts';
import { compareCrashMinute, noCrashes, readCrashes } from '#core/health/crash-comparison.ts';
import type { Baseline, EvidenceMinute, SideMinute } from '#core/health/evidence.ts';
import { binomial, randomNumbers } from './random-numbers.ts';

const MINUTE = 60_000;
const rules = (more: Partial<ComparisonRules> = {}): ComparisonRules => ({
  ...COMPARISON_DEFAULTS,
  spend: { errors: 1, latency: 0, crashes: 0, slo: 0 },
  ...more,
});
const past = (errorRate: number, perMinute = 600): Baseline => ({
  minutes: 720,
  requests: 720 * perMinute,
  errors: Math.round(720 * perMinute * errorRate),
  dispersion: { observed: 0, expected: 0 },
});

function fold(setting: ComparisonSetting, minutes: readonly EvidenceMinute[]): Comparison {
  return minutes.reduce((state, minute) => addEvidence(state, setting, minute), startComparison(setting));
}

interface World {
  readonly blue: number;
  readonly green: (minute: number) => number;
  readonly perMinute: number;
  readonly share: number;
  readonly minutes?: number;
}

function draw(seed: number, { blue, green, perMinute, share, minutes = 60 }: World): readonly EvidenceMinute[] {
  const random = randomNumbers(seed);
  const [nG, nB] = [Math.round(perMinute * share), Math.round(perMinute * (1 - share))];
  return Array.from({ length: minutes }, (_, minute) => ({
    minute: minute * MINUTE,
    ...(nB === 0 ? {} : { blue: { requests: nB, errors: binomial(random, nB, blue) } }),
    ...(nG === 0 ? {} : { green: { requests: nG, errors: binomial(random, nG, green(minute)) } }),
  }));
}

/** Minutes until it fails; undefined when it does not. */
function failsAfter(setting: ComparisonSetting, minutes: readonly EvidenceMinute[]): number | undefined {
  let state = startComparison(setting);
  for (const [index, minute] of minutes.entries()) {
    state = addEvidence(state, setting, minute);
    if (state.crossing !== undefined) return index + 1;
  }
  return undefined;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe('a green that is no worse', () => {
  test.each([
    ['equal', 0.01, 0.01],
    ['exactly on the margin', 0.01, 1.02 * 0.01 + 1e-5],
    ['exactly on the margin at a tiny rate', 0.0002, 1.02 * 0.0002 + 1e-5],
  ])('%s is rolled back in at most 1 %% of deployments, looked at every minute', (_what, blue, green) => {
    const setting = comparisonSetting(rules(), past(blue), 2);
    const runs = 150;
    const wrong = Array.from({ length: runs }, (_, seed) => failsAfter(setting, draw(seed, { blue, green: () => green, perMinute: 3_000, share: 0.3 }))).filter(
      (minutes) => minutes !== undefined,
    ).length;
    expect(wrong / runs).toBeLessThanOrEqual(0.01 + 4 * Math.sqrt((0.01 * 0.99) / runs));
  });

  test('is not blamed for an outage both share, and both of it is seen', () => {
    const setting = comparisonSetting(rules(), past(0.002), 2);
    for (let seed = 0; seed < 40; seed++) {
      const outage = draw(seed, { blue: 0.1, green: () => 0.1, perMinute: 600, share: 0.1, minutes: 30 });
      expect(failsAfter(setting, outage)).toBeUndefined();
    }
  });

  test('is not blamed for bursts between the sides that were seen before', () => {
    const bursty = (seed: number): readonly EvidenceMinute[] =>
      draw(seed, { blue: 0.001, green: () => 0.001, perMinute: 4_000, share: 0.5 }).map((minute) => ({
        ...minute,
        ...(minute.blue === undefined ? {} : { blue: { ...minute.blue, errors: minute.blue.errors * 8 } }),
        ...(minute.green === undefined ? {} : { green: { ...minute.green, errors: minute.green.errors * 8 } }),
      }));
    const wrong = (baseline: Baseline): number =>
      Array.from({ length: 60 }, (_, seed) => failsAfter(comparisonSetting(rules(), baseline, 2), bursty(seed))).filter((minutes) => minutes !== undefined)
        .length;
    const learned = { ...past(0.008, 4_000), dispersion: { observed: 240, expected: 30 } };
    expect(wrong(learned)).toBe(0);
  });
});

describe('a green that is worse', () => {
  test('ten times after 30 healthy minutes is found within about two', () => {
    const setting = comparisonSetting(rules(), past(0.001, 6_000), 2);
    const found = Array.from(
      { length: 21 },
      (_, seed) => failsAfter(setting, draw(seed, { blue: 0.001, green: (minute) => (minute < 30 ? 0.001 : 0.01), perMinute: 6_000, share: 0.1 })) ?? 99,
    );
    expect(median(found) - 30).toBeLessThanOrEqual(2);
  });

  test('in everything is found in its first minute, at ten requests', () => {
    const setting = comparisonSetting(rules(), past(0.001), 2);
    expect(failsAfter(setting, [{ minute: 0, blue: { requests: 90, errors: 0 }, green: { requests: 10, errors: 10 } }])).toBe(1);
  });

  test('without blue beside it is found where it has more than twice what blue is known to have', () => {
    const setting = comparisonSetting(rules(), past(0.002), 2);
    expect(failsAfter(setting, draw(1, { blue: 0, green: () => 0.02, perMinute: 600, share: 1 }))).toBeLessThan(10);
    expect(failsAfter(setting, draw(1, { blue: 0, green: () => 0.003, perMinute: 600, share: 1 }))).toBeUndefined();
    const unknown = comparisonSetting(rules(), undefined, 2);
    expect(failsAfter(unknown, draw(1, { blue: 0, green: () => 0.02, perMinute: 600, share: 1 }))).toBeUndefined();
  });

  test('stays found, whatever comes after', () => {
    const setting = comparisonSetting(rules(), past(0.001), 2);
    const bad = draw(1, { blue: 0.001, green: () => 0.2, perMinute: 600, share: 0.5, minutes: 3 });
    const good = draw(2, { blue: 0.001, green: () => 0, perMinute: 600, share: 0.5, minutes: 200 }).map((minute) => ({
      ...minute,
      minute: minute.minute + 3 * MINUTE,
    }));
    const after = fold(setting, [...bad, ...good]);
    expect(after.crossing?.minute).toBeLessThan(3 * MINUTE);
    expect(readComparison(after, setting)).toMatchObject({
      verdict: 'fail',
      reasons: [expect.stringMatching(/^green failed .* odds .* against chance \(limit/)],
    });
  });
});

describe('what holds', () => {
  test('three requests a minute: about how many more, and for how long', () => {
    const setting = comparisonSetting(rules(), past(0.001, 3), 2);
    const reading = readComparison(fold(setting, draw(1, { blue: 0, green: () => 0, perMinute: 3, share: 1 })), setting);
    expect(reading).toMatchObject({ verdict: 'inconclusive', reasons: [expect.stringMatching(/^about [\d,]+ more green requests needed, [\d,]+ minute/)] });
    expect(reading.needed?.requests).toBeGreaterThan(300);
    expect(reading.needed?.minutes).toBe(Math.ceil((reading.needed?.requests ?? 0) / 3));
    expect(reading.lacksOnlyProof).toBe(true);
  });

  test('a green that gets no requests while blue does', () => {
    const setting = comparisonSetting(rules(), past(0.001), 2);
    const shared = draw(1, { blue: 0.001, green: () => 0.001, perMinute: 6_000, share: 0.1, minutes: 20 });
    const silent = draw(2, { blue: 0.001, green: () => 0, perMinute: 6_000, share: 0, minutes: 1 }).map((minute) => ({ ...minute, minute: 20 * MINUTE }));
    expect(readComparison(fold(setting, shared), setting).verdict).toBe('pass');
    expect(readComparison(fold(setting, [...shared, ...silent]), setting)).toMatchObject({
      verdict: 'inconclusive',
      reasons: [expect.stringContaining('does not reach it')],
      lacksOnlyProof: false,
    });
  });

  test("a limit of the service's own that blue breaks as well", () => {
    const withSlo = rules({ sloErrorRate: 0.01, spend: { errors: 0.5, latency: 0, crashes: 0, slo: 0.5 } });
    const setting = comparisonSetting(withSlo, past(0.001), 2);
    const both = readComparison(fold(setting, draw(3, { blue: 0.05, green: () => 0.05, perMinute: 2_000, share: 0.5, minutes: 20 })), setting);
    expect(both).toMatchObject({ verdict: 'inconclusive', reasons: [expect.stringContaining('and so does blue')] });
    const own = fold(setting, draw(3, { blue: 0.001, green: () => 0.05, perMinute: 2_000, share: 0.5, minutes: 20 }));
    expect(own.crossing).toBeDefined();
  });

  test('less proof is enough for a smaller next step', () => {
    const setting = comparisonSetting(rules(), past(0.001), 2);
    const few = fold(setting, draw(1, { blue: 0.001, green: () => 0.001, perMinute: 3_000, share: 0.1, minutes: 2 }));
    expect(readComparison(few, setting, 0.1).verdict).toBe('pass');
    expect(readComparison(few, setting, 1).verdict).toBe('inconclusive');
  });
});

describe('latency', () => {
  const baseline: Baseline = { ...past(0), latency: { p50: 40, p90: 120, p99: 400 } };
  const setting = comparisonSetting(COMPARISON_DEFAULTS, baseline, 2);
  const side = (requests: number, slow: readonly number[]): SideMinute => ({ requests, errors: 0, slow: slow.map((share) => Math.round(requests * share)) });
  const minutes = (green: readonly number[]): readonly EvidenceMinute[] =>
    Array.from({ length: 20 }, (_, minute) => ({ minute: minute * MINUTE, blue: side(5_400, [0.5, 0.1, 0.01]), green: side(600, green) }));

  test('limits are blue’s own, green’s stretched by the tolerance', () => {
    expect(latencyEdges(COMPARISON_DEFAULTS, baseline)).toEqual({ blue: [40, 120, 400], green: [50, 144, 480] });
    expect(latencyEdges({ ...COMPARISON_DEFAULTS, falseRollback: 0.01 }, past(0))).toBeUndefined();
  });

  test('five times as many requests beyond the p99 are rolled back, after the cold minutes; as many are good enough', () => {
    const slow = fold(setting, minutes([0.5, 0.12, 0.05]));
    expect(slow.crossing).toMatchObject({ metric: 'latency' });
    expect(slow.crossing?.minute).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(readComparison(fold(setting, minutes([0.4, 0.08, 0.008])), setting).verdict).toBe('pass');
  });

  test('that could not be read is neither evidence nor proof', () => {
    const unread = minutes([0.5, 0.12, 0.05]).map(({ minute, blue, green }) => ({
      minute,
      blue: { requests: blue?.requests ?? 0, errors: 0 },
      green: { requests: green?.requests ?? 0, errors: 0 },
    }));
    const state = fold(setting, unread);
    expect(state.crossing).toBeUndefined();
    expect(readComparison(state, setting).verdict).toBe('inconclusive');
  });

  test('leaves its share of the budget to errors where it is not compared', () => {
    expect(sharesOf(COMPARISON_DEFAULTS, true)).toEqual({ errors: 0.55, latency: 0.2, crashes: 0.25, slo: 0 });
    expect(sharesOf(COMPARISON_DEFAULTS, false)).toEqual({ errors: 0.75, latency: 0, crashes: 0.25, slo: 0 });
  });
});

describe('crashes', () => {
  const crashRules = { history: { crashes: 0, taskMinutes: 7 * 1_440 * 4 }, plannedMinutes: 30 };
  const evidenceOf = (crashes: number, minutes: number): number => {
    let state = noCrashes;
    for (let minute = 0; minute < minutes; minute++) {
      const green = { crashes: minute === minutes - 1 ? crashes : 0, taskMinutes: 1 };
      state = compareCrashMinute(state, crashRules, { crashes: 0, taskMinutes: 1 }, green);
    }
    return readCrashes(state).capped;
  };

  test('one is never enough, two at once nearly, three at once are', () => {
    const limit = -Math.log(0.01 * 0.25 * 0.7);
    expect(evidenceOf(1, 2)).toBeLessThan(limit);
    expect(evidenceOf(3, 2)).toBeGreaterThan(limit);
    expect(evidenceOf(2, 2)).toBeGreaterThan(evidenceOf(2, 15));
    expect(evidenceOf(3, 5)).toBeGreaterThan(evidenceOf(3, 60));
  });

  test('of blue as well are evidence of nothing', () => {
    let state = noCrashes;
    for (let minute = 0; minute < 20; minute++) state = compareCrashMinute(state, crashRules, { crashes: 1, taskMinutes: 2 }, { crashes: 1, taskMinutes: 2 });
    expect(readCrashes(state).relative).toBeLessThan(Math.log(6));
  });
});

describe('laws', () => {
  const side = (requests: fc.Arbitrary<number>) =>
    fc
      .tuple(requests, fc.constantFrom(0, 0, 0.001, 0.1, 1))
      .map(([count, share]): SideMinute => ({ requests: count, errors: Math.round(count * share), slow: [count, Math.round(count / 2), 0] }));
  const anyMinute = fc.record({
    blue: fc.option(side(fc.constantFrom(1, 10, 999, 1e6, 1e9)), { nil: undefined }),
    green: fc.option(side(fc.constantFrom(1, 10, 1_000, 1e6, 1e9)), { nil: undefined }),
    crashes: fc.option(fc.record({ blue: fc.nat(3), green: fc.nat(200) }), { nil: undefined }),
  });
  const inOrder = (
    minutes: readonly { blue?: SideMinute | undefined; green?: SideMinute | undefined; crashes?: { blue: number; green: number } | undefined }[],
  ): readonly EvidenceMinute[] =>
    minutes.map(({ blue, green, crashes }, index) => ({ minute: index * MINUTE, ...(blue && { blue }), ...(green && { green }), ...(crashes && { crashes }) }));
  const setting = comparisonSetting({ ...COMPARISON_DEFAULTS, sloErrorRate: 0.01 }, { ...past(0.001), latency: { p50: 1, p90: 2, p99: 3 } }, 2);

  test('nothing is ever anything but a number, and the state survives JSON', () => {
    fc.assert(
      fc.property(fc.array(anyMinute, { maxLength: 12 }), anyMinute, (minutes, last) => {
        const state = fold(setting, inOrder(minutes));
        const stored: Comparison = JSON.parse(JSON.stringify(state));
        expect(stored).toEqual(state);
        const next = { ...inOrder([last])[0], minute: minutes.length * MINUTE } as EvidenceMinute;
        expect(addEvidence(stored, setting, next)).toEqual(addEvidence(state, setting, next));
        expect(JSON.stringify([state, readComparison(state, setting)])).not.toMatch(/null|NaN|Infinity/);
      }),
    );
  });

  test('failures on green never help it in the minute they come', () => {
    const rank = { fail: 0, inconclusive: 1, pass: 2 };
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 500 }), (seed, count, more) => {
        const plain = comparisonSetting(rules(), past(0.002), 2);
        const minutes = draw(seed, { blue: 0.002, green: () => 0.002, perMinute: 2_000, share: 0.5, minutes: count });
        const worse = minutes.map((minute, index) =>
          index === count - 1 && minute.green !== undefined
            ? { ...minute, green: { ...minute.green, errors: Math.min(1_000, minute.green.errors + more) } }
            : minute,
        );
        const [before, after] = [readComparison(fold(plain, minutes), plain), readComparison(fold(plain, worse), plain)];
        expect(rank[after.verdict]).toBeLessThanOrEqual(rank[before.verdict]);
        expect(after.metrics[0]?.evidence ?? 0).toBeGreaterThanOrEqual((before.metrics[0]?.evidence ?? 0) - 1e-9);
        expect(after.metrics[0]?.advance ?? 0).toBeLessThanOrEqual((before.metrics[0]?.advance ?? 0) + 1e-9);
      }),
    );
  });

  test('a minute without requests changes nothing but the count', () => {
    const minutes = draw(5, { blue: 0.01, green: () => 0.01, perMinute: 600, share: 0.5, minutes: 5 });
    const before = fold(setting, minutes);
    const after = addEvidence(before, setting, { minute: 5 * MINUTE });
    expect(after.errors.blue).toEqual(before.errors.blue);
    expect(after.errors.green).toEqual(before.errors.green);
    expect(after.errors.advance).toEqual(before.errors.advance);
  });
});
