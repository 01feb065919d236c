// RunTask and StopTask: tasks that belong to no service.
import { CreateClusterCommand, DescribeTasksCommand, RegisterTaskDefinitionCommand, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fargateDefinition, NETWORK, openStage, type Stage } from './ecs-stage.ts';
import { ordersOn } from './orders-service.ts';

let stage: Stage;
afterEach(() => stage.close());
const orders = (): ReturnType<typeof ordersOn> => ordersOn(stage);

describe('a single task', () => {
  async function run(tag: string, container = {}): Promise<string> {
    await stage.ecs.send(new CreateClusterCommand({}));
    const { tasks } = await stage.ecs.send(
      new RunTaskCommand({ taskDefinition: await orders().register(tag, container), launchType: 'FARGATE', networkConfiguration: NETWORK, startedBy: 'me' }),
    );
    return tasks?.[0]?.taskArn ?? '';
  }
  const lastEvent = (arn: string): Record<string, unknown> | undefined => stage.events.findLast((event) => event.detail['taskArn'] === arn)?.detail;

  test('goes through its states in order and can be described for an hour after it stopped', async () => {
    stage = await openStage({ job: { exitAfterMs: 60_000, exitCode: 0 } });
    const arn = await run('job');
    await stage.until(() => lastEvent(arn)?.['lastStatus'] === 'STOPPED');
    const states = stage.events.filter((event) => event.detail['taskArn'] === arn).map((event) => event.detail['lastStatus']);
    expect(states).toEqual(['PROVISIONING', 'PENDING', 'RUNNING', 'DEPROVISIONING', 'STOPPED']);
    const { tasks = [] } = await stage.ecs.send(new DescribeTasksCommand({ tasks: [arn] }));
    expect(tasks[0]).toMatchObject({ stopCode: 'EssentialContainerExited', group: 'family:orders', startedBy: 'me', containers: [{ exitCode: 0 }] });
    expect(tasks[0]?.stoppedAt).toBeInstanceOf(Date);
    await stage.pass(61 * 60_000);
    expect((await stage.ecs.send(new DescribeTasksCommand({ tasks: [arn] }))).failures).toEqual([{ arn, reason: 'MISSING' }]);
  });

  test('is asked to stop with SIGTERM and killed after its stop timeout', async () => {
    stage = await openStage({ stubborn: { stopMs: Number.POSITIVE_INFINITY } });
    const arn = await run('stubborn', { stopTimeout: 45 });
    await stage.until(() => lastEvent(arn)?.['lastStatus'] === 'RUNNING');
    const stopped = await stage.ecs.send(new StopTaskCommand({ task: arn, reason: 'enough' }));
    expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'STOPPING', stopCode: 'UserInitiated', stoppedReason: 'enough' });
    await stage.until(() => lastEvent(arn)?.['lastStatus'] === 'STOPPED');
    expect(stage.runtime.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
    expect((stage.runtime.signals[1]?.at ?? 0) - (stage.runtime.signals[0]?.at ?? 0)).toBe(45_000);
    expect(lastEvent(arn)).toMatchObject({ containers: [{ exitCode: 137 }] });
  });

  test('is not started without its secrets', async () => {
    stage = await openStage();
    const arn = await run('v1', { secrets: [{ name: 'PASSWORD', valueFrom: 'arn:aws:ssm:us-east-1:000000000000:parameter/p' }] });
    await stage.until(() => lastEvent(arn)?.['lastStatus'] === 'STOPPED');
    expect(lastEvent(arn)).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(/^ResourceInitializationError: unable to pull secrets/),
    });
  });

  test('starts its containers in the order they depend on each other and stops them in the other', async () => {
    stage = await openStage({ migration: { exitAfterMs: 20_000, exitCode: 0 } });
    const { containerDefinitions, ...definition } = fargateDefinition('v1', {
      dependsOn: [
        { containerName: 'migrate', condition: 'SUCCESS' },
        { containerName: 'proxy', condition: 'START' },
      ],
    });
    const app = containerDefinitions[0] ?? {};
    const sidecar = (name: string, tag: string, essential: boolean): object => ({ name, image: String(app['image']).replace('v1', tag), essential });
    await stage.ecs.send(
      new RegisterTaskDefinitionCommand({
        ...definition,
        containerDefinitions: [app, sidecar('migrate', 'migration', false), sidecar('proxy', 'proxy', true)],
      } as never),
    );
    await stage.ecs.send(new CreateClusterCommand({}));
    const { tasks } = await stage.ecs.send(new RunTaskCommand({ taskDefinition: 'orders', launchType: 'FARGATE', networkConfiguration: NETWORK }));
    const arn = tasks?.[0]?.taskArn ?? '';
    await stage.until(() => lastEvent(arn)?.['lastStatus'] === 'RUNNING');
    expect(stage.runtime.started.map((start) => start.definition['name'])).toEqual(['migrate', 'proxy', 'app']);
    await stage.ecs.send(new StopTaskCommand({ task: arn }));
    await stage.until(() => lastEvent(arn)?.['lastStatus'] === 'STOPPED');
    expect(stage.runtime.signals.map(({ container }) => container)).toEqual(['app', 'proxy']);
  });

  test('cannot run on EC2, where there are no container instances', async () => {
    stage = await openStage();
    await stage.ecs.send(new CreateClusterCommand({}));
    await orders().register('v1');
    await expect(stage.ecs.send(new RunTaskCommand({ taskDefinition: 'orders', networkConfiguration: NETWORK }))).rejects.toThrow(
      'No Container Instances were found in your cluster.',
    );
  });
});
