// ReceiveMessage, short and long polls. A long poll waits on the region's clock, without holding it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { RECEIVED_MESSAGES_MAX, VISIBILITY_SECONDS_MAX, WAIT_SECONDS_MAX } from './limits.ts';
import { attributesMd5 } from './message-attributes.ts';
import type { MessageFlow } from './message-flow.ts';
import type { Message, Queue } from './queue-records.ts';
import { setting } from './queue-settings.ts';
import type { QueueStore } from './queue-store.ts';
import { noSuchQueue, texts, whole } from './request-checks.ts';

const SYSTEM_ATTRIBUTES = [
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
];

export function createReceiveOperation(region: Region, store: QueueStore, flow: MessageFlow): Operation {
  return {
    async handle(input) {
      const queue = store.of(input);
      const count = whole(input, 'MaxNumberOfMessages', { min: 1, max: RECEIVED_MESSAGES_MAX }) ?? 1;
      const visibility = whole(input, 'VisibilityTimeout', { min: 0, max: VISIBILITY_SECONDS_MAX }) ?? setting(queue, 'VisibilityTimeout');
      const wait = whole(input, 'WaitTimeSeconds', { min: 0, max: WAIT_SECONDS_MAX }) ?? setting(queue, 'ReceiveMessageWaitTimeSeconds');
      const systemNames = [...texts(input, 'AttributeNames'), ...texts(input, 'MessageSystemAttributeNames')];
      for (const name of systemNames) {
        if (!SYSTEM_ATTRIBUTES.includes(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
      }
      const names = texts(input, 'MessageAttributeNames');
      const messages = await takeOrWait(region, store, flow, queue, () => flow.take(queue, count, visibility * 1_000), region.clock.now() + wait * 1_000);
      return messages.length === 0 ? {} : { Messages: messages.map((message) => received(message, systemNames, names)) };
    },
    resources: (input) => [store.arnOf(input)],
    longRunning: true,
  };
}

/** Ends at `deadline`: every turn either takes messages or waits for a change that is no later than it. */
async function takeOrWait(region: Region, store: QueueStore, flow: MessageFlow, queue: Queue, take: () => Message[], deadline: number): Promise<Message[]> {
  for (;;) {
    if (store.byName(queue.name) !== queue) throw noSuchQueue();
    const messages = take();
    if (messages.length > 0 || region.clock.now() >= deadline || flow.isClosed) return messages;
    await flow.nextChange(queue, deadline);
  }
}

function received(message: Message, systemNames: readonly string[], names: readonly string[]): AwsShape {
  const system: Record<string, string> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    ...(message.traceHeader === undefined ? {} : { AWSTraceHeader: message.traceHeader }),
    ...(message.deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
  };
  const Attributes = chosen(system, (name) => systemNames.includes('All') || systemNames.includes(name));
  const MessageAttributes = chosen(message.attributes, (name) => names.some((wanted) => isNamed(name, wanted)));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    ...(Attributes === undefined ? {} : { Attributes }),
    // The digest is of the attributes given back, which is what clients can check.
    ...(MessageAttributes === undefined ? {} : { MD5OfMessageAttributes: attributesMd5(MessageAttributes), MessageAttributes }),
  };
}

function isNamed(name: string, wanted: string): boolean {
  if (wanted === 'All' || wanted === '.*') return true;
  return wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -2)) : name === wanted;
}

function chosen<T>(all: Readonly<Record<string, T>>, isWanted: (name: string) => boolean): Record<string, T> | undefined {
  const entries = Object.entries(all).filter(([name]) => isWanted(name));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
