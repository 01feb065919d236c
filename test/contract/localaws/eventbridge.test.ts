// The local EventBridge as the unmodified AWS SDK sees it over HTTP, and what reaches its targets in virtual time.
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  LimitExceededException,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  type Target,
  TestEventPatternCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import { createEventBridge } from '#localaws/eventbridge/create-eventbridge.ts';
import type { DeliveryFaults } from '#localaws/eventbridge/delivery.ts';
import type { AwsShape, Principal, ServiceFactory } from '#localaws/region.ts';
import { createSqs } from '#localaws/sqs/create-sqs.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const START = Date.UTC(2026, 10, 16, 10, 0, 30);
const MINUTE = 60_000;
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:image-pushed';
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy';
const ROLE = 'arn:aws:iam::000000000000:role/events';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:dead-letters';
const root: Principal = { kind: 'root' };

let running: RunningRegion;
let client: EventBridgeClient;
let invoked: { at: number; input: AwsShape; principal: Principal }[];
let refusal: ((input: AwsShape) => AwsError | undefined) | undefined;
let fate: DeliveryFaults | undefined;
let logged: string[];

/** A service as far as deliveries need it. */
const double =
  (name: 'lambda' | 'states' | 'sns', operation: string): ServiceFactory =>
  (region) => ({
    name,
    iamPrefix: name,
    wires: [],
    operations: {
      [operation]: {
        handle(input, { principal }) {
          invoked.push({ at: region.clock.now(), input, principal });
          const error = refusal?.(input);
          if (error !== undefined) throw error;
          return {};
        },
      },
    },
  });

beforeEach(async () => {
  invoked = [];
  logged = [];
  refusal = undefined;
  fate = undefined;
  const bus = createEventBridge({ deliveryFaults: (...asked) => fate?.(...asked) ?? 'deliver' });
  running = await startRegion({
    services: [bus, createSqs, double('lambda', 'Invoke'), double('states', 'StartExecution'), double('sns', 'Publish')],
    clock: { kind: 'virtual' },
    startAt: START,
    log: (_source, message) => logged.push(message),
  });
  // LimitExceededException would be retried.
  client = new EventBridgeClient({
    maxAttempts: 1,
    endpoint: running.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});

afterEach(async () => {
  client.destroy();
  await running.close();
});

async function advance(ms: number): Promise<void> {
  const until = running.clock.now() + ms;
  running.clock.schedule(ms, () => undefined);
  await running.clock.runUntil(() => running.clock.now() >= until, ms);
}

const putRule = (Name: string, pattern: AwsShape, more: AwsShape = {}) =>
  client.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern), ...more }));
const putTarget = (Rule: string, target: Partial<Target>, more: AwsShape = {}) =>
  client.send(new PutTargetsCommand({ Rule, Targets: [{ Id: 'one', Arn: FUNCTION, ...target }], ...more }));
const putEvents = (...entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries: entries }));
const order = (detail: AwsShape, more: PutEventsRequestEntry = {}): PutEventsRequestEntry => ({
  Source: 'shop',
  DetailType: 'Order Placed',
  Detail: JSON.stringify(detail),
  ...more,
});
const deadLetters = async (): Promise<AwsShape[]> => {
  const answer = await running.region.call(
    'sqs',
    'ReceiveMessage',
    { QueueUrl: '/dead-letters', MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 },
    root,
  );
  return answer['Messages'] ?? [];
};
const createQueue = (name: string, service = 'events.amazonaws.com') => {
  const Policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sqs:SendMessage', Resource: '*' }] });
  return running.region.call('sqs', 'CreateQueue', { QueueName: name, Attributes: { Policy } }, root);
};

describe('rules and targets', () => {
  test('A rule is put, described, listed, switched off and on, and deleted once its targets are gone.', async () => {
    const arn = 'arn:aws:events:us-east-1:000000000000:rule/orders';
    expect((await putRule('orders', { source: ['shop'] }, { Description: 'x', Tags: [{ Key: 'team', Value: 'a' }] })).RuleArn).toBe(arn);
    expect(await client.send(new DescribeRuleCommand({ Name: 'orders' }))).toMatchObject({
      Arn: arn,
      Name: 'orders',
      EventPattern: '{"source":["shop"]}',
      State: 'ENABLED',
      Description: 'x',
      EventBusName: 'default',
      CreatedBy: '000000000000',
    });
    await putTarget('orders', {});
    expect((await client.send(new ListTargetsByRuleCommand({ Rule: 'orders' }))).Targets).toEqual([{ Id: 'one', Arn: FUNCTION }]);
    expect((await client.send(new ListRuleNamesByTargetCommand({ TargetArn: FUNCTION }))).RuleNames).toEqual(['orders']);
    await client.send(new DisableRuleCommand({ Name: 'orders' }));
    expect((await client.send(new ListRulesCommand({ NamePrefix: 'ord' }))).Rules).toMatchObject([{ Name: 'orders', State: 'DISABLED' }]);
    await client.send(new EnableRuleCommand({ Name: 'orders' }));
    await expect(client.send(new DeleteRuleCommand({ Name: 'orders' }))).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await client.send(new RemoveTargetsCommand({ Rule: 'orders', Ids: ['one', 'two'] }))).toMatchObject({
      FailedEntryCount: 1,
      FailedEntries: [{ TargetId: 'two' }],
    });
    await client.send(new DeleteRuleCommand({ Name: 'orders' }));
    await expect(client.send(new DescribeRuleCommand({ Name: 'orders' }))).rejects.toThrow('Rule orders does not exist on EventBus default.');
    await client.send(new DeleteRuleCommand({ Name: 'orders' }));
  });

  test('What AWS refuses is refused with its errors.', async () => {
    const invalid = { name: 'ValidationException' };
    await expect(putRule('r', { source: 'shop' })).rejects.toBeInstanceOf(InvalidEventPatternException);
    await expect(client.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"a": [' }))).rejects.toBeInstanceOf(InvalidEventPatternException);
    await expect(putRule('r', { source: ['s'.repeat(2_048)] })).rejects.toMatchObject(invalid);
    await expect(client.send(new PutRuleCommand({ Name: 'r' }))).rejects.toMatchObject(invalid);
    await expect(client.send(new PutRuleCommand({ Name: 'r', ScheduleExpression: 'rate(2 minute)' }))).rejects.toMatchObject(invalid);
    await expect(putRule('a name', { source: ['shop'] })).rejects.toMatchObject(invalid);
    await expect(putRule('r', { source: ['shop'] }, { EventBusName: 'none' })).rejects.toBeInstanceOf(ResourceNotFoundException);
    await putRule('r', { source: ['shop'] });
    await expect(putTarget('none', {})).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(putTarget('r', { Arn: MACHINE })).rejects.toThrow('RoleArn is required for target');
    await expect(putTarget('r', { Arn: 'function' })).rejects.toMatchObject(invalid);
    await expect(putTarget('r', { Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' })).rejects.toThrow('localaws');
    await expect(putTarget('r', { Input: '{' })).rejects.toMatchObject(invalid);
    await expect(putTarget('r', { Input: '{}', InputPath: '$.detail' })).rejects.toMatchObject(invalid);
    await expect(putTarget('r', { RetryPolicy: { MaximumRetryAttempts: 186 } })).rejects.toMatchObject(invalid);
    await expect(putTarget('r', { DeadLetterConfig: { Arn: `${QUEUE}.fifo` } })).rejects.toMatchObject(invalid);
    const six = [1, 2, 3, 4, 5, 6].map((id) => ({ Id: `t${id}`, Arn: FUNCTION }));
    await expect(client.send(new PutTargetsCommand({ Rule: 'r', Targets: six }))).rejects.toBeInstanceOf(LimitExceededException);
    await client.send(new PutTargetsCommand({ Rule: 'r', Targets: six.slice(1) }));
    await expect(client.send(new PutTargetsCommand({ Rule: 'r', Targets: six.slice(0, 1) }))).rejects.toBeInstanceOf(LimitExceededException);
  });

  test('Putting a rule again replaces it and keeps its targets.', async () => {
    await putRule('orders', { source: ['shop'] }, { Description: 'x' });
    await putTarget('orders', {});
    await putRule('orders', { source: ['other'] });
    expect((await client.send(new DescribeRuleCommand({ Name: 'orders' }))).Description).toBeUndefined();
    await putEvents(order({}), order({}, { Source: 'other' }));
    await advance(MINUTE);
    expect(invoked).toHaveLength(1);
  });

  test('Pages of rules are followed by their token, and tags are kept by ARN.', async () => {
    for (const name of ['a', 'b', 'c']) await putRule(name, { source: ['shop'] });
    const first = await client.send(new ListRulesCommand({ Limit: 2 }));
    const second = await client.send(new ListRulesCommand({ Limit: 2, NextToken: first.NextToken }));
    expect([...(first.Rules ?? []), ...(second.Rules ?? [])].map((rule) => rule.Name)).toEqual(['a', 'b', 'c']);
    expect(second.NextToken).toBeUndefined();
    const ResourceARN = 'arn:aws:events:us-east-1:000000000000:rule/a';
    await client.send(
      new TagResourceCommand({
        ResourceARN,
        Tags: [
          { Key: 'k', Value: 'v' },
          { Key: 'l', Value: 'w' },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['k'] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([{ Key: 'l', Value: 'w' }]);
    await expect(client.send(new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}x` }))).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  test('Buses are made, described, listed and deleted; the default bus stays.', async () => {
    const { EventBusArn } = await client.send(new CreateEventBusCommand({ Name: 'shop', Tags: [{ Key: 'a', Value: 'b' }] }));
    await expect(client.send(new CreateEventBusCommand({ Name: 'shop' }))).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    expect(await client.send(new DescribeEventBusCommand({ Name: EventBusArn }))).toMatchObject({ Name: 'shop', Arn: EventBusArn });
    expect(await client.send(new DescribeEventBusCommand({}))).toMatchObject({ Name: 'default' });
    expect((await client.send(new ListEventBusesCommand({}))).EventBuses?.map((bus) => bus.Name)).toEqual(['default', 'shop']);
    await putRule('r', { source: ['shop'] }, { EventBusName: 'shop' });
    await expect(client.send(new DeleteEventBusCommand({ Name: 'shop' }))).rejects.toMatchObject({ name: 'ValidationException' });
    await client.send(new DeleteRuleCommand({ Name: 'r', EventBusName: 'shop' }));
    await client.send(new DeleteEventBusCommand({ Name: 'shop' }));
    await expect(client.send(new DescribeEventBusCommand({ Name: 'shop' }))).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(client.send(new DeleteEventBusCommand({ Name: 'default' }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('events', () => {
  test('An event that a rule matches reaches its function with the whole envelope, asynchronously.', async () => {
    await putRule('orders', { source: ['shop'], detail: { rate: [{ numeric: ['=', 1.5] }] } });
    await putTarget('orders', {});
    const Time = new Date(Date.UTC(2026, 10, 1, 2, 3, 4, 567));
    const Detail = '{ "total": 12345678901234567890, "rate": 1.50 }';
    const answer = await putEvents(order({}, { Detail, Resources: ['r1'], Time }), order({ rate: 5 }));
    expect(answer.FailedEntryCount).toBe(0);
    expect(invoked).toEqual([]);
    await advance(MINUTE);
    expect(invoked).toHaveLength(1);
    expect(invoked[0]).toMatchObject({
      input: { FunctionName: FUNCTION, InvocationType: 'Event' },
      principal: { kind: 'service', service: 'events.amazonaws.com' },
    });
    const id = answer.Entries?.[0]?.EventId;
    expect(invoked[0]?.input['Payload']).toBe(
      `{"version":"0","id":"${id}","detail-type":"Order Placed","source":"shop","account":"000000000000","time":"2026-11-01T02:03:04Z","region":"us-east-1","resources":["r1"],"detail":${Detail}}`,
    );
  });

  test('Each bad entry fails by itself; the others are taken.', async () => {
    await putRule('orders', { source: ['shop', 'aws.ecr'] });
    await putTarget('orders', {});
    const answer = await putEvents(
      order({}, { Source: 'aws.ecr' }),
      order({}, { Detail: '[]' }),
      order({}, { Detail: '{"a":1} x' }),
      order({}, { DetailType: '' }),
      { DetailType: 'x', Detail: '{}' },
      order({}),
    );
    expect(answer.FailedEntryCount).toBe(5);
    expect(answer.Entries?.map((entry) => entry.ErrorCode)).toEqual([
      'NotAuthorizedForSourceException',
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'InvalidArgument',
      undefined,
    ]);
    await advance(MINUTE);
    expect(invoked).toHaveLength(1);
  });

  test('Too many entries and too many bytes are refused as a whole.', async () => {
    const invalid = { name: 'ValidationException' };
    await expect(putEvents(...Array.from({ length: 11 }, () => order({})))).rejects.toMatchObject(invalid);
    await expect(putEvents()).rejects.toMatchObject(invalid);
    await expect(putEvents(order({ text: 'x'.repeat(1_048_576) }))).rejects.toThrow('Total size of the entries in the request is over the limit.');
    expect((await putEvents(order({ text: 'x'.repeat(1_000_000) }))).FailedEntryCount).toBe(0);
  });

  test('AWS services publish on the default bus, and an unknown bus swallows events.', async () => {
    await putRule('pushes', { source: ['aws.ecr'] });
    await putTarget('pushes', {});
    running.region.emit({ source: 'aws.ecr', detailType: 'ECR Image Action', resources: [], detail: { result: 'SUCCESS' } });
    expect((await putEvents(order({}, { EventBusName: 'nowhere' }))).FailedEntryCount).toBe(0);
    await advance(MINUTE);
    expect(invoked.map(({ input }) => JSON.parse(input['Payload'])['detail-type'])).toEqual(['ECR Image Action']);
  });

  test('A disabled rule and a rule without the right pattern get nothing.', async () => {
    await putRule('off', { source: ['shop'] }, { State: 'DISABLED' });
    await putTarget('off', {});
    await putRule('other', { source: ['elsewhere'] });
    await putTarget('other', {});
    await putEvents(order({}));
    await advance(MINUTE);
    expect(invoked).toEqual([]);
  });

  test('TestEventPattern answers whether an event matches.', async () => {
    const Event = JSON.stringify({ source: 'shop', detail: { state: 'new' } });
    const ask = (EventPattern: string) => client.send(new TestEventPatternCommand({ EventPattern, Event }));
    expect((await ask('{"detail":{"state":[{"anything-but":"old"}]}}')).Result).toBe(true);
    expect((await ask('{"detail":{"state":["old"]}}')).Result).toBe(false);
    await expect(ask('{"detail":{"state":[{"like":"old"}]}}')).rejects.toBeInstanceOf(InvalidEventPatternException);
    await expect(client.send(new TestEventPatternCommand({ EventPattern: '{"a":[1]}', Event: '[]' }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('targets', () => {
  test('A state machine is started as the role of the target, a queue and a topic are sent the event.', async () => {
    await createQueue('orders');
    await putRule('orders', { source: ['shop'] });
    await putTarget('orders', { Id: 'machine', Arn: MACHINE, RoleArn: ROLE });
    await putTarget('orders', { Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:000000000000:orders', InputPath: '$.detail' });
    await putTarget('orders', { Id: 'topic', Arn: 'arn:aws:sns:us-east-1:000000000000:orders', Input: '{"a":1}' });
    const answer = await putEvents(order({ id: 7 }));
    await advance(MINUTE);
    const [started, published] = invoked;
    expect(started?.principal).toMatchObject({ kind: 'role', roleArn: ROLE });
    expect(started?.input['stateMachineArn']).toBe(MACHINE);
    expect(started?.input['name']).toMatch(new RegExp(`^${answer.Entries?.[0]?.EventId}_[0-9a-f-]{36}$`));
    expect(JSON.parse(started?.input['input'])['detail']).toEqual({ id: 7 });
    expect(published?.input).toEqual({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:orders', Message: '{"a":1}' });
    const { Messages } = await running.region.call('sqs', 'ReceiveMessage', { QueueUrl: '/orders' }, root);
    expect(Messages).toMatchObject([{ Body: '{"id":7}' }]);
  });

  test('An input transformer fills its template.', async () => {
    await putRule('orders', { source: ['shop'] });
    await putTarget('orders', {
      InputTransformer: {
        InputPathsMap: { id: '$.detail.id', who: '$.detail.who' },
        InputTemplate: '{"order":<id>,"text":"by <who> via <aws.events.rule-name>"}',
      },
    });
    await putEvents(order({ id: 7, who: 'Ann "A"' }));
    await advance(MINUTE);
    expect(JSON.parse(invoked[0]?.input['Payload'])).toEqual({ order: 7, text: 'by Ann "A" via orders' });
  });

  test('An event bus forwards to another bus once, keeping source and time.', async () => {
    const { EventBusArn = '' } = await client.send(new CreateEventBusCommand({ Name: 'shop' }));
    await putRule('forward', { source: ['shop'] });
    await putTarget('forward', { Arn: EventBusArn });
    await putRule('back', { source: ['shop'] }, { EventBusName: 'shop' });
    await putTarget('back', { Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' }, { EventBusName: 'shop' });
    await putTarget('back', { Id: 'two' }, { EventBusName: 'shop' });
    await putEvents(order({ id: 1 }, { Time: new Date(START - MINUTE) }));
    await advance(10 * MINUTE);
    expect(invoked.map(({ input }) => JSON.parse(input['Payload']))).toMatchObject([{ source: 'shop', time: '2026-11-16T09:59:30Z', detail: { id: 1 } }]);
  });

  test('A target that fails is retried with growing pauses, then the event goes to the dead-letter queue.', async () => {
    await createQueue('dead-letters');
    refusal = () => new AwsError('ServiceException', 'later', { httpStatus: 500 });
    await putRule('orders', { source: ['shop'] });
    await putTarget('orders', { RetryPolicy: { MaximumRetryAttempts: 3 }, DeadLetterConfig: { Arn: QUEUE } });
    await putEvents(order({ id: 7 }));
    await advance(10 * MINUTE);
    expect(invoked).toHaveLength(4);
    const pauses = invoked.slice(1).map(({ at }, index) => at - (invoked[index]?.at ?? 0));
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(1_000 * 2 ** index);
    }
    const [letter] = await deadLetters();
    expect(JSON.parse(letter?.['Body'])).toMatchObject({ 'detail-type': 'Order Placed', detail: { id: 7 } });
    expect(letter?.['MessageAttributes']).toMatchObject({
      RULE_ARN: { StringValue: 'arn:aws:events:us-east-1:000000000000:rule/orders' },
      TARGET_ARN: { StringValue: FUNCTION },
      ERROR_CODE: { StringValue: 'ERROR_FROM_TARGET' },
      ERROR_MESSAGE: { StringValue: 'later' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      RETRY_ATTEMPTS: { StringValue: '3' },
    });
  });

  test('A delivery recovers when its target does, and old events are given up.', async () => {
    await createQueue('dead-letters');
    refusal = () => (running.clock.now() < START + 5 * MINUTE ? new AwsError('TooManyRequestsException', 'slow down', { httpStatus: 429 }) : undefined);
    await putRule('patient', { source: ['shop'] });
    await putTarget('patient', {});
    await putRule('hasty', { source: ['shop'] });
    await putTarget('hasty', { RetryPolicy: { MaximumEventAgeInSeconds: 60 }, DeadLetterConfig: { Arn: QUEUE } });
    await putEvents(order({}));
    await advance(60 * MINUTE);
    expect(invoked.filter(({ at }) => at >= START + 5 * MINUTE)).toHaveLength(1);
    expect((await deadLetters()).map((letter) => letter['MessageAttributes'])).toMatchObject([
      { ERROR_CODE: { StringValue: 'THROTTLING' }, EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumEventAgeInSeconds' } },
    ]);
  });

  test.each([
    ['AccessDeniedException', 'NO_PERMISSIONS'],
    ['ResourceNotFoundException', 'NO_RESOURCE'],
  ])('%s goes straight to the dead-letter queue as %s.', async (code, expected) => {
    await createQueue('dead-letters');
    refusal = () => new AwsError(code, 'no', { httpStatus: 403 });
    await putRule('orders', { source: ['shop'] });
    await putTarget('orders', { DeadLetterConfig: { Arn: QUEUE } });
    await putEvents(order({}));
    await advance(60 * MINUTE);
    expect(invoked).toHaveLength(1);
    const [letter] = await deadLetters();
    expect(letter?.['MessageAttributes']).toMatchObject({ ERROR_CODE: { StringValue: expected }, RETRY_ATTEMPTS: { StringValue: '0' } });
    expect(letter?.['MessageAttributes']['EXHAUSTED_RETRY_CONDITION']).toBeUndefined();
  });

  test('Without a dead-letter queue, or with one that refuses, the loss is logged.', async () => {
    await createQueue('dead-letters', 'sns.amazonaws.com');
    refusal = () => new AwsError('AccessDeniedException', 'not you', { httpStatus: 403 });
    await putRule('orders', { source: ['shop'] });
    await putTarget('orders', {});
    await putTarget('orders', { Id: 'two', DeadLetterConfig: { Arn: QUEUE } });
    await putEvents(order({}));
    await advance(MINUTE);
    expect(logged).toHaveLength(2);
    expect(logged[0]).toContain('not you');
    expect(logged[1]).toContain('refused it');
    expect(await deadLetters()).toEqual([]);
  });

  test('Deliveries can be lost, doubled and late.', async () => {
    fate = (event, rule, target) => {
      expect([event['source'], rule, target]).toEqual(['shop', 'orders', FUNCTION]);
      return ({ lost: 'lose', twice: 'duplicate', late: { delayMs: 5 * MINUTE }, once: 'deliver' } as const)[event['detail'].fate as 'lost'];
    };
    await putRule('orders', { source: ['shop'] });
    await putTarget('orders', {});
    await putEvents(...['lost', 'twice', 'late', 'once'].map((name) => order({ fate: name })));
    await advance(10 * MINUTE);
    expect(invoked.map(({ input }) => JSON.parse(input['Payload']).detail.fate)).toEqual(['twice', 'twice', 'once', 'late']);
    expect(invoked.at(-1)?.at).toBeGreaterThanOrEqual(START + 5 * MINUTE);
  });
});

describe('schedules', () => {
  test('A rate fires after each period, as AWS sends scheduled events, until the rule is disabled.', async () => {
    const { RuleArn } = await client.send(new PutRuleCommand({ Name: 'sweep', ScheduleExpression: 'rate(5 minutes)' }));
    await putTarget('sweep', {});
    await advance(11 * MINUTE);
    await client.send(new DisableRuleCommand({ Name: 'sweep' }));
    await advance(30 * MINUTE);
    expect(invoked).toHaveLength(2);
    const event = JSON.parse(invoked[0]?.input['Payload']) as AwsShape;
    expect(event).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events', time: '2026-11-16T10:05:30Z', resources: [RuleArn], detail: {} });
    expect(Object.keys(event)).toEqual(['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail']);
  });

  test('A cron fires on the minute in UTC, and a rule that is put again follows its new expression only.', async () => {
    await client.send(new PutRuleCommand({ Name: 'daily', ScheduleExpression: 'cron(15 10 * * ? *)' }));
    await putTarget('daily', {});
    await advance(60 * MINUTE);
    await client.send(new PutRuleCommand({ Name: 'daily', ScheduleExpression: 'cron(0 12 ? * MON-FRI *)' }));
    await advance(24 * 60 * MINUTE);
    expect(invoked.map(({ input }) => JSON.parse(input['Payload']).time)).toEqual(['2026-11-16T10:15:00Z', '2026-11-16T12:00:00Z']);
  });
});
