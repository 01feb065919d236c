// Tags of topics.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import { TOPIC_TAGS_MAX } from './limits.ts';
import { listOf, requiredText } from './request-checks.ts';
import type { Topic } from './topic-records.ts';
import type { TopicStore } from './topic-store.ts';

export function createTagOperations(store: TopicStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [String(input['ResourceArn'] ?? '*')];
  const topicOf = (input: AwsShape): Topic => {
    const topic = store.find(requiredText(input, 'ResourceArn'));
    if (topic === undefined) throw new AwsError('ResourceNotFound', 'Resource does not exist', { httpStatus: 404 });
    return topic;
  };
  return {
    TagResource: {
      handle(input) {
        const { tags } = topicOf(input);
        const given = listOf(input, 'Tags').map((tag): [string, string] => [requiredText(tag ?? {}, 'Key'), String(tag?.['Value'] ?? '')]);
        if (new Set([...tags.keys(), ...given.map(([key]) => key)]).size > TOPIC_TAGS_MAX) {
          throw new AwsError('TagLimitExceeded', 'Could not complete request: tag quota of per resource exceeded');
        }
        for (const [key, value] of given) tags.set(key, value);
        return {};
      },
      resources,
    },
    UntagResource: {
      handle(input) {
        const { tags } = topicOf(input);
        for (const key of listOf(input, 'TagKeys')) tags.delete(String(key));
        return {};
      },
      resources,
    },
    ListTagsForResource: { handle: (input) => ({ Tags: [...topicOf(input).tags].map(([Key, Value]) => ({ Key, Value })) }), resources },
  };
}
