// The local SQS as the AWS SDK sees it, over HTTP, in virtual time.
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSqs } from '#localaws/sqs/create-sqs.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const START = Date.UTC(2026, 10, 16);
let region: RunningRegion;
let client: SQSClient;
let QueueUrl: string;

beforeEach(async () => {
  region = await startRegion({ services: [createSqs], clock: { kind: 'virtual' }, startAt: START });
  client = new SQSClient({ endpoint: region.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  QueueUrl = await createQueue('orders');
});

afterEach(async () => {
  client.destroy();
  await region.close();
});

async function createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  return (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
}
const send = (MessageBody: string, more = {}) => client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }))).Messages ?? [];
const attributes = async (url = QueueUrl, AttributeNames: 'All'[] = ['All']) =>
  (await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }))).Attributes ?? {};

async function advance(ms: number): Promise<void> {
  const until = region.clock.now() + ms;
  region.clock.schedule(ms, () => undefined);
  await region.clock.runUntil(() => region.clock.now() >= until, ms);
}

describe('queues', () => {
  test('A queue is found by name, listed by prefix and described with AWS defaults.', async () => {
    await createQueue('other');
    expect(QueueUrl).toBe(`${region.endpointUrl}/000000000000/orders`);
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).QueueUrl).toBe(QueueUrl);
    expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'or' }))).QueueUrls).toEqual([QueueUrl]);
    expect(await attributes()).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:orders',
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '345600',
      MaximumMessageSize: '1048576',
      CreatedTimestamp: String(START / 1000),
      ApproximateNumberOfMessages: '0',
    });
  });

  test('Creating a queue again with the same settings answers its URL; with others it is refused.', async () => {
    expect(await createQueue('orders', { VisibilityTimeout: '30' })).toBe(QueueUrl);
    await expect(createQueue('orders', { VisibilityTimeout: '31' })).rejects.toMatchObject({ name: 'QueueNameExists' });
  });

  test('Pages of queues are followed by their token.', async () => {
    await createQueue('a');
    await createQueue('b');
    const first = await client.send(new ListQueuesCommand({ MaxResults: 2 }));
    expect(first.QueueUrls).toHaveLength(2);
    const second = await client.send(new ListQueuesCommand({ MaxResults: 2, ...(first.NextToken === undefined ? {} : { NextToken: first.NextToken }) }));
    expect(second.QueueUrls).toEqual([QueueUrl]);
    expect(second.NextToken).toBeUndefined();
  });

  test('A deleted queue is gone at once, and its name free again only after a minute.', async () => {
    await client.send(new DeleteQueueCommand({ QueueUrl }));
    await expect(send('x')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(createQueue('orders')).rejects.toMatchObject({ name: 'QueueDeletedRecently' });
    await advance(60_000);
    expect(await createQueue('orders')).toBe(QueueUrl);
  });

  test('Settings that AWS refuses are refused.', async () => {
    const set = (Attributes: Record<string, string>) => client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    await expect(set({ VisibilityTimeout: '43201' })).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
    await expect(set({ Colour: 'blue' })).rejects.toMatchObject({ name: 'InvalidAttributeName' });
    await expect(set({ RedrivePolicy: '{"maxReceiveCount":3}' })).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
    await expect(createQueue('a.fifo', { FifoQueue: 'true' })).rejects.toMatchObject({ name: 'UnsupportedOperation' });
    await expect(createQueue('bad name')).rejects.toThrow(/alphanumeric/);
  });

  test('A purge empties the queue and is allowed once a minute.', async () => {
    await send('x');
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await receive()).toEqual([]);
    await expect(client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
  });

  test('Tags are set, listed and taken away.', async () => {
    await client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'orders', stage: 'dev' } }));
    await client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['stage'] }));
    expect((await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ team: 'orders' });
  });
});

describe('messages', () => {
  test('A message comes back with its attributes and digests the SDK accepts.', async () => {
    const MessageAttributes = {
      city: { DataType: 'String', StringValue: 'Köln' },
      count: { DataType: 'Number.int', StringValue: '3' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
    };
    const sent = await send('grüße', { MessageAttributes });
    const [message] = await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
    expect(message).toMatchObject({ MessageId: sent.MessageId, Body: 'grüße', MD5OfMessageAttributes: sent.MD5OfMessageAttributes, MessageAttributes });
    expect(message?.Attributes).toEqual({
      SenderId: '000000000000',
      SentTimestamp: String(START),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(START),
    });
  });

  test('A received message is hidden for the visibility timeout, then comes again; an old handle no longer deletes it.', async () => {
    await send('x');
    const [first] = await receive({ VisibilityTimeout: 10 });
    expect(await receive()).toEqual([]);
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' });
    await advance(10_000);
    const [second] = await receive({ VisibilityTimeout: 10 });
    expect(second?.MessageId).toBe(first?.MessageId);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
    await advance(10_000);
    const [third] = await receive();
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: third?.ReceiptHandle }));
    await advance(60_000);
    expect(await receive()).toEqual([]);
  });

  test('The visibility timeout of a message can be ended early, and not of one that is not in flight.', async () => {
    await send('x');
    const [message] = await receive();
    const change = () => client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }));
    await change();
    await expect(change()).rejects.toThrow(/not available for visibility timeout change/);
    expect(await receive()).toHaveLength(1);
  });

  test('A delayed message is counted and comes when its delay is over.', async () => {
    await send('later', { DelaySeconds: 5 });
    expect(await receive()).toEqual([]);
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
    await advance(5_000);
    expect(await receive()).toMatchObject([{ Body: 'later' }]);
  });

  test('A long poll waits in simulated time: until a message comes, or empty-handed to the end.', async () => {
    const polled = receive({ WaitTimeSeconds: 20 });
    let answer: unknown;
    void polled.then((messages) => {
      answer = messages;
    });
    region.clock.schedule(7_000, () => {
      void region.region.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'at last' }, { kind: 'root' });
    });
    await untilWaiting();
    await region.clock.runUntil(() => answer !== undefined, 20_000);
    expect(await polled).toMatchObject([{ Body: 'at last' }]);
    expect(region.clock.now()).toBe(START + 7_000);

    let isOver = false;
    const empty = receive({ WaitTimeSeconds: 20 }).finally(() => {
      isOver = true;
    });
    await untilWaiting();
    await region.clock.runUntil(() => isOver, 60_000);
    expect(await empty).toEqual([]);
    expect(region.clock.now()).toBe(START + 27_000);
  });

  test('A long poll wakes when a hidden message becomes visible.', async () => {
    await send('x');
    await receive({ VisibilityTimeout: 3 });
    let messages: unknown[] | undefined;
    void receive({ WaitTimeSeconds: 20 }).then((got) => {
      messages = got;
    });
    await untilWaiting();
    await region.clock.runUntil(() => messages !== undefined, 20_000);
    expect(messages).toHaveLength(1);
    expect(region.clock.now()).toBe(START + 3_000);
  });

  test('A message that was received too often goes to the dead-letter queue.', async () => {
    const deadUrl = await createQueue('dead');
    const { QueueArn } = await attributes(deadUrl);
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 2 }), VisibilityTimeout: '0' },
      }),
    );
    await send('poison');
    expect(await receive()).toHaveLength(1);
    expect(await receive()).toHaveLength(1);
    expect(await receive()).toEqual([]);
    expect(await receive({ QueueUrl: deadUrl, MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'] })).toMatchObject([
      { Body: 'poison', Attributes: { DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:000000000000:orders' } },
    ]);
    expect((await client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadUrl }))).queueUrls).toEqual([QueueUrl]);
  });

  test('Messages older than the retention period are gone.', async () => {
    await send('old');
    await advance(4 * 24 * 3_600_000);
    expect(await receive()).toEqual([]);
  });

  test('A batch answers entry by entry, and whole-batch mistakes refuse it.', async () => {
    const batch = (Entries: { Id: string; MessageBody: string; DelaySeconds?: number }[]) => client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const answer = await batch([
      { Id: 'a', MessageBody: 'one' },
      { Id: 'b', MessageBody: 'two', DelaySeconds: 901 },
    ]);
    expect(answer.Successful).toMatchObject([{ Id: 'a' }]);
    expect(answer.Failed).toMatchObject([{ Id: 'b', SenderFault: true, Code: 'InvalidParameterValue' }]);
    await expect(batch([])).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
    await expect(batch(Array.from({ length: 11 }, (_, index) => ({ Id: `i${index}`, MessageBody: 'x' })))).rejects.toMatchObject({
      name: 'TooManyEntriesInBatchRequest',
    });
    const same = { Id: 'a', MessageBody: 'x' };
    await expect(batch([same, same])).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
    const [message] = await receive();
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'x', ReceiptHandle: message?.ReceiptHandle },
          { Id: 'y', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(deleted.Successful).toEqual([{ Id: 'x' }]);
    expect(deleted.Failed).toMatchObject([{ Id: 'y', Code: 'ReceiptHandleIsInvalid' }]);
  });

  test('What AWS refuses is refused, with the codes of both protocols.', async () => {
    await expect(send('')).rejects.toThrow(/MessageBody/);
    await expect(send('\u0001')).rejects.toMatchObject({ name: 'InvalidMessageContents' });
    await expect(receive({ MaxNumberOfMessages: 11 })).rejects.toThrow(
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    );
    await expect(send('x', { MessageAttributes: { a: { DataType: 'Colour', StringValue: 'x' } } })).rejects.toThrow(/invalid message attribute type/);
    await expect(send('x', { MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } })).rejects.toThrow(/to number/);
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'nope' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
    });
  });
});

describe('services as senders', () => {
  const events = { kind: 'service', service: 'events.amazonaws.com' } as const;
  const policy = (Service: string, Action = 'sqs:SendMessage') =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service }, Action, Resource: 'arn:aws:sqs:us-east-1:000000000000:orders' }],
    });
  const sendAsEvents = () => region.region.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' }, events);

  test('An AWS service may send only where the queue policy lets it.', async () => {
    await expect(sendAsEvents()).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy('sns.amazonaws.com') } }));
    await expect(sendAsEvents()).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy('events.amazonaws.com') } }));
    await sendAsEvents();
    expect(await receive()).toHaveLength(1);
  });
});

describe('the query protocol', () => {
  const query = async (parameters: Record<string, string>) => {
    const body = new URLSearchParams({ Version: '2012-11-05', ...parameters });
    const response = await fetch(region.endpointUrl, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  };

  test('Older clients create, send to and receive from a queue.', async () => {
    const created = await query({ Action: 'CreateQueue', QueueName: 'older', 'Attribute.1.Name': 'VisibilityTimeout', 'Attribute.1.Value': '7' });
    const url = `${region.endpointUrl}/000000000000/older`;
    expect(created.text).toContain(`<QueueUrl>${url}</QueueUrl>`);
    for (const [index, body] of ['one', 'two'].entries()) {
      await query({
        Action: 'SendMessage',
        QueueUrl: url,
        MessageBody: body,
        'MessageAttribute.1.Name': 'n',
        'MessageAttribute.1.Value.DataType': 'Number',
        'MessageAttribute.1.Value.StringValue': String(index),
      });
    }
    const { text } = await query({
      Action: 'ReceiveMessage',
      QueueUrl: url,
      MaxNumberOfMessages: '10',
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
    });
    expect(text.match(/<Message>/g)).toHaveLength(2);
    expect(text).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>');
    expect(text).toContain('<MessageAttribute><Name>n</Name><Value><DataType>Number</DataType><StringValue>1</StringValue></Value></MessageAttribute>');
    const described = await query({ Action: 'GetQueueAttributes', QueueUrl: url, 'AttributeName.1': 'VisibilityTimeout' });
    expect(described.text).toContain('<Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute>');
    const batch = await query({
      Action: 'SendMessageBatch',
      QueueUrl: url,
      'SendMessageBatchRequestEntry.1.Id': 'a',
      'SendMessageBatchRequestEntry.1.MessageBody': 'x',
    });
    expect(batch.text).toContain('<SendMessageBatchResultEntry><Id>a</Id>');
    const failed = await query({ Action: 'GetQueueUrl', QueueName: 'nope' });
    expect(failed).toMatchObject({ status: 400, text: expect.stringContaining('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>') });
  });
});

/** Lets the request just made reach the queue; real time, bounded by the test's own limit. */
async function untilWaiting(): Promise<void> {
  const before = region.clock.pendingTimers;
  for (let turn = 0; turn < 1_000 && region.clock.pendingTimers === before; turn++) await new Promise((resolve) => setImmediate(resolve));
}
