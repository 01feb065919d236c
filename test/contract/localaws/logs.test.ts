// The local CloudWatch Logs as the AWS SDK sees it.
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogs } from '#localaws/logs/create-logs.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const START = Date.UTC(2026, 10, 16);
const DAY_MS = 24 * 60 * 60 * 1000;
const logGroupName = '/aws/lambda/orders';
const logStreamName = '2026/11/16/[$LATEST]abc';
let region: RunningRegion;
let client: CloudWatchLogsClient;

beforeEach(async () => {
  region = await startRegion({ services: [createLogs], clock: { kind: 'virtual' }, startAt: START });
  client = new CloudWatchLogsClient({
    endpoint: region.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await region.close();
});

const createGroup = (name = logGroupName, more = {}) => client.send(new CreateLogGroupCommand({ logGroupName: name, ...more }));
const createStream = (name = logStreamName) => client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: name }));
const put = (messages: readonly (readonly [offsetMs: number, message: string])[], name = logStreamName) =>
  client.send(
    new PutLogEventsCommand({ logGroupName, logStreamName: name, logEvents: messages.map(([offset, message]) => ({ timestamp: START + offset, message })) }),
  );

async function advance(ms: number): Promise<void> {
  const until = region.clock.now() + ms;
  region.clock.schedule(ms, () => undefined);
  await region.clock.runUntil(() => region.clock.now() >= until, ms);
}

describe('groups and streams', () => {
  test('A group is created with tags, given a retention, described and deleted.', async () => {
    await createGroup(logGroupName, { tags: { team: 'orders' } });
    await createGroup('/other');
    await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/' }));
    expect(logGroups).toEqual([
      expect.objectContaining({
        logGroupName,
        creationTime: START,
        retentionInDays: 7,
        storedBytes: 0,
        arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/orders:*',
        logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/orders',
      }),
    ]);
    const resourceArn = logGroups?.[0]?.logGroupArn;
    await client.send(new TagResourceCommand({ resourceArn, tags: { stage: 'test' } }));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ stage: 'test' });
    await client.send(new DeleteLogGroupCommand({ logGroupName }));
    await expect(client.send(new DeleteLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
  });

  test('What exists already, has no name or an impossible value is refused.', async () => {
    await createGroup();
    await expect(createGroup()).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    await expect(createGroup('bad name')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(createGroup(undefined as unknown as string, { logGroupName: undefined })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await createStream();
    await expect(createStream()).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    await expect(createStream('a:b')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName }));
    await expect(put([[0, 'x']])).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' });
  });

  test('Streams are described in pages, by name or by their last event.', async () => {
    await createGroup();
    for (const name of ['a', 'b', 'c']) await createStream(name);
    await put([[5, 'late']], 'a');
    await put([[1, 'early']], 'c');
    const first = await client.send(new DescribeLogStreamsCommand({ logGroupName, limit: 2 }));
    expect(first.logStreams?.map((stream) => stream.logStreamName)).toEqual(['a', 'b']);
    const second = await client.send(new DescribeLogStreamsCommand({ logGroupName, limit: 2, nextToken: first.nextToken }));
    expect(second.logStreams?.map((stream) => stream.logStreamName)).toEqual(['c']);
    const latest = await client.send(new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true }));
    expect(latest.logStreams?.map((stream) => [stream.logStreamName, stream.lastEventTimestamp])).toEqual([
      ['a', START + 5],
      ['c', START + 1],
      ['b', undefined],
    ]);
    await expect(client.send(new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', logStreamNamePrefix: 'a' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('events', () => {
  beforeEach(async () => {
    await createGroup();
    await createStream();
  });

  test('Events are read forward and backward with tokens that come back unchanged at the end.', async () => {
    await put([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
    const read = async (more = {}) => client.send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: 2, ...more }));
    const head = await read({ startFromHead: true });
    expect(head.events?.map((event) => event.message)).toEqual(['one', 'two']);
    const next = await read({ startFromHead: true, nextToken: head.nextForwardToken });
    expect(next.events?.map((event) => event.message)).toEqual(['three']);
    const end = await read({ startFromHead: true, nextToken: next.nextForwardToken });
    expect([end.events, end.nextForwardToken]).toEqual([[], next.nextForwardToken]);
    const tail = await read();
    expect(tail.events?.map((event) => event.message)).toEqual(['two', 'three']);
    expect((await read({ nextToken: tail.nextBackwardToken })).events?.map((event) => event.message)).toEqual(['one']);
    expect((await read({ startTime: START + 2, endTime: START + 3 })).events?.map((event) => event.message)).toEqual(['two']);
    await expect(read({ nextToken: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('Events are found by terms over all streams, in order and in pages.', async () => {
    await createStream('other');
    await put([
      [1, 'INFO started'],
      [3, 'ERROR order 7 failed'],
    ]);
    await put([[2, 'ERROR cannot connect']], 'other');
    const find = async (filterPattern?: string, more = {}) =>
      (await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern, ...more }))).events?.map((event) => event.message);
    expect(await find('ERROR')).toEqual(['ERROR cannot connect', 'ERROR order 7 failed']);
    expect(await find('ERROR -connect')).toEqual(['ERROR order 7 failed']);
    expect(await find('"order 7"')).toEqual(['ERROR order 7 failed']);
    expect(await find('?INFO ?connect')).toEqual(['INFO started', 'ERROR cannot connect']);
    expect(await find(undefined, { logStreamNames: ['other'] })).toEqual(['ERROR cannot connect']);
    expect(await find(undefined, { startTime: START + 2, endTime: START + 2 })).toEqual(['ERROR cannot connect']);
    const first = await client.send(new FilterLogEventsCommand({ logGroupName, limit: 2 }));
    expect(await find(undefined, { nextToken: first.nextToken })).toEqual(['ERROR order 7 failed']);
    await expect(find('{ $.level = "error" }')).rejects.toThrow(/localaws: filter patterns over JSON/);
    await expect(find('a-b')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(find(undefined, { logStreamNames: ['absent'] })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('Events too old and too new are left out and reported; batches out of order are refused.', async () => {
    const span = await put([[-15 * DAY_MS, 'ancient'] as const]);
    expect(span.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const ahead = await put([
      [0, 'now'],
      [3 * 60 * 60 * 1000, 'future'],
    ]);
    expect(ahead.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    await expect(
      put([
        [2, 'b'],
        [1, 'a'],
      ]),
    ).rejects.toThrow('Log events in a single PutLogEvents request must be in chronological order.');
    await expect(
      put([
        [-2 * DAY_MS, 'a'],
        [0, 'b'],
      ]),
    ).rejects.toThrow(/cannot span more than 24 hours/);
    await expect(put([[0, '']])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(put([])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(put([[0, 'x'.repeat(1_048_576)]])).rejects.toThrow(/too large/);
    expect((await client.send(new FilterLogEventsCommand({ logGroupName }))).events?.map((event) => event.message)).toEqual(['now']);
  });

  test('A later batch of earlier events is read in order of time.', async () => {
    await put([[10, 'second']]);
    await put([[5, 'first']]);
    expect((await client.send(new GetLogEventsCommand({ logGroupName, logStreamName }))).events?.map((event) => event.message)).toEqual(['first', 'second']);
  });

  test('Events leave when the retention is over.', async () => {
    await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    await put([[0, 'short-lived']]);
    await advance(DAY_MS - 1);
    expect((await client.send(new FilterLogEventsCommand({ logGroupName }))).events).toHaveLength(1);
    await advance(2);
    expect((await client.send(new FilterLogEventsCommand({ logGroupName }))).events).toHaveLength(0);
  });
});
