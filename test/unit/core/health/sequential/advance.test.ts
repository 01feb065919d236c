// Going on: proof is right about how often it is wrong, about how long it takes, and forgets what is long ago.
import { describe, expect, test } from '@jest/globals';
import { type AdvanceEvidence, addAdvanceMinute, advanceTotal, requestsNeeded } from '#core/health/sequential/advance.ts';
import { binomial, randomNumbers } from '../random-numbers.ts';

const margin = { ratio: 1.25, offset: 0.002 };
const LIMIT = Math.log(20);

/** Minutes until the proof is there, undefined when it does not come. */
function minutesUntil(seed: number, rates: { blue: number; green: number }, traffic: { blue: number; green: number }, minutes: number): number | undefined {
  const random = randomNumbers(seed);
  let evidence: AdvanceEvidence = [];
  for (let minute = 1; minute <= minutes; minute++) {
    const blue = { requests: traffic.blue, bad: binomial(random, traffic.blue, rates.blue) };
    const green = { requests: traffic.green, bad: binomial(random, traffic.green, rates.green) };
    evidence = addAdvanceMinute(evidence, { blue, green }, rates.blue, [margin], LIMIT, 1);
    if (advanceTotal(evidence, 0) >= LIMIT) return minute;
  }
  return undefined;
}

describe('proof', () => {
  test('of a green exactly on the margin is given in at most 5 % of deployments, however often one looks', () => {
    const blue = 0.005;
    const runs = 600;
    const wrong = Array.from({ length: runs }, (_, seed) =>
      minutesUntil(seed, { blue, green: margin.ratio * blue + margin.offset }, { blue: 900, green: 300 }, 60),
    ).filter((found) => found !== undefined).length;
    // Five standard deviations above 5 %.
    expect(wrong / runs).toBeLessThanOrEqual(0.05 + 5 * Math.sqrt((0.05 * 0.95) / runs));
  });

  test('takes about as many requests as was said before', () => {
    for (const [rate, share] of [
      [0.001, 0.1],
      [0.01, 0.5],
      [0.0001, 1],
    ] as const) {
      const green = 200;
      const blue = Math.round((green * (1 - share)) / share);
      const said = requestsNeeded(LIMIT, rate, margin, share, 1);
      const found =
        Array.from({ length: 41 }, (_, seed) => minutesUntil(seed, { blue: rate, green: rate }, { blue, green }, 600) ?? 600).toSorted((a, b) => a - b)[20] ??
        0;
      expect((found * green) / said).toBeGreaterThan(0.4);
      expect((found * green) / said).toBeLessThan(2);
    }
  });

  test('of long ago does not outweigh what goes wrong now', () => {
    let evidence: AdvanceEvidence = [];
    const good = { blue: { requests: 900, bad: 1 }, green: { requests: 900, bad: 1 } };
    for (let minute = 0; minute < 500; minute++) evidence = addAdvanceMinute(evidence, good, 0.001, [margin], LIMIT, 1);
    expect(advanceTotal(evidence, 0)).toBeGreaterThanOrEqual(LIMIT);
    evidence = addAdvanceMinute(evidence, { ...good, green: { requests: 900, bad: 30 } }, 0.001, [margin], LIMIT, 1);
    expect(advanceTotal(evidence, 0)).toBeLessThan(LIMIT);
  });

  test('is not needed any more, or needed for ever so many requests, without anything but a number', () => {
    expect(requestsNeeded(0, 0.01, margin, 0.5, 1)).toBe(0);
    for (const rate of [1e-9, 0.01, 0.6])
      for (const share of [0.001, 0.5, 1]) expect(Number.isFinite(requestsNeeded(LIMIT, rate, margin, share, 3))).toBe(true);
  });
});
