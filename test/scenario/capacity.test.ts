// Spot capacity that is taken back or missing, on the virtual clock: tasks are started on demand for a while, then on Spot again.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const TEST_MS = 120_000;

let scenario: Scenario;
/** One world for all stories, told in order. */
beforeAll(async () => {
  scenario = await startScenario({ capacityProvider: 'FARGATE_SPOT', terminationWaitMinutes: 5 });
  await scenario.apply({ bakeTimeMinutes: 1, remediation: { capacity: { mode: 'auto', onDemandMinutes: 60, interruptions: 3, windowMinutes: 30 } } });
});
afterAll(() => scenario.close());

async function untilRemediation(isWanted: (one: Remediation) => boolean): Promise<Remediation> {
  let found: Remediation | undefined;
  let lookedAt = 0;
  await scenario.until(async () => {
    const { clock } = scenario.localAws;
    if (clock.now() - lookedAt < MINUTE / 2) return false;
    lookedAt = clock.now();
    found = ((await scenario.ask('list-remediations', { serviceKey: SERVICE_KEY })) as Remediation[]).find(isWanted);
    return found !== undefined;
  }, 360 * MINUTE);
  if (found === undefined) throw new Error('no remediation');
  return found;
}

/** Capacity providers of the running tasks. */
async function runsOn(): Promise<readonly string[]> {
  const { taskArns } = await scenario.call('ecs', 'ListTasks', { cluster: 'prod', serviceName: 'orders', desiredStatus: 'RUNNING' });
  const { tasks } = await scenario.call('ecs', 'DescribeTasks', { cluster: 'prod', tasks: taskArns });
  return tasks
    .filter((task: { lastStatus: string }) => task.lastStatus === 'RUNNING')
    .map((task: { capacityProviderName: string }) => task.capacityProviderName);
}

async function stopOneTask(): Promise<void> {
  const { taskArns } = await scenario.call('ecs', 'ListTasks', { cluster: 'prod', serviceName: 'orders', desiredStatus: 'RUNNING' });
  await scenario.call('ecs', 'StopTask', { cluster: 'prod', task: taskArns[0], reason: 'stopped by the test' });
}

const spot = [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }];

describe('a service on Spot that finds none', () => {
  test(
    'runs on demand until the time is over, then on Spot again, without anyone',
    async () => {
      const { capacity, servingDigest, firstDigest } = scenario;
      expect(await runsOn()).toEqual(['FARGATE_SPOT', 'FARGATE_SPOT']);
      capacity.short.add('FARGATE_SPOT');
      await stopOneTask();
      const shifted = await untilRemediation(({ action, endedAt }) => action?.kind === 'shiftCapacity' && endedAt !== undefined);
      expect(shifted).toMatchObject({
        status: 'Helped',
        runbook: 'capacity',
        action: {
          through: 'deployment',
          previous: spot,
          strategy: [
            { capacityProvider: 'FARGATE', weight: 1 },
            { capacityProvider: 'FARGATE_SPOT', weight: 0 },
          ],
        },
      });
      expect(await runsOn()).toEqual(['FARGATE', 'FARGATE']);
      expect(await servingDigest()).toBe(firstDigest);

      capacity.short.clear();
      const back = await untilRemediation(({ action, endedAt }) => action?.kind === 'restoreCapacity' && endedAt !== undefined);
      expect(back).toMatchObject({ id: `${shifted.id}-back`, status: 'Helped', action: { strategy: spot } });
      const { until } = shifted.action as { readonly until: number };
      expect(back.startedAt).toBeGreaterThanOrEqual(until);
      expect(await runsOn()).toEqual(['FARGATE_SPOT', 'FARGATE_SPOT']);
      expect(await servingDigest()).toBe(firstDigest);
    },
    TEST_MS,
  );
});

describe('a service on Spot whose tasks are taken back', () => {
  test(
    'now and then is left alone; too often is asked about, where the owner wants that',
    async () => {
      const { capacity, apply, pass } = scenario;
      await apply({ bakeTimeMinutes: 1, remediation: { capacity: { mode: 'propose', interruptions: 3, windowMinutes: 30 } } });
      const asked = async () =>
        ((await scenario.ask('list-remediations', { serviceKey: SERVICE_KEY })) as Remediation[]).filter(({ status }) => status === 'Proposed');
      // Two tasks each time: only with the second time there are three.
      expect(capacity.interruptSpot()).toBe(2);
      await pass(5 * MINUTE);
      expect(await asked()).toEqual([]);
      expect(capacity.interruptSpot()).toBe(2);
      const proposed = await untilRemediation(({ status }) => status === 'Proposed');
      expect(proposed).toMatchObject({ runbook: 'capacity', action: { kind: 'shiftCapacity', through: 'deployment' } });
      // The second within a day lasts twice as long.
      expect((proposed.action as { readonly until: number }).until - proposed.requestedAt).toBeGreaterThan(100 * MINUTE);
      await pass(5 * MINUTE);
      expect(await runsOn()).toEqual(['FARGATE_SPOT', 'FARGATE_SPOT']);
      expect(await asked()).toHaveLength(1);
    },
    TEST_MS,
  );
});
