// One minute's evidence: fair on the whole null, by enumeration; silent without requests; never anything but a number.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Alternative, type Counts, logEvidence, logEvidenceWithCap, type Margin, projectOnMargin } from '#core/health/sequential/two-sample.ts';

const counts = (requests: number, bad: number): Counts => ({ requests, bad });

function binomialWeights(requests: number, rate: number): readonly number[] {
  let weight = (1 - rate) ** requests;
  return Array.from({ length: requests + 1 }, (_, bad) => {
    const now = weight;
    weight *= ((requests - bad) / (bad + 1)) * (rate / (1 - rate));
    return now;
  });
}

/** The expectation of the evidence over every outcome of both sides. */
function expectation(blueRequests: number, greenRequests: number, blueRate: number, greenRate: number, log: (blue: Counts, green: Counts) => number): number {
  const greens = binomialWeights(greenRequests, greenRate);
  return binomialWeights(blueRequests, blueRate).reduce(
    (sum, blueWeight, blueBad) =>
      sum +
      greens.reduce(
        (inner, greenWeight, greenBad) => inner + blueWeight * greenWeight * Math.exp(log(counts(blueRequests, blueBad), counts(greenRequests, greenBad))),
        0,
      ),
    0,
  );
}

const margins: readonly Margin[] = [
  { ratio: 1, offset: 0 },
  { ratio: 1.02, offset: 1e-5 },
  { ratio: 1.25, offset: 0.01 },
];
const traffic: readonly (readonly [number, number])[] = [
  [90, 10],
  [20, 20],
  [199, 1],
  [1, 30],
];
const blueRates = [1e-4, 0.01, 0.1, 0.5];

describe('evidence against green', () => {
  test.each(traffic)('with %d blue and %d green requests expects at most 1 wherever green is within the margin', (blueRequests, greenRequests) => {
    for (const margin of margins) {
      for (const guess of [0.001, 0.02, 0.2]) {
        for (const worse of [1.5, 4, 0.9]) {
          const line = margin.ratio * guess + margin.offset;
          const alternative: Alternative = { blue: guess, green: worse < 1 ? 0.9 : Math.min(0.95, line * worse) };
          for (const blueRate of blueRates) {
            const greenRate = Math.min(1, margin.ratio * blueRate + margin.offset);
            const plain = expectation(blueRequests, greenRequests, blueRate, greenRate, (blue, green) => logEvidence(blue, green, alternative, margin));
            expect(plain).toBeLessThanOrEqual(1 + 1e-9);
          }
        }
      }
    }
  });

  test('with a cap on blue expects at most 1 as long as blue is below the cap', () => {
    const margin = { ratio: 1.02, offset: 1e-5 };
    const alternative = { blue: 0.01, green: 0.2 };
    for (const cap of [0.02, 0.05, 0.3]) {
      for (const blueRate of blueRates.filter((rate) => rate <= cap)) {
        const capped = expectation(40, 20, blueRate, margin.ratio * blueRate + margin.offset, (blue, green) => {
          return logEvidenceWithCap(blue, green, alternative, margin, cap).capped;
        });
        expect(capped).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  test('is what a hand computes: 4 green failures of 4, none of 4 at blue, half each guessed apart', () => {
    // Rates alone, equal traffic: the point of the null is the mean of the guesses, (0.9 + 0.1) / 2.
    const alternative = { blue: 0.1, green: 0.9 };
    expect(projectOnMargin(4, 4, alternative, { ratio: 1, offset: 0 })).toBeCloseTo(0.5, 10);
    expect(logEvidence(counts(4, 0), counts(4, 4), alternative, { ratio: 1, offset: 0 })).toBeCloseTo(8 * Math.log(0.9 / 0.5), 10);
  });

  test('is nothing without requests on both sides', () => {
    const alternative = { blue: 0.01, green: 0.5 };
    const margin = { ratio: 1.02, offset: 1e-5 };
    expect(logEvidence(counts(0, 0), counts(100, 100), alternative, margin)).toBe(0);
    expect(logEvidenceWithCap(counts(100, 0), counts(0, 0), alternative, margin, 0.02)).toEqual({ relative: 0, capped: 0 });
  });

  test('never falls when green fails more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.nat(100),
        fc.double({ min: 1e-6, max: 0.3, noNaN: true }),
        (nB, nG, blueBad, guess) => {
          const margin = { ratio: 1.02, offset: 1e-5 };
          const alternative = { blue: guess, green: Math.min(0.99, 3 * guess + 0.01) };
          const blue = counts(nB, Math.min(nB, blueBad));
          const logs = [0, 1, 2, Math.min(nG, 5), nG]
            .filter((bad) => bad <= nG)
            .toSorted((a, b) => a - b)
            .map((bad) => logEvidence(blue, counts(nG, bad), alternative, margin));
          for (const [index, log] of logs.entries()) expect(log).toBeGreaterThanOrEqual((logs[index - 1] ?? log) - 1e-9);
        },
      ),
    );
  });

  test('is a number at the extremes: no errors, all errors, 10^9 requests, weights of 0.1 %, rates of 10^-9', () => {
    const requests = fc.constantFrom(1, 7, 1_000, 1e6, 1e9);
    const share = fc.constantFrom(0, 1e-9, 0.001, 0.5, 1);
    const rate = fc.constantFrom(1e-9, 1e-5, 0.01, 0.4, 0.999);
    fc.assert(
      fc.property(requests, requests, share, share, rate, rate, fc.constantFrom(...margins), (nB, nG, badB, badG, guess, above, margin) => {
        const line = Math.min(1 - 1e-6, margin.ratio * guess + margin.offset);
        const alternative = { blue: guess, green: line + above * (1 - 1e-9 - line) };
        const { relative, capped } = logEvidenceWithCap(counts(nB, Math.round(nB * badB)), counts(nG, Math.round(nG * badG)), alternative, margin, 0.01);
        expect([relative, capped].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('evidence for going on', () => {
  test('expects at most 1 wherever green is beyond the margin', () => {
    const margin = { ratio: 1.25, offset: 0.02 };
    for (const guess of [0.001, 0.02]) {
      for (const factor of [0.5, 1, 1.1]) {
        for (const blueRate of blueRates) {
          const greenRate = Math.min(1, margin.ratio * blueRate + margin.offset);
          const value = expectation(60, 20, blueRate, greenRate, (blue, green) => logEvidence(blue, green, { blue: guess, green: factor * guess }, margin));
          expect(value).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
    }
  });
});
