import { beforeEach, expect, jest, test } from '@jest/globals';
import type { DeploymentStore } from '#ports/deployment-store.ts';
import type { ServiceStore } from '#ports/service-store.ts';
import { forgetCorrelation } from '#runtime/correlation.ts';
import { logger } from '#runtime/logger.ts';
import { observedDeployments, observedServices } from '#runtime/observed-stores.ts';

const named = { serviceKey: 'prod/orders', deploymentId: 'd-1' };
const deployment = { serviceKey: 'prod/orders', id: 'd-1' };

/** What each access to one record is called with; those that name no record answer undefined. */
const deploymentCalls: { readonly [K in keyof DeploymentStore]: { readonly given: readonly unknown[]; readonly names: boolean } } = {
  create: { given: [deployment], names: true },
  load: { given: ['prod/orders', 'd-1'], names: true },
  loadWithService: { given: ['prod/orders', 'd-1'], names: true },
  save: { given: [deployment, 1, 'w'], names: true },
  signal: { given: ['prod/orders', 'd-1', { source: 'task', note: '' }], names: true },
  await: { given: ['prod/orders', 'd-1', 'token', 0], names: true },
  unfinished: { given: [undefined], names: false },
  guarded: { given: [undefined], names: false },
  history: { given: ['prod/orders', 5], names: false },
};

const serviceCalls: { readonly [K in keyof ServiceStore]: { readonly given: readonly unknown[]; readonly names: boolean } } = {
  load: { given: ['prod/orders'], names: true },
  save: { given: [{ key: 'prod/orders' }, 1, 'w'], names: true },
  keys: { given: [undefined], names: false },
};

let keys: Record<string, unknown>;
beforeEach(() => {
  forgetCorrelation.before();
  keys = {};
  jest.spyOn(logger, 'appendKeys').mockImplementation((added) => void Object.assign(keys, added));
});

/** A store of nothing that answers with what it was called. */
function recording<T extends object>(names: readonly string[]): T {
  return Object.fromEntries(names.map((name) => [name, (...given: unknown[]) => Promise.resolve([name, given])])) as T;
}

test.each(Object.entries(deploymentCalls))('the deployment store names the deployment at %s, and passes it on', async (name, { given, names }) => {
  const store = observedDeployments(recording(Object.keys(deploymentCalls))) as unknown as Record<string, (...all: readonly unknown[]) => Promise<unknown>>;
  expect(await store[name]?.(...given)).toEqual([name, given]);
  expect(keys).toEqual(names ? named : {});
});

test.each(Object.entries(serviceCalls))('the service store names the service at %s, and passes it on', async (name, { given, names }) => {
  const store = observedServices(recording(Object.keys(serviceCalls))) as unknown as Record<string, (...all: readonly unknown[]) => Promise<unknown>>;
  expect(await store[name]?.(...given)).toEqual([name, given]);
  expect(keys).toEqual(names ? { serviceKey: 'prod/orders' } : {});
});

test('an invocation about several deployments names all of them, up to ten', async () => {
  const store = observedDeployments(recording(Object.keys(deploymentCalls)));
  for (let index = 0; index < 12; index++) await store.load('prod/orders', `d-${index}`);
  expect(keys).toEqual({ serviceKey: 'prod/orders', deploymentId: 'd-0 d-1 d-2 d-3 d-4 d-5 d-6 d-7 d-8 d-9' });
});

test('the next invocation is about nothing yet', async () => {
  const store = observedDeployments(recording(Object.keys(deploymentCalls)));
  await store.load('prod/orders', 'd-1');
  forgetCorrelation.before();
  await store.load('prod/orders', 'd-2');
  expect(keys).toEqual({ serviceKey: 'prod/orders', deploymentId: 'd-2' });
});
