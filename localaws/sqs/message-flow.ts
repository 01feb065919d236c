// How messages move inside SQS: put in, hidden and visible again, moved to the dead-letter queue, expired; and how receives that
// wait learn of it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { Region } from '../region.ts';
import { IN_FLIGHT_MAX, QUEUE_MESSAGES_MAX, WAITING_RECEIVES_MAX } from './limits.ts';
import type { Message, Queue } from './queue-records.ts';
import { setting } from './queue-settings.ts';
import type { QueueStore } from './queue-store.ts';

export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface MessageFlow {
  put(queue: Queue, message: Message): void;
  /** Takes up to `count` visible messages and hides them for `visibilityMs`. */
  take(queue: Queue, count: number, visibilityMs: number): Message[];
  counts(queue: Queue): MessageCounts;
  /** Something about the queue changed: waiting receives look again. */
  changed(queue: Queue): void;
  /** Resolves when the queue may have a message, at `until` at the latest. */
  nextChange(queue: Queue, until: number): Promise<void>;
  readonly isClosed: boolean;
  /** Ends every waiting receive. */
  close(): void;
}

export function createMessageFlow(region: Region, store: QueueStore): MessageFlow {
  const waiting = new Map<Queue, Set<() => void>>();
  let isClosed = false;

  const wake = (queue: Queue): void => {
    for (const look of [...(waiting.get(queue) ?? [])]) look();
  };
  const put = (queue: Queue, message: Message): void => {
    expire(queue, region.clock.now());
    if (queue.messages.size >= QUEUE_MESSAGES_MAX) {
      throw new AwsError('OverLimit', `localaws: a queue holds at most ${QUEUE_MESSAGES_MAX} messages.`, { httpStatus: 403 });
    }
    queue.messages.set(message.id, message);
    wake(queue);
  };

  return {
    put,
    take(queue, count, visibilityMs) {
      const now = region.clock.now();
      expire(queue, now);
      if (inFlight(queue, now) >= IN_FLIGHT_MAX) throw new AwsError('OverLimit', 'Too many messages in flight.', { httpStatus: 403 });
      const taken: Message[] = [];
      for (const message of queue.messages.values()) {
        if (taken.length >= count) break;
        if (message.visibleAt > now || moveToDeadLetters(queue, message, store, put)) continue;
        message.visibleAt = now + visibilityMs;
        message.receiveCount++;
        message.firstReceivedAt ??= now;
        message.receipt = receiptHandle(region, queue, message);
        taken.push(message);
      }
      return taken;
    },
    counts(queue) {
      const now = region.clock.now();
      expire(queue, now);
      const hidden = inFlight(queue, now);
      const delayed = [...queue.messages.values()].filter((message) => message.visibleAt > now && message.receipt === undefined).length;
      return { visible: queue.messages.size - hidden - delayed, inFlight: hidden, delayed };
    },
    changed: wake,
    nextChange(queue, until) {
      const looks = waiting.get(queue) ?? new Set<() => void>();
      if (looks.size >= WAITING_RECEIVES_MAX)
        throw new AwsError('OverLimit', `localaws: at most ${WAITING_RECEIVES_MAX} receives wait on one queue.`, { httpStatus: 403 });
      waiting.set(queue, looks);
      const now = region.clock.now();
      const soonest = [...queue.messages.values()].reduce((time, { visibleAt }) => (visibleAt > now ? Math.min(time, visibleAt) : time), until);
      return new Promise((resolve) => {
        const done = (): void => {
          timer.cancel();
          looks.delete(done);
          if (looks.size === 0 && waiting.get(queue) === looks) waiting.delete(queue);
          resolve();
        };
        const timer = region.clock.schedule(soonest - now, done, `sqs ${queue.name} receive`);
        looks.add(done);
      });
    },
    get isClosed() {
      return isClosed;
    },
    close() {
      isClosed = true;
      for (const looks of [...waiting.values()]) for (const look of [...looks]) look();
    },
  };
}

function expire(queue: Queue, now: number): void {
  const oldest = now - setting(queue, 'MessageRetentionPeriod') * 1_000;
  for (const message of queue.messages.values()) if (message.sentAt <= oldest) queue.messages.delete(message.id);
}

function inFlight(queue: Queue, now: number): number {
  let count = 0;
  for (const message of queue.messages.values()) if (message.receipt !== undefined && message.visibleAt > now) count++;
  return count;
}

/** A message received as often as its queue allows goes to the dead-letter queue instead of out. It keeps its age there. */
function moveToDeadLetters(queue: Queue, message: Message, store: QueueStore, put: (queue: Queue, message: Message) => void): boolean {
  const { redrive } = queue;
  if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
  const target = store.byArn(redrive.deadLetterTargetArn);
  // Without its dead-letter queue a message stays where it is and goes on being delivered.
  if (target === undefined || target === queue) return false;
  queue.messages.delete(message.id);
  // Whether AWS counts receives on from the source queue is not documented; counting anew is assumed (unverified).
  put(target, { ...message, visibleAt: message.visibleAt, receiveCount: 0, firstReceivedAt: undefined, receipt: undefined, deadLetterSourceArn: queue.arn });
  return true;
}

function receiptHandle(region: Region, queue: Queue, message: Message): string {
  return Buffer.from(`${region.ids.uuid()} ${queue.arn} ${message.id} ${region.clock.now()}`).toString('base64');
}
