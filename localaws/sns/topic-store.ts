// The topics there are, and their subscriptions.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import { TOPICS_MAX } from './limits.ts';
import { invalid, notFound, requiredText } from './request-checks.ts';
import type { Subscription, Topic } from './topic-records.ts';

export interface TopicStore {
  all(): Topic[];
  find(arn: string): Topic | undefined;
  /** The topic a request names. @throws AwsError NotFound, InvalidParameter */
  of(input: AwsShape, member?: string): Topic;
  add(topic: Topic): void;
  remove(arn: string): void;
  /** @throws AwsError NotFound, InvalidParameter */
  subscription(input: AwsShape): { topic: Topic; subscription: Subscription };
}

export function createTopicStore(region: Region): TopicStore {
  const topics = new Map<string, Topic>();
  const prefix = region.arn('sns', '');
  const checked = (arn: string, member: string): string => {
    if (!arn.startsWith('arn:') || arn.split(':').length < 6)
      throw invalid(`${member} Reason: An ARN must have at least 6 elements, not ${arn.split(':').length}`);
    if (!arn.startsWith(prefix)) throw notFound('Topic does not exist');
    return arn;
  };
  return {
    all: () => [...topics.values()],
    find: (arn) => topics.get(arn),
    of(input, member = 'TopicArn') {
      const topic = topics.get(checked(requiredText(input, member), member));
      if (topic === undefined) throw notFound('Topic does not exist');
      return topic;
    },
    add(topic) {
      if (topics.size >= TOPICS_MAX) throw new AwsError('TopicLimitExceeded', `localaws: there can be ${TOPICS_MAX} topics.`, { httpStatus: 403 });
      topics.set(topic.arn, topic);
    },
    remove: (arn) => {
      topics.delete(arn);
    },
    subscription(input) {
      const arn = checked(requiredText(input, 'SubscriptionArn'), 'SubscriptionArn');
      const topic = topics.get(arn.slice(0, arn.lastIndexOf(':')));
      const subscription = topic?.subscriptions.get(arn);
      if (topic === undefined || subscription === undefined) throw notFound('Subscription does not exist');
      return { topic, subscription };
    },
  };
}
