import { describe, expect, test } from '@jest/globals';
import { costOf } from '#core/cost/deployment-cost.ts';
import { attributesBytes, readUnits, writeUnits } from '#core/cost/dynamodb-units.ts';
import { type ListPrice, listPrices, priceOf } from '#core/cost/list-prices.ts';

describe('list prices', () => {
  test('say where they come from', () => {
    for (const { source, dollars, per, unit } of Object.values<ListPrice>(listPrices)) {
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/.*pricing\//);
      expect(dollars).toBeGreaterThan(0);
      expect(per).toBeGreaterThan(0);
      expect(unit).not.toBe('');
    }
  });

  // Source: Step Functions pricing page, 4,000 transitions at $0.000025 each.
  test('are of so many units', () => {
    expect(priceOf('stateTransitions', 4_000)).toBeCloseTo(0.1, 10);
    expect(priceOf('lambdaRequests', 1_000_000)).toBeCloseTo(0.2, 10);
  });
});

test('a deployment costs its control plane and its extra tasks', () => {
  const usage = { lambdaRequests: 1_000_000, lambdaGbSeconds: 0, stateTransitions: 1_000, dynamodbWriteUnits: 0, dynamodbReadUnits: 0, metricsRead: 2_000 };
  const cost = costOf(usage, { taskMinutes: 120, peak: 2, vcpu: 1, memoryGb: 2 });
  expect(cost.controlPlaneDollars).toBeCloseTo(0.2 + 0.025 + 0.02, 10);
  // Two hours of one vCPU and 2 GB.
  expect(cost.tasksDollars).toBeCloseTo(2 * 0.04048 + 4 * 0.004445, 10);
});

describe('request units', () => {
  // Source: DynamoDB developer guide: 1 KB a write unit, 4 KB a consistent read unit, half for an eventually consistent one.
  test('come from the size of the item', () => {
    expect([1, 1_024, 1_025, 3_500].map(writeUnits)).toEqual([1, 1, 2, 4]);
    expect(readUnits(8_192, true)).toBe(2);
    expect(readUnits(8_193, false)).toBe(1.5);
    expect(readUnits(0, true)).toBe(1);
  });

  test('of attributes are names and values in UTF-8', () => {
    expect(attributesBytes({ pk: { S: 'abc' } })).toBe(5);
    expect(attributesBytes({ é: { S: '€𝄞' } })).toBe(2 + 3 + 4);
    expect(attributesBytes({ n: { N: '-12.345' } })).toBe(1 + 4);
    expect(attributesBytes({ m: { M: { a: { BOOL: true }, b: { L: [{ NULL: true }] } } } })).toBe(1 + 3 + 2 + (1 + 1) + (1 + 3 + 1 + 1));
  });
});
