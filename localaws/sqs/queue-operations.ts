// Operations on queues: create, find, describe, change, purge, delete.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { LIST_PAGE_MAX, PURGE_INTERVAL_MS, QUEUE_TAGS_MAX } from './limits.ts';
import type { MessageFlow } from './message-flow.ts';
import type { Queue } from './queue-records.ts';
import { DEFAULT_SETTINGS, readSettings } from './queue-settings.ts';
import type { QueueStore } from './queue-store.ts';
import { invalid, noSuchQueue, requiredText, text, textMap, texts, unsupported, whole } from './request-checks.ts';

/** What GetQueueAttributes tells beside the settings. */
const COMPUTED = [
  'QueueArn',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];
const SETTABLE = new Set([...Object.keys(DEFAULT_SETTINGS), 'Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds']);
const FIFO_ATTRIBUTES = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

export function createQueueOperations(region: Region, store: QueueStore, flow: MessageFlow): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [store.arnOf(input)];
  return {
    CreateQueue: { handle: (input) => createQueue(region, store, input), resources },
    GetQueueUrl: {
      handle(input) {
        const name = requiredText(input, 'QueueName');
        const owner = text(input, 'QueueOwnerAWSAccountId');
        const queue = store.byName(name);
        if (queue === undefined || (owner !== undefined && owner !== region.account)) throw noSuchQueue();
        return { QueueUrl: store.urlOf(queue) };
      },
      resources,
    },
    GetQueueAttributes: { handle: (input) => ({ Attributes: attributesOf(store.of(input), texts(input, 'AttributeNames'), flow) }), resources },
    SetQueueAttributes: { handle: (input) => setAttributes(region, store, flow, input), resources },
    ListQueues: {
      handle(input) {
        const prefix = text(input, 'QueueNamePrefix') ?? '';
        const { page, NextToken } = pageOf(
          store.all().filter(({ name }) => name.startsWith(prefix)),
          input,
        );
        return { ...(page.length === 0 ? {} : { QueueUrls: page.map(store.urlOf) }), ...NextToken };
      },
    },
    ListDeadLetterSourceQueues: {
      handle(input) {
        const { arn } = store.of(input);
        const { page, NextToken } = pageOf(
          store.all().filter(({ redrive }) => redrive?.deadLetterTargetArn === arn),
          input,
        );
        return { queueUrls: page.map(store.urlOf), ...NextToken };
      },
      resources,
    },
    PurgeQueue: { handle: (input) => purge(region, store.of(input)), resources },
    DeleteQueue: {
      handle(input) {
        const queue = store.of(input);
        store.remove(queue);
        flow.changed(queue);
        return {};
      },
      resources,
    },
  };
}

function createQueue(region: Region, store: QueueStore, input: AwsShape): AwsShape {
  const name = requiredText(input, 'QueueName');
  if (name.endsWith('.fifo')) throw unsupported('localaws: FIFO queues are not available on the local AWS.');
  if (!/^[\w-]{1,80}$/.test(name))
    throw new AwsError('InvalidParameterValue', 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  const arn = region.arn('sqs', name);
  const given = textMap(input, 'Attributes');
  const read = readSettings(DEFAULT_SETTINGS, given, arn, store);
  const tags = new Map(Object.entries({ ...textMap(input, 'tags'), ...textMap(input, 'Tags') }));
  if (tags.size > QUEUE_TAGS_MAX) throw invalid('Tags', tags.size, `Too many tags added for queue ${name}.`);
  const existing = store.byName(name);
  if (existing !== undefined) {
    const different = Object.keys(given).find((attribute) => attribute !== 'FifoQueue' && existing.settings[attribute] !== read.settings[attribute]);
    if (different !== undefined)
      throw new AwsError('QueueNameExists', `A queue already exists with the same name and a different value for attribute ${different}`);
    return { QueueUrl: store.urlOf(existing) };
  }
  const now = region.clock.now();
  const queue: Queue = { name, arn, createdAt: now, modifiedAt: now, purgedAt: undefined, ...read, tags, messages: new Map() };
  store.add(queue);
  return { QueueUrl: store.urlOf(queue) };
}

function setAttributes(region: Region, store: QueueStore, flow: MessageFlow, input: AwsShape): AwsShape {
  const queue = store.of(input);
  const given = textMap(input, 'Attributes');
  if (Object.keys(given).length === 0) throw new AwsError('MissingParameter', 'The request must contain the parameter Attribute.Name.');
  Object.assign(queue, readSettings(queue.settings, given, queue.arn, store), { modifiedAt: region.clock.now() });
  flow.changed(queue);
  return {};
}

function attributesOf(queue: Queue, names: readonly string[], flow: MessageFlow): AwsShape | undefined {
  for (const name of names) {
    if (name !== 'All' && !SETTABLE.has(name) && !COMPUTED.includes(name) && !FIFO_ATTRIBUTES.includes(name)) {
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
  }
  const { visible, inFlight, delayed } = flow.counts(queue);
  const all: Record<string, string> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1_000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1_000)),
    ...queue.settings,
  };
  const shown = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}

function purge(region: Region, queue: Queue): AwsShape {
  const now = region.clock.now();
  if (queue.purgedAt !== undefined && queue.purgedAt + PURGE_INTERVAL_MS > now) {
    throw new AwsError('PurgeQueueInProgress', `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`, { httpStatus: 403 });
  }
  queue.purgedAt = now;
  queue.messages.clear();
  return {};
}

function pageOf(queues: readonly Queue[], input: AwsShape): { page: Queue[]; NextToken: AwsShape } {
  const size = whole(input, 'MaxResults', { min: 1, max: LIST_PAGE_MAX });
  const token = text(input, 'NextToken');
  const after = token === undefined || token === '' ? undefined : Buffer.from(token, 'base64url').toString('utf8');
  const rest = after === undefined ? queues : queues.filter(({ name }) => name > after);
  const page = rest.slice(0, size ?? LIST_PAGE_MAX);
  const last = page.at(-1);
  // Without MaxResults AWS gives up to 1,000 and no token.
  const isMore = size !== undefined && last !== undefined && rest.length > page.length;
  return { page, NextToken: isMore ? { NextToken: Buffer.from(last.name).toString('base64url') } : {} };
}
