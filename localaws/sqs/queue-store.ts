// The queues there are, found by their URL, name or ARN.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import { DELETED_NAME_MS, QUEUES_MAX } from './limits.ts';
import type { Queue } from './queue-records.ts';
import { noSuchQueue, requiredText } from './request-checks.ts';

export interface QueueStore {
  all(): Queue[];
  byName(name: string): Queue | undefined;
  byArn(arn: string): Queue | undefined;
  /** The queue of the request's QueueUrl. @throws AwsError QueueDoesNotExist, MissingParameter */
  of(input: AwsShape): Queue;
  urlOf(queue: Queue): string;
  /** The ARN IAM judges a request against; of a queue that need not exist. */
  arnOf(input: AwsShape): string;
  /** @throws AwsError QueueDeletedRecently */
  add(queue: Queue): void;
  remove(queue: Queue): void;
}

/** Queues are known by the last part of their URL, so it does not matter by which host name the endpoint is reached. */
function nameIn(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

export function createQueueStore(region: Region): QueueStore {
  const queues = new Map<string, Queue>();
  const deletedAt = new Map<string, number>();

  const forgetDeleted = (): void => {
    for (const [name, at] of deletedAt) if (at + DELETED_NAME_MS <= region.clock.now()) deletedAt.delete(name);
  };

  return {
    all: () => [...queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    byName: (name) => queues.get(name),
    byArn: (arn) => {
      const queue = queues.get(arn.slice(arn.lastIndexOf(':') + 1));
      return queue?.arn === arn ? queue : undefined;
    },
    of(input) {
      const queue = queues.get(nameIn(requiredText(input, 'QueueUrl')));
      if (queue === undefined) throw noSuchQueue();
      return queue;
    },
    urlOf: (queue) => `${region.endpointUrl}/${region.account}/${queue.name}`,
    arnOf: (input) => region.arn('sqs', nameIn(String(input['QueueUrl'] ?? input['QueueName'] ?? '*'))),
    add(queue) {
      forgetDeleted();
      if (deletedAt.has(queue.name)) {
        throw new AwsError('QueueDeletedRecently', 'You must wait 60 seconds after deleting a queue before you can create another with the same name.');
      }
      if (queues.size >= QUEUES_MAX) throw new AwsError('OverLimit', `localaws: there can be ${QUEUES_MAX} queues.`, { httpStatus: 403 });
      queues.set(queue.name, queue);
    },
    remove(queue) {
      forgetDeleted();
      queues.delete(queue.name);
      deletedAt.set(queue.name, region.clock.now());
    },
  };
}
