// A service whose processes really use more memory than their task has: requests come through the real listener, the process is killed,
// and the next revision has room. Time between is virtual.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const TEST_MS = 120_000;
/** Real time until a process that has used too much is gone. */
const KILL_MS_MAX = 5_000;
/** version 7 keeps a megabyte of each request, up to 600: past the 512 MiB of its first task, within the 1,024 of the next. */
const REQUESTS_TO_FILL = 640;
const AT_ONCE = 16;
const COMMAND_LINE = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

/** One process, so that no request misses it. */
async function withScenario(mode: 'auto' | 'propose', story: (scenario: Scenario) => Promise<void>): Promise<void> {
  const scenario = await startScenario({ realVersion: 'v7', desiredCount: 1, terminationWaitMinutes: 5 });
  try {
    await scenario.apply({ remediation: { outOfMemory: { mode } } });
    await story(scenario);
  } finally {
    await scenario.close();
  }
}

/** Answers by status, of real requests to the production listener. */
async function request(scenario: Scenario, count: number): Promise<Readonly<Record<string, number>>> {
  const answers: Record<string, number> = {};
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const statuses = await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const response = await fetch(`${scenario.sample.productionUrl}orders`);
        await response.arrayBuffer();
        return response.status;
      }),
    );
    for (const status of statuses) answers[status] = (answers[status] ?? 0) + 1;
  }
  return answers;
}

async function stoppedTasks({ call }: Scenario, taskDefinitionArn: string): Promise<readonly Record<string, unknown>[]> {
  const { taskArns } = await call('ecs', 'ListTasks', { cluster: 'prod', serviceName: 'orders', desiredStatus: 'STOPPED' });
  if (taskArns.length === 0) return [];
  const { tasks } = await call('ecs', 'DescribeTasks', { cluster: 'prod', tasks: taskArns });
  return tasks.filter((task: { taskDefinitionArn: string }) => task.taskDefinitionArn === taskDefinitionArn);
}

async function servingTaskDefinition({ call }: Scenario): Promise<{ readonly taskDefinitionArn: string; readonly memory: string; readonly revision: number }> {
  const { services } = await call('ecs', 'DescribeServices', { cluster: 'prod', services: ['orders'] });
  const serving = services[0].taskSets.find((taskSet: { status: string }) => taskSet.status === 'PRIMARY');
  return (await call('ecs', 'DescribeTaskDefinition', { taskDefinition: serving.taskDefinition }))['taskDefinition'];
}

/** Requests until the process is killed, and simulated time until ECS says so. */
async function runOutOfMemory(scenario: Scenario): Promise<Record<string, unknown>> {
  const { taskDefinitionArn } = await servingTaskDefinition(scenario);
  const answers = await request(scenario, REQUESTS_TO_FILL);
  const isKilled = async () => Object.keys(await request(scenario, AT_ONCE)).some((status) => status !== '200');
  for (let waited = 0; Object.keys(answers).length === 1 && waited < KILL_MS_MAX && !(await isKilled()); waited += 100) await wait(100);
  let killed: Record<string, unknown> | undefined;
  await scenario.until(async () => {
    killed = (await stoppedTasks(scenario, taskDefinitionArn))[0];
    return killed !== undefined;
  }, 10 * MINUTE);
  return killed ?? {};
}

async function untilRemediation(scenario: Scenario, statuses: readonly Remediation['status'][]): Promise<Remediation> {
  let found: Remediation | undefined;
  let lookedAt = 0;
  await scenario.until(async () => {
    const { clock } = scenario.localAws;
    if (clock.now() - lookedAt < 2 * MINUTE) return false;
    lookedAt = clock.now();
    const remediations = (await scenario.ask('list-remediations', { serviceKey: SERVICE_KEY })) as Remediation[];
    expect(remediations.length).toBeLessThanOrEqual(1);
    found = remediations.find(({ status }) => statuses.includes(status));
    return found !== undefined;
  }, 180 * MINUTE);
  if (found === undefined) throw new Error('no remediation');
  return found;
}

const ended: readonly Remediation['status'][] = ['Helped', 'DidNotHelp', 'Inconclusive', 'Failed', 'Expired', 'Alerted'];
const killedForMemory = { stopCode: 'EssentialContainerExited', containers: [{ exitCode: 137, reason: expect.stringMatching(/^OutOfMemoryError: /) }] };

/** The same load that killed the first revision does nothing to the one that serves now, and half an hour later it has helped. */
async function expectCrashesEnd(scenario: Scenario): Promise<Remediation> {
  const deployment = await scenario.untilEnded(scenario.firstDigest);
  expect(deployment).toMatchObject({ status: 'Succeeded', request: { source: 'remedy' }, plan: { settings: { strategy: { kind: 'canary' } } } });
  const serving = await servingTaskDefinition(scenario);
  expect(serving).toMatchObject({ taskDefinitionArn: deployment.taskDefinitionArn, memory: '1024' });
  expect(await request(scenario, REQUESTS_TO_FILL)).toEqual({ 200: REQUESTS_TO_FILL });
  const remediation = await untilRemediation(scenario, ended);
  expect(remediation).toMatchObject({ status: 'Helped', runbook: 'outOfMemory', deploymentId: deployment.id });
  expect(await request(scenario, AT_ONCE)).toEqual({ 200: AT_ONCE });
  expect(await stoppedTasks(scenario, serving.taskDefinitionArn)).toEqual([]);
  return remediation;
}

/** The command line, as a person runs it. */
async function weir({ localAws }: Scenario, ...args: string[]): Promise<string> {
  const where = { AWS_ENDPOINT_URL: localAws.endpointUrl, AWS_REGION: localAws.region.name, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND_LINE, ...args], { env: { ...process.env, ...where } });
  return stdout;
}

describe('a process that really uses more memory than its task has', () => {
  test(
    'in auto: a revision with more memory goes out as a canary, without anyone, and the crashes end',
    () =>
      withScenario('auto', async (scenario) => {
        expect(await servingTaskDefinition(scenario)).toMatchObject({ memory: '512' });
        const killed = await runOutOfMemory(scenario);
        expect(killed).toMatchObject(killedForMemory);
        const remediation = await expectCrashesEnd(scenario);
        expect(remediation.answer).toBeUndefined();
        const explained = await weir(scenario, 'explain', SERVICE_KEY, String(killed['taskArn']));
        expect(explained).toMatch(/It crashed because .* \(outOfMemory\)\./);
        expect(explained).toContain(`Remediation ${remediation.id}, Helped: app runs out of memory: task 512 -> 1024 MiB`);
        expect(remediation.evidence[0]).toBe('container app was killed for memory 1 times in 0 minutes');
      }),
    TEST_MS,
  );

  test(
    'in propose: it waits for weir remediation approve',
    () =>
      withScenario('propose', async (scenario) => {
        expect(await runOutOfMemory(scenario)).toMatchObject(killedForMemory);
        const proposed = await untilRemediation(scenario, ['Proposed', ...ended]);
        expect(proposed).toMatchObject({ status: 'Proposed', action: { kind: 'raiseMemory', taskMemory: 1_024 } });
        await scenario.pass(5 * MINUTE);
        expect(await servingTaskDefinition(scenario)).toMatchObject({ memory: '512' });
        expect(await scenario.deployments()).toEqual([]);

        const id = `${SERVICE_KEY}/${proposed.id}`;
        expect(await weir(scenario, 'remediation', 'list', SERVICE_KEY)).toContain(`weir remediation approve ${id}`);
        expect(await weir(scenario, 'remediation', 'approve', id, '--reason', 'the cache has to fit')).toContain(`Approved ${id}`);
        const remediation = await expectCrashesEnd(scenario);
        expect(remediation.answer).toMatchObject({ approve: true, why: 'the cache has to fit', by: expect.stringMatching(/^arn:aws:/) });
      }),
    TEST_MS,
  );
});
