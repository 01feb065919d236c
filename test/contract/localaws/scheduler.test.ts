// EventBridge Scheduler over HTTP (its REST paths, as the aws CLI calls them) and in virtual time, with the local SQS as a target.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import type { AwsShape, Principal, ServiceFactory } from '#localaws/region.ts';
import { createScheduler } from '#localaws/scheduler/create-scheduler.ts';
import { createSqs } from '#localaws/sqs/create-sqs.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const START = Date.UTC(2026, 10, 16, 12);
const MINUTE = 60_000;
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:sweep';
const ROLE = 'arn:aws:iam::000000000000:role/scheduler';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:orders';
const root: Principal = { kind: 'root' };
let region: RunningRegion;
let invoked: { at: number; input: AwsShape; principal: Principal }[];
let functionFails: (() => AwsError | undefined) | undefined;

/** Lambda and Step Functions as far as schedules need them. */
const double =
  (name: 'lambda' | 'states', operation: string): ServiceFactory =>
  (own) => ({
    name,
    iamPrefix: name,
    wires: [],
    operations: {
      [operation]: {
        handle(input, { principal }) {
          invoked.push({ at: own.clock.now(), input, principal });
          const error = functionFails?.();
          if (error !== undefined) throw error;
          return {};
        },
      },
    },
  });

beforeEach(async () => {
  invoked = [];
  functionFails = undefined;
  const services = [createScheduler, createSqs, double('lambda', 'Invoke'), double('states', 'StartExecution')];
  region = await startRegion({ services, clock: { kind: 'virtual' }, startAt: START });
});

afterEach(async () => {
  await region.close();
});

async function request(method: string, path: string, body?: AwsShape): Promise<{ status: number; body: AwsShape; type: string | null }> {
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20261116/us-east-1/scheduler/aws4_request, SignedHeaders=host, Signature=0';
  const response = await fetch(`${region.endpointUrl}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as AwsShape, type: response.headers.get('x-amzn-errortype') };
}
const settings = (ScheduleExpression: string, more: AwsShape = {}): AwsShape => ({
  ScheduleExpression,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: FUNCTION, RoleArn: ROLE },
  ...more,
});
const create = (name: string, expression: string, more: AwsShape = {}) => request('POST', `/schedules/${name}`, settings(expression, more));
const runTimes = (): number[] => invoked.map(({ at }) => at - START);

async function advance(ms: number): Promise<void> {
  const until = region.clock.now() + ms;
  region.clock.schedule(ms, () => undefined);
  await region.clock.runUntil(() => region.clock.now() >= until, ms);
}

describe('schedules', () => {
  test('A schedule is created, described, listed, replaced and deleted.', async () => {
    const arn = 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/nightly';
    expect(await create('nightly', 'cron(0 3 * * ? *)', { Description: 'x', ScheduleExpressionTimezone: 'Europe/Berlin' })).toMatchObject({
      status: 200,
      body: { ScheduleArn: arn },
    });
    expect((await request('GET', '/schedules/nightly')).body).toMatchObject({
      Arn: arn,
      GroupName: 'default',
      State: 'ENABLED',
      Description: 'x',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      CreationDate: START / 1_000,
      Target: { Arn: FUNCTION, RoleArn: ROLE, RetryPolicy: { MaximumRetryAttempts: 185 } },
    });
    expect((await request('GET', '/schedules?NamePrefix=nig&State=ENABLED&ScheduleGroup=default')).body['Schedules']).toHaveLength(1);
    await request('PUT', '/schedules/nightly', settings('rate(1 hour)', { State: 'DISABLED' }));
    const replaced = (await request('GET', '/schedules/nightly?groupName=default')).body;
    expect(replaced).toMatchObject({ State: 'DISABLED', ScheduleExpression: 'rate(1 hour)', ScheduleExpressionTimezone: 'UTC' });
    expect(replaced['Description']).toBeUndefined();
    expect((await request('DELETE', '/schedules/nightly?clientToken=abc')).status).toBe(200);
    expect(await request('GET', '/schedules/nightly')).toMatchObject({ status: 404, type: 'ResourceNotFoundException' });
  });

  test('What AWS refuses is refused.', async () => {
    const refused = { status: 400, type: 'ValidationException' };
    expect(await create('a', 'rate(5 minute)')).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } })).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { FlexibleTimeWindow: {} })).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { ScheduleExpressionTimezone: 'Mars/Olympus' })).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { Target: { Arn: FUNCTION } })).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { Target: { Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/x', RoleArn: ROLE } })).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { Target: { Arn: FUNCTION, RoleArn: ROLE, RetryPolicy: { MaximumRetryAttempts: 186 } } })).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { StartDate: 2_000_000_000, EndDate: 1_999_999_999 })).toMatchObject(refused);
    expect(await create('bad%20name', 'rate(1 hour)')).toMatchObject(refused);
    expect(await create('a', 'rate(1 hour)', { GroupName: 'none' })).toMatchObject({ status: 404, type: 'ResourceNotFoundException' });
    await create('a', 'rate(1 hour)');
    expect(await create('a', 'rate(1 hour)')).toMatchObject({ status: 409, type: 'ConflictException' });
  });

  test('Pages of schedules are followed by their token.', async () => {
    for (const name of ['a', 'b', 'c']) await create(name, 'rate(1 hour)', { State: 'DISABLED' });
    const first = (await request('GET', '/schedules?MaxResults=2')).body;
    const second = (await request('GET', `/schedules?MaxResults=2&NextToken=${first['NextToken']}`)).body;
    expect([...first['Schedules'], ...second['Schedules']].map(({ Name }) => Name)).toEqual(['a', 'b', 'c']);
    expect(second['NextToken']).toBeUndefined();
  });

  test('Groups hold schedules, have tags, and take their schedules with them.', async () => {
    const { body } = await request('POST', '/schedule-groups/team', { Tags: [{ Key: 'a', Value: 'b' }] });
    const tagPath = `/tags/${encodeURIComponent(String(body['ScheduleGroupArn']))}`;
    await request('POST', tagPath, { Tags: [{ Key: 'c', Value: 'd' }] });
    await request('DELETE', `${tagPath}?TagKeys=a`);
    expect((await request('GET', tagPath)).body).toEqual({ Tags: [{ Key: 'c', Value: 'd' }] });
    await create('x', 'rate(1 minute)', { GroupName: 'team', StartDate: (START + MINUTE) / 1_000 });
    expect((await request('GET', '/schedule-groups')).body['ScheduleGroups']).toHaveLength(2);
    expect((await request('DELETE', '/schedule-groups/team')).status).toBe(200);
    await advance(5 * MINUTE);
    expect(invoked).toEqual([]);
    expect(await request('DELETE', '/schedule-groups/default')).toMatchObject({ status: 400 });
  });
});

describe('when schedules run', () => {
  test('A rate runs at once and then at its interval, until its EndDate.', async () => {
    await create('r', 'rate(5 minutes)', { EndDate: (START + 11 * MINUTE) / 1_000 });
    await advance(30 * MINUTE);
    expect(runTimes()).toEqual([0, 5 * MINUTE, 10 * MINUTE]);
  });

  test('A rate with a StartDate counts from it.', async () => {
    await create('r', 'rate(5 minutes)', { StartDate: (START + 3 * MINUTE) / 1_000 });
    await advance(9 * MINUTE);
    expect(runTimes()).toEqual([3 * MINUTE, 8 * MINUTE]);
  });

  test('A one-time schedule runs once in its time zone, and is deleted afterwards when asked.', async () => {
    await create('once', 'at(2026-11-16T13:30:00)', { ScheduleExpressionTimezone: 'Europe/Berlin', ActionAfterCompletion: 'DELETE' });
    await create('kept', 'at(2026-11-16T12:40:00)');
    await create('past', 'at(2026-11-16T11:00:00)', { ActionAfterCompletion: 'DELETE' });
    await advance(120 * MINUTE);
    expect(runTimes()).toEqual([30 * MINUTE, 40 * MINUTE]);
    expect((await request('GET', '/schedules/once')).status).toBe(404);
    expect((await request('GET', '/schedules/kept')).status).toBe(200);
  });

  test('A cron follows the wall clock of its zone through the end of summer time, and skips an hour that is not there.', async () => {
    const berlin = { ScheduleExpressionTimezone: 'Europe/Berlin' };
    const days = 24 * 60 * MINUTE;
    // 2027-03-28 02:30 does not exist in Berlin; 2027-10-31 02:30 comes twice.
    await create('spring', 'cron(30 2 27-29 3 ? 2027)', berlin);
    await create('autumn', 'cron(30 2 30-31 10 ? 2027)', berlin);
    await advance(365 * days);
    const times = invoked.map(({ at }) => new Date(at).toISOString());
    expect(times).toEqual(['2027-03-27T01:30:00.000Z', '2027-03-29T00:30:00.000Z', '2027-10-30T00:30:00.000Z', '2027-10-31T00:30:00.000Z']);
  });

  test('A flexible window runs somewhere inside it, without moving the plan.', async () => {
    await create('flexible', 'cron(0 * * * ? *)', {
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      StartDate: (START + MINUTE) / 1_000,
    });
    await advance(3.5 * 60 * MINUTE);
    expect(invoked).toHaveLength(3);
    for (const [index, at] of runTimes().entries()) {
      const hour = (index + 1) * 60 * MINUTE;
      expect(at).toBeGreaterThanOrEqual(hour);
      expect(at).toBeLessThan(hour + 15 * MINUTE);
    }
  });

  test('A disabled schedule does not run, and one that is updated runs by its new plan only.', async () => {
    await create('s', 'rate(1 minute)', { State: 'DISABLED' });
    await advance(3 * MINUTE);
    await request('PUT', '/schedules/s', settings('at(2026-11-16T12:10:00)'));
    await advance(20 * MINUTE);
    expect(runTimes()).toEqual([10 * MINUTE]);
  });
});

describe('what a run does', () => {
  test('The target is called with the role of the schedule, and its Input with the placeholders filled in.', async () => {
    const Input = '{"arn":"<aws.scheduler.schedule-arn>","time":"<aws.scheduler.scheduled-time>","attempt":"<aws.scheduler.attempt-number>"}';
    await create('s', 'at(2026-11-16T12:01:00)', { Target: { Arn: FUNCTION, RoleArn: ROLE, Input } });
    await advance(2 * MINUTE);
    expect(invoked[0]).toMatchObject({
      principal: { kind: 'role', roleArn: ROLE, sessionName: 's' },
      input: { FunctionName: FUNCTION, InvocationType: 'Event' },
    });
    const payload = JSON.parse(invoked[0]?.input['Payload']) as AwsShape;
    expect(payload).toEqual({ arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/s', time: '2026-11-16T12:01:00Z', attempt: '1' });
  });

  test('State machines and queues are targets too; without an Input they get a scheduled event.', async () => {
    const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy';
    await region.region.call('sqs', 'CreateQueue', { QueueName: 'orders' }, root);
    await create('machine', 'at(2026-11-16T12:01:00)', { Target: { Arn: machine, RoleArn: ROLE } });
    await create('queue', 'at(2026-11-16T12:01:00)', { Target: { Arn: QUEUE, RoleArn: ROLE, Input: 'plain text' } });
    await advance(2 * MINUTE);
    expect(invoked[0]?.input['stateMachineArn']).toBe(machine);
    expect(JSON.parse(invoked[0]?.input['input'])).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.scheduler', time: '2026-11-16T12:01:00Z' });
    const { Messages } = await region.region.call('sqs', 'ReceiveMessage', { QueueUrl: '/orders' }, root);
    expect(Messages).toMatchObject([{ Body: 'plain text' }]);
  });

  test('A failing target is retried as the policy says, then the payload goes to the dead-letter queue.', async () => {
    await region.region.call('sqs', 'CreateQueue', { QueueName: 'orders' }, root);
    functionFails = () => new AwsError('ServiceException', 'try again', { httpStatus: 500 });
    const Target = { Arn: FUNCTION, RoleArn: ROLE, Input: '{}', RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: QUEUE } };
    await create('s', 'at(2026-11-16T12:01:00)', { Target });
    await advance(10 * MINUTE);
    expect(invoked).toHaveLength(3);
    const { Messages } = await region.region.call('sqs', 'ReceiveMessage', { QueueUrl: '/orders', MessageAttributeNames: ['All'] }, root);
    expect(Messages).toMatchObject([
      {
        Body: '{}',
        MessageAttributes: {
          ERROR_CODE: { StringValue: 'ServiceException' },
          EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
          RETRY_ATTEMPTS: { StringValue: '2' },
          TARGET_ARN: { StringValue: FUNCTION },
        },
      },
    ]);
  });

  test('A missing permission is not retried.', async () => {
    functionFails = () => new AwsError('AccessDeniedException', 'no', { httpStatus: 403 });
    await create('s', 'at(2026-11-16T12:01:00)');
    await advance(60 * MINUTE);
    expect(invoked).toHaveLength(1);
  });
});
