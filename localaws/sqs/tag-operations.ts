// Tags of queues.
import type { AwsShape, Operation } from '../region.ts';
import { QUEUE_TAGS_MAX } from './limits.ts';
import type { QueueStore } from './queue-store.ts';
import { invalid, missing, textMap, texts } from './request-checks.ts';

export function createTagOperations(store: QueueStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [store.arnOf(input)];
  return {
    TagQueue: {
      handle(input) {
        const queue = store.of(input);
        const tags = Object.entries(textMap(input, 'Tags'));
        if (tags.length === 0) throw missing('Tags');
        if (new Set([...queue.tags.keys(), ...tags.map(([key]) => key)]).size > QUEUE_TAGS_MAX) {
          throw invalid('Tags', tags.length, `Too many tags added for queue ${queue.name}.`);
        }
        for (const [key, value] of tags) queue.tags.set(key, value);
        return {};
      },
      resources,
    },
    UntagQueue: {
      handle(input) {
        const queue = store.of(input);
        for (const key of texts(input, 'TagKeys')) queue.tags.delete(key);
        return {};
      },
      resources,
    },
    ListQueueTags: { handle: (input) => ({ Tags: Object.fromEntries(store.of(input).tags) }), resources },
  };
}
