import { expect, test } from '@jest/globals';
import type { Deployment } from '#core/deployment/deployment.ts';
import { requestDeployment } from '#core/deployment/evolve.ts';
import { isStuck } from '#core/deployment/stuck.ts';

const request = { repository: 'r', registry: '1', digest: 'sha256:a', tag: '1', pushedAt: 0, source: 'push' as const };
const running: Deployment = { ...requestDeployment('d', 'prod/orders', request, 0), status: 'Shifting', plan: {} as NonNullable<Deployment['plan']> };
const HALF_AN_HOUR = 1_800_000;

test('a deployment under way is stuck after half an hour without a record', () => {
  expect(isStuck(running, HALF_AN_HOUR - 1)).toBe(false);
  expect(isStuck(running, HALF_AN_HOUR)).toBe(true);
});

test('one that waits for people, or for a slot before it has a plan, may wait long', () => {
  const approval = { rules: {}, askedAt: 0, answers: [] } as unknown as NonNullable<Deployment['approval']>;
  expect(isStuck({ ...running, approval }, 10 * HALF_AN_HOUR)).toBe(false);
  const { plan: _, ...waiting } = running;
  expect(isStuck(waiting, 10 * HALF_AN_HOUR)).toBe(false);
});
