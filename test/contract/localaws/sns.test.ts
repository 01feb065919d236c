// The local SNS as the AWS SDK sees it, with the local SQS behind it, over HTTP and in virtual time.
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  type SubscribeCommandInput,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import type { AwsShape, Principal, ServiceFactory } from '#localaws/region.ts';
import { createSns } from '#localaws/sns/create-sns.ts';
import { createSqs } from '#localaws/sqs/create-sqs.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const START = Date.UTC(2026, 10, 16);
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:notify';
const root: Principal = { kind: 'root' };
let region: RunningRegion;
let client: SNSClient;
let TopicArn: string;
let log: string[];
let invoked: { input: AwsShape; principal: Principal }[];
let functionFails: (() => AwsError | undefined) | undefined;

/** Lambda as far as SNS needs it. */
const lambda: ServiceFactory = () => ({
  name: 'lambda',
  iamPrefix: 'lambda',
  wires: [],
  operations: {
    Invoke: {
      handle(input, { principal }) {
        const error = functionFails?.();
        invoked.push({ input, principal });
        if (error !== undefined) throw error;
        return { StatusCode: 202 };
      },
    },
  },
});

beforeEach(async () => {
  log = [];
  invoked = [];
  functionFails = undefined;
  region = await startRegion({
    services: [createSqs, createSns, lambda],
    clock: { kind: 'virtual' },
    startAt: START,
    log: (_source, message) => log.push(message),
  });
  client = new SNSClient({ endpoint: region.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  TopicArn = (await client.send(new CreateTopicCommand({ Name: 'notifications', Tags: [{ Key: 'team', Value: 'orders' }] }))).TopicArn ?? '';
});

afterEach(async () => {
  client.destroy();
  await region.close();
});

async function advance(ms: number): Promise<void> {
  const until = region.clock.now() + ms;
  region.clock.schedule(ms, () => undefined);
  await region.clock.runUntil(() => region.clock.now() >= until, ms);
}

/** A queue SNS may send to; answers its ARN. */
async function queue(name: string, isOpen = true): Promise<string> {
  const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
      Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    },
  ];
  await region.region.call('sqs', 'CreateQueue', { QueueName: name, Attributes: isOpen ? { Policy: JSON.stringify({ Statement }) } : {} }, root);
  return arn;
}
async function received(name: string): Promise<AwsShape[]> {
  const input = { QueueUrl: `/${name}`, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  return (await region.region.call('sqs', 'ReceiveMessage', input, root))['Messages'] ?? [];
}
const subscribe = async (Protocol: string, Endpoint: string, more: Partial<SubscribeCommandInput> = {}) =>
  (await client.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, ...more }))).SubscriptionArn ?? '';
const publish = (Message: string, more: Partial<PublishCommandInput> = {}) => client.send(new PublishCommand({ TopicArn, Message, ...more }));

describe('topics', () => {
  test('A topic is created once, listed, described, changed and deleted.', async () => {
    expect(TopicArn).toBe('arn:aws:sns:us-east-1:000000000000:notifications');
    expect((await client.send(new CreateTopicCommand({ Name: 'notifications' }))).TopicArn).toBe(TopicArn);
    await expect(client.send(new CreateTopicCommand({ Name: 'notifications', Attributes: { DisplayName: 'other' } }))).rejects.toThrow(
      /already exists with different attributes/,
    );
    expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
    await client.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Orders & <more>' }));
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({
      TopicArn,
      Owner: '000000000000',
      DisplayName: 'Orders & <more>',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
    });
    expect(JSON.parse(Attributes?.['Policy'] ?? '')).toMatchObject({ Id: '__default_policy_ID' });
    await client.send(new DeleteTopicCommand({ TopicArn }));
    await client.send(new DeleteTopicCommand({ TopicArn }));
    await expect(publish('x')).rejects.toMatchObject({ name: 'NotFoundException', message: 'Topic does not exist' });
  });

  test('Tags are set, listed and taken away.', async () => {
    await client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: [{ Key: 'stage', Value: 'dev' }] }));
    await client.send(new UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: ['team'] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))).Tags).toEqual([{ Key: 'stage', Value: 'dev' }]);
    await expect(client.send(new ListTagsForResourceCommand({ ResourceArn: `${TopicArn}x` }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('What AWS refuses is refused.', async () => {
    await expect(client.send(new CreateTopicCommand({ Name: 'bad name' }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(client.send(new CreateTopicCommand({ Name: 'a.fifo', Attributes: { FifoTopic: 'true' } }))).rejects.toThrow(/localaws: a FIFO topic/);
    await expect(client.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Colour', AttributeValue: 'blue' }))).rejects.toThrow(/AttributeName/);
    await expect(client.send(new GetTopicAttributesCommand({ TopicArn: 'nonsense' }))).rejects.toThrow(/An ARN must have at least 6 elements/);
    await expect(publish('')).rejects.toThrow('Invalid parameter: Empty message');
    await expect(publish('x', { Subject: 'two\nlines' })).rejects.toThrow('Invalid parameter: Subject');
    await expect(publish('x'.repeat(262_145))).rejects.toThrow('Invalid parameter: Message too long');
    await expect(publish('{"sqs":"x"}', { MessageStructure: 'json' })).rejects.toThrow(/No default entry/);
    await expect(subscribe('pigeon', 'x')).rejects.toThrow(/does not support this protocol string/);
    await expect(subscribe('sqs', 'x')).rejects.toThrow('Invalid parameter: SQS endpoint ARN');
  });
});

describe('queues as subscribers', () => {
  test('A queue gets the envelope, and the message alone when delivery is raw.', async () => {
    const plain = await subscribe('sqs', await queue('plain'));
    const raw = await subscribe('sqs', await queue('raw'), { Attributes: { RawMessageDelivery: 'true' } });
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'deployment' } };
    const { MessageId } = await publish('It is done', { Subject: 'Done', MessageAttributes });
    expect(await received('plain')).toEqual([]);
    await advance(100);
    const [inPlain] = await received('plain');
    expect(JSON.parse(inPlain?.['Body'])).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'Done',
      Message: 'It is done',
      Timestamp: new Date(START).toISOString(),
      MessageAttributes: { kind: { Type: 'String', Value: 'deployment' } },
    });
    expect(await received('raw')).toMatchObject([{ Body: 'It is done', MessageAttributes }]);
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions?.map(({ SubscriptionArn }) => SubscriptionArn)).toEqual([plain, raw]);
  });

  test('Subscribing again answers the same subscription; unsubscribing ends it.', async () => {
    const arn = await queue('q');
    const first = await subscribe('sqs', arn);
    expect(await subscribe('sqs', arn)).toBe(first);
    await client.send(new UnsubscribeCommand({ SubscriptionArn: first }));
    await client.send(new UnsubscribeCommand({ SubscriptionArn: first }));
    await publish('x');
    await advance(100);
    expect(await received('q')).toEqual([]);
    expect((await client.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([]);
  });

  test('A filter policy keeps out what is not asked for, by attributes or by the body.', async () => {
    const byAttributes = await subscribe('sqs', await queue('attributes'), {
      Attributes: { FilterPolicy: '{"kind":["a",{"prefix":"b"}],"size":[{"numeric":[">",5]}]}' },
    });
    await subscribe('sqs', await queue('body'), { Attributes: { FilterPolicy: '{"state":{"value":["ALARM"]}}', FilterPolicyScope: 'MessageBody' } });
    const kind = (StringValue: string, size: string) => ({ kind: { DataType: 'String', StringValue }, size: { DataType: 'Number', StringValue: size } });
    await publish('1', { MessageAttributes: kind('a', '6') });
    await publish('2', { MessageAttributes: kind('a', '5') });
    await publish('3', {
      MessageAttributes: { kind: { DataType: 'String.Array', StringValue: '["x","bee"]' }, size: { DataType: 'Number', StringValue: '10' } },
    });
    await publish('{"state":{"value":"ALARM"}}');
    await publish('{"state":{"value":"OK"}}');
    await publish('no json');
    await advance(100);
    const messages = (await received('attributes')).map(({ Body }) => (JSON.parse(Body) as AwsShape)['Message']);
    expect(messages).toEqual(['1', '3']);
    expect(await received('body')).toHaveLength(1);
    const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: byAttributes }));
    expect(Attributes).toMatchObject({ FilterPolicyScope: 'MessageAttributes', PendingConfirmation: 'false', RawMessageDelivery: 'false' });
    const set = (AttributeValue: string) =>
      client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn: byAttributes, AttributeName: 'FilterPolicy', AttributeValue }));
    await expect(set('{"kind":[{"colour":"blue"}]}')).rejects.toThrow(/FilterPolicy: Unrecognized match type colour/);
    await expect(set('{"kind":{"of":["x"]}}')).rejects.toThrow(/nested/);
  });

  test('A queue that does not let SNS in loses the message, unless the subscription has a dead-letter queue.', async () => {
    const closed = await subscribe('sqs', await queue('closed', false));
    await publish('lost');
    await advance(100);
    expect(log.some((line) => line.includes('is lost'))).toBe(true);
    const deadLetterTargetArn = await queue('dead');
    await client.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: closed,
        AttributeName: 'RedrivePolicy',
        AttributeValue: JSON.stringify({ deadLetterTargetArn }),
      }),
    );
    await publish('kept');
    await advance(100);
    const [message] = await received('dead');
    expect(JSON.parse(message?.['Body'])).toMatchObject({ Message: 'kept' });
  });

  test('A batch answers entry by entry.', async () => {
    await subscribe('sqs', await queue('q'));
    const entry = (Id: string, Message: string) => ({ Id, Message });
    const answer = await client.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [entry('a', 'one'), entry('b', 'x'.repeat(0)), entry('c', 'three')] }),
    );
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(answer.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameter', SenderFault: true }]);
    await advance(100);
    expect(await received('q')).toHaveLength(2);
    await expect(client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [entry('a', '1'), entry('a', '2')] }))).rejects.toMatchObject({
      name: 'BatchEntryIdsNotDistinctException',
    });
  });
});

describe('functions as subscribers', () => {
  test('A function is invoked by SNS with the record AWS sends, its own text of the message when there is one.', async () => {
    const arn = await subscribe('lambda', FUNCTION);
    await publish(JSON.stringify({ default: 'd', lambda: 'for functions' }), { MessageStructure: 'json' });
    await advance(100);
    expect(invoked).toHaveLength(1);
    expect(invoked[0]).toMatchObject({
      principal: { kind: 'service', service: 'sns.amazonaws.com' },
      input: { FunctionName: FUNCTION, InvocationType: 'Event' },
    });
    expect(JSON.parse(invoked[0]?.input['Payload'])).toMatchObject({
      Records: [
        {
          EventSource: 'aws:sns',
          EventSubscriptionArn: arn,
          Sns: { Type: 'Notification', TopicArn, Subject: null, Message: 'for functions', MessageAttributes: {} },
        },
      ],
    });
  });

  test('A passing failure is retried with growing waits; a missing permission is not.', async () => {
    await subscribe('lambda', FUNCTION);
    let failures = 6;
    functionFails = () => (failures-- > 0 ? new AwsError('ServiceException', 'try again', { httpStatus: 500 }) : undefined);
    await publish('x');
    await advance(10_000);
    expect(invoked).toHaveLength(7);
    invoked = [];
    functionFails = () => new AwsError('AccessDeniedException', 'no', { httpStatus: 403 });
    await publish('y');
    await advance(60_000);
    expect(invoked).toHaveLength(1);
  });
});

describe('services as publishers', () => {
  const publishAs = (service: string) => region.region.call('sns', 'Publish', { TopicArn, Message: 'x' }, { kind: 'service', service });

  test('Alarms publish under the default policy; EventBridge only where the topic names it.', async () => {
    await publishAs('cloudwatch.amazonaws.com');
    await expect(publishAs('events.amazonaws.com')).rejects.toMatchObject({ code: 'AuthorizationError' });
    const Statement = [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: TopicArn }];
    await client.send(
      new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    );
    await publishAs('events.amazonaws.com');
    await expect(publishAs('cloudwatch.amazonaws.com')).rejects.toMatchObject({ code: 'AuthorizationError' });
  });
});
