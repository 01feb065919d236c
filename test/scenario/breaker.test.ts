// When images are bad: the deployment's own breaker with causes and logs, and the service's breaker after several of them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deployment } from '#core/deployment/deployment.ts';
import { explainDeployment } from '#core/deployment/explain.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { TaskExplanation } from '#flows/explain-task.ts';
import { describeExplanation } from '../../cli/explain.ts';
import { describeTask } from '../../cli/task-view.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const exitsAtStart = { exitAfterMs: 2_000, exitCode: 1, prints: ['listening soon', '\u001b[31mError: DATABASE_URL is not set\u001b[0m'] };

let scenario: Scenario;
/** One world for all stories, told in order. */
beforeAll(async () => {
  scenario = await startScenario();
});
afterAll(() => scenario.close());

/** When the task stopped whose crash was the last one needed. */
async function decidingStop(deployment: Deployment, limit: number): Promise<number> {
  const { call, sample } = scenario;
  const { taskArns } = await call('ecs', 'ListTasks', { cluster: sample.cluster, serviceName: sample.service, desiredStatus: 'STOPPED' });
  const { tasks } = await call('ecs', 'DescribeTasks', { cluster: sample.cluster, tasks: taskArns });
  const stopped = tasks
    .filter(
      (task: { taskDefinitionArn: string; stopCode: string }) =>
        task.taskDefinitionArn === deployment.taskDefinitionArn && task.stopCode === 'EssentialContainerExited',
    )
    .map((task: { stoppedAt: string | number | Date }) => new Date(task.stoppedAt).getTime())
    .toSorted((one: number, other: number) => one - other);
  return stopped[limit - 1] ?? Number.NaN;
}

describe('an image that exits at start', () => {
  test('is stopped within seconds of the deciding crash, with its cause, its last words and the remedy', async () => {
    const { push, until, untilEnded, deploymentOf, servingDigest, service, localAws, firstDigest } = scenario;
    const digest = await push('2.0.0', { script: exitsAtStart });
    await until(async () => (await deploymentOf(digest))?.rollback !== undefined);
    const goingBack = await deploymentOf(digest);
    if (goingBack?.rollback === undefined) throw new Error('it is not going back');
    const { cause } = goingBack.rollback;
    // Two tasks run at a time: a fourth may have crashed before the look.
    expect(cause).toMatchObject({ kind: 'crashes', threshold: 3, causes: [{ code: 'exitError', container: 'app' }] });
    const decidedAt = await decidingStop(goingBack, 3);
    expect(goingBack.rollback.startedAt - decidedAt).toBeLessThan(15_000);

    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Failed', crashLog: { container: 'app', lines: ['listening soon', 'Error: DATABASE_URL is not set'] } });
    expect(deployment.shift?.firstTrafficAt).toBeUndefined();
    expect(await servingDigest()).toBe(firstDigest);
    expect((deployment.outcome?.at ?? Number.NaN) - decidedAt).toBeLessThan(15_000);

    const view = { service: await service(), now: localAws.clock.now() };
    const shown = describeExplanation(explainDeployment(deployment, view.service, view.now), view).join('\n');
    expect(shown).toContain('It failed, and production never saw it.');
    expect(shown).toMatch(/[34] x exitError: The task stopped because an essential container ended with an error\./);
    expect(shown).toContain('Error: DATABASE_URL is not set');
    expect(shown).toContain("remedy: Read the container's last log lines");
    expect(shown).toContain('weir deploy 2.0.0 --service prod/orders --force');
  });

  test('can be asked about task by task, also when ECS has forgotten them', async () => {
    const { ask, pass, deployments, sample, call } = scenario;
    const deployment = (await deployments()).find(({ request }) => request.tag === '2.0.0');
    const taskId = deployment?.crashLog?.taskId;
    const explained = (await ask('explain-task', { serviceKey: SERVICE_KEY, taskId })) as unknown as TaskExplanation;
    expect(explained).toMatchObject({
      taskDefinitionArn: deployment?.taskDefinitionArn,
      stop: { code: 'exitError', crash: true, exitCode: 1 },
      deployment: { id: deployment?.id, side: 'green', status: 'Failed' },
      log: { container: 'app', lines: ['listening soon', 'Error: DATABASE_URL is not set'] },
    });
    const shown = describeTask(SERVICE_KEY, explained).join('\n');
    expect(shown).toContain('It crashed because an essential container ended with an error (exitError).');
    expect(shown).toContain('ECS said: Essential container in task exited; app: exit code 1');
    expect(shown).toContain(`weir explain ${SERVICE_KEY} ${deployment?.id}`);

    await pass(150 * MINUTE);
    const { failures } = await call('ecs', 'DescribeTasks', { cluster: sample.cluster, tasks: [taskId] });
    expect(failures).toMatchObject([{ reason: 'MISSING' }]);
    expect(await ask('explain-task', { serviceKey: SERVICE_KEY, taskId })).toMatchObject({
      lastStatus: 'STOPPED',
      // Its event's time is in whole seconds.
      stoppedAt: Math.floor((explained.stoppedAt ?? 0) / 1000) * 1000,
      stop: { code: 'exitError', crash: true, remedy: expect.stringContaining("Read the container's last log lines") },
      deployment: { id: deployment?.id, side: 'green' },
    });
    const unknown = ask('explain-task', { serviceKey: SERVICE_KEY, taskId: 'f'.repeat(32) });
    await expect(unknown).rejects.toThrow(/nobody knows a task/);
  });

  test('is not quarantined when the environment was to blame', async () => {
    const { push, untilEnded, service } = scenario;
    const cannotPull = 'pull image manifest has been retried 1 time(s): failed to resolve ref: unexpected status: 403 Forbidden';
    const deployment = await untilEnded(await push('2.1.0', { script: { cannotPull } }));
    expect(deployment).toMatchObject({ status: 'Failed', rollback: { cause: { kind: 'crashes', causes: [{ code: 'imageDenied' }] } } });
    expect((await service()).quarantine.map((entry) => entry.digest)).not.toContain(deployment.request.digest);
  });
});

describe('three bad images in a row', () => {
  test('open the breaker: the fourth push is refused with reason and time, and a good one after the cool-down closes it', async () => {
    const { apply, ask, push, pass, until, untilEnded, deploymentOf, service, servingDigest, localAws } = scenario;
    await apply({ breaker: { coolDownMinutes: 30 } });
    await ask('change-breaker', { by: 'test', serviceKey: SERVICE_KEY, reason: 'start from nothing', to: 'closed' });
    for (const tag of ['3.0.0', '3.1.0', '3.2.0']) expect(await untilEnded(await push(tag, { script: exitsAtStart }))).toMatchObject({ status: 'Failed' });
    const { state } = breakerOf(await service());
    expect(state).toMatchObject({ kind: 'open', reason: expect.stringContaining('3 deployments in a row failed') });

    const fourth = await push('3.3.0');
    await until(async () => (await deploymentOf(fourth))?.status === 'Refused');
    const reason = (await deploymentOf(fourth))?.outcome?.reason;
    expect(reason).toMatch(/^the circuit breaker is open: 3 deployments in a row failed, the last one because: .* until 20261123T\d{6}Z$/);

    await pass((state.kind === 'open' ? state.until : 0) - localAws.clock.now() + MINUTE);
    const good = await push('3.4.0');
    await until(async () => (await deploymentOf(good))?.plan !== undefined);
    expect(await deploymentOf(good)).toMatchObject({
      plan: { settings: { strategy: { kind: 'canary', percent: 1 } }, trial: expect.stringContaining('3 deployments') },
    });
    expect(breakerOf(await service()).state).toMatchObject({ kind: 'halfOpen', trial: (await deploymentOf(good))?.id });
    expect(await untilEnded(good)).toMatchObject({ status: 'Succeeded' });
    expect(await servingDigest()).toBe(good);
    expect(await service()).toMatchObject({ failuresInARow: 0, breaker: { state: { kind: 'closed' } } });
  });

  test('can be tried again by a person who insists, which is recorded with who and why', async () => {
    const { ask, push, untilEnded, until, runtime, service } = scenario;
    const digest = await push('4.0.0', { script: exitsAtStart });
    expect(await untilEnded(digest)).toMatchObject({ status: 'Failed' });
    await ask('change-breaker', { by: 'ann', serviceKey: SERVICE_KEY, reason: 'release stop', to: 'open', minutes: 60 });
    runtime.script(digest, { respond: (_request, response) => void response.end('{}') });
    const asked = { by: 'ann', serviceKey: SERVICE_KEY, image: '4.0.0' };
    expect(await ask('deploy-image', asked)).toMatchObject({ admission: 'refuse', reason: expect.stringContaining('quarantined until') });
    const answer = await ask('deploy-image', { ...asked, force: 'it lacked a secret that is there now' });
    expect(answer).toMatchObject({ kind: 'asked', admission: 'start' });
    const asAsked = async () => (await scenario.deployments()).find(({ id }) => id === answer['deploymentId']);
    await until(async () => (await asAsked())?.outcome !== undefined && (await service()).active === undefined);
    expect(await asAsked()).toMatchObject({
      status: 'Succeeded',
      request: { source: 'operator', by: 'ann', force: { by: 'ann', why: 'it lacked a secret that is there now' } },
    });
    expect(breakerOf(await service()).state).toEqual({ kind: 'closed' });
  });
});
