// weir doctor and weir diff as a person runs them, on a whole Weir in the local AWS.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runWeir, type WeirRun } from '../support/run-weir.ts';
import { type Scenario, sampleManifest, startScenario } from '../support/scenario/scenario.ts';

let scenario: Scenario;
let folder: string;
const weir = (...args: string[]): Promise<WeirRun> => runWeir(scenario.localAws.endpointUrl, args, folder);
const write = (name: string, content: unknown): void => writeFileSync(join(folder, name), JSON.stringify(content));

beforeAll(async () => {
  scenario = await startScenario();
  folder = mkdtempSync(join(tmpdir(), 'weir-diff-'));
});
afterAll(async () => {
  await scenario.close();
  rmSync(folder, { recursive: true });
});

describe('weir diff', () => {
  test('says that nothing differs, and which settings do', async () => {
    write('same.yaml', sampleManifest);
    write('other.yaml', { ...sampleManifest, bakeTimeMinutes: 9 });
    write('new.yaml', { ...sampleManifest, service: 'nothing' });
    const { taskDefinition } = await scenario.call('ecs', 'DescribeTaskDefinition', { taskDefinition: 'orders' });
    const [app] = taskDefinition.containerDefinitions;
    write('next.json', { ...taskDefinition, cpu: '512', memory: '1024', containerDefinitions: [{ ...app, environment: [{ name: 'MODE', value: 'new' }] }] });

    const [same, other, next, unknown] = await Promise.all([
      weir('diff', '-f', 'same.yaml', '--exit-code'),
      weir('diff', '-f', 'other.yaml'),
      weir('--json', 'diff', '-f', 'same.yaml', '--task-definition', 'next.json', '--exit-code'),
      weir('diff', '-f', 'new.yaml'),
    ]);
    expect(same).toMatchObject({
      status: 0,
      out: 'prod/orders: stored manifest version 1: no difference\ntask definition orders:1 serves, against orders:1: no difference\n',
    });
    expect(other).toMatchObject({ status: 0, out: expect.stringContaining('prod/orders: stored manifest version 1:\n  bakeTimeMinutes: 3 -> 9\n') });
    expect(next.status).toBe(1);
    expect(JSON.parse(next.out).taskDefinition).toEqual({
      serving: 'orders:1',
      against: 'next.json',
      differences: [
        { path: 'cpu', before: '256', after: '512' },
        { path: 'memory', before: '512', after: '1024' },
        expect.objectContaining({ path: 'containers.app.environment[0].name', after: 'MODE' }),
        expect.objectContaining({ path: 'containers.app.environment[0].value', after: 'new' }),
      ],
    });
    expect(unknown).toMatchObject({ status: 1, error: 'weir: there is no service nothing in cluster prod\n' });
  });
});

test('the sweeper writes its counts as metrics of the stack, and the dashboard shows every alarm', async () => {
  const { call, pass } = scenario;
  await pass(6 * 60_000);
  const { events } = await call('logs', 'FilterLogEvents', { logGroupName: '/aws/lambda/weir-dev-sweep' });
  const lines: string[] = events.map(({ message }: { message: string }) => message.trim());
  const metrics = lines.filter((line) => line.startsWith('{"_aws"')).map((line) => JSON.parse(line));
  const counts = metrics.find((line) => 'UnfinishedDeployments' in line);
  expect(counts).toMatchObject({ Stack: 'weir-dev', UnfinishedDeployments: 0, StuckDeployments: 0, SweeperRepairs: 0, SweeperProblems: 0 });
  const { MetricAlarms } = await call('monitoring', 'DescribeAlarms', {});
  const watched = MetricAlarms.find(({ MetricName }: { MetricName: string }) => MetricName === 'StuckDeployments');
  const [{ Namespace, Dimensions }] = counts._aws.CloudWatchMetrics;
  expect(Namespace).toBe(watched.Namespace);
  expect(Dimensions.map((names: string[]) => names.toSorted())).toEqual([watched.Dimensions.map(({ Name }: { Name: string }) => Name).toSorted()]);
  for (const { Name, Value } of watched.Dimensions) expect(counts[Name]).toBe(Value);
  const { DashboardBody } = await call('monitoring', 'GetDashboard', { DashboardName: 'weir-dev' });
  const [alarms] = JSON.parse(DashboardBody).widgets;
  expect(alarms.properties.alarms.toSorted()).toEqual(MetricAlarms.map(({ AlarmArn }: { AlarmArn: string }) => AlarmArn).toSorted());
});

describe('weir doctor', () => {
  test('finds nothing wrong with a stack as it is deployed', async () => {
    const { status, out, error } = await weir('doctor');
    expect(error).toBe('');
    expect(out).toMatch(
      /^weir-dev: version [\d.]+, CREATE_COMPLETE; looked at \d+ functions, \d+ rules, 1 table, 2 dead-letter queues, 2 state machines, \d+ alarms\nnothing is wrong\n$/,
    );
    expect(status).toBe(0);
  });

  test('names a stack that is not there', async () => {
    expect(await weir('--stage', 'absent', 'doctor')).toMatchObject({ status: 1, out: expect.stringContaining('there is no stack weir-absent') });
  });

  test('finds a disabled rule, a deleted function, and dead letters, each with its remedy', async () => {
    const { call, ruleOf, localAws } = scenario;
    const rule = await ruleOf('image-pushed');
    await call('events', 'DisableRule', { Name: rule });
    await call('lambda', 'DeleteFunction', { FunctionName: 'weir-dev-promote-deployment' });
    const { QueueUrl } = await call('sqs', 'GetQueueUrl', { QueueName: 'weir-dev-events-dead-letters' });
    await call('sqs', 'SendMessage', { QueueUrl, MessageBody: '{}' });
    const { status, out } = await weir('--json', 'doctor');
    expect(status).toBe(1);
    expect(JSON.parse(out).findings.map(({ level, check, problem }: Record<string, string>) => `${level} ${check}: ${problem}`)).toEqual([
      'fault functions: function weir-dev-promote-deployment is deleted',
      `fault rules: rule ${rule} is disabled: what it would wake hears nothing`,
      'warning deadLetters: 1 message(s) in weir-dev-events-dead-letters',
    ]);
    expect(localAws.clock.now()).toBeGreaterThan(0);
  });
});
