// Operations on topics.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { PAGE_SIZE, TOPIC_TAGS_MAX } from './limits.ts';
import { invalid, jsonObject, listOf, notHere, pageOf, requiredText, text, textMap } from './request-checks.ts';
import { defaultPolicy } from './topic-policy.ts';
import type { Topic } from './topic-records.ts';
import type { TopicStore } from './topic-store.ts';

const NAME = /^[\w-]{1,256}$/;
const FEEDBACK = /^(HTTP|Firehose|Lambda|Application|SQS)(SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|FailureFeedbackRoleArn)$/;
const SETTABLE = new Set(['DisplayName', 'Policy', 'DeliveryPolicy', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig']);
const FIFO_ONLY = new Set(['FifoTopic', 'ContentBasedDeduplication', 'FifoThroughputScope', 'ArchivePolicy']);

const RETRIES = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};
const EFFECTIVE_DELIVERY_POLICY = JSON.stringify({
  http: { defaultHealthyRetryPolicy: RETRIES, disableSubscriptionOverrides: false, defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' } },
});

export function createTopicOperations(region: Region, store: TopicStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [String(input['TopicArn'] ?? region.arn('sns', String(input['Name'] ?? '*')))];
  return {
    CreateTopic: { handle: (input) => createTopic(region, store, input), resources },
    ListTopics: {
      handle(input) {
        const { page, NextToken } = pageOf(store.all(), input, ({ arn }) => arn, PAGE_SIZE);
        return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), ...NextToken };
      },
    },
    GetTopicAttributes: { handle: (input) => ({ Attributes: attributesOf(region, store.of(input)) }), resources },
    SetTopicAttributes: {
      handle(input) {
        const topic = store.of(input);
        const name = requiredText(input, 'AttributeName');
        const value = text(input, 'AttributeValue') ?? '';
        check(name, value);
        topic.attributes = withAttributes(region, topic.arn, { ...topic.attributes, [name]: value });
        return {};
      },
      resources,
    },
    DeleteTopic: {
      handle(input) {
        // Deleting a topic that is not there is no mistake.
        store.remove(requiredText(input, 'TopicArn'));
        return {};
      },
      resources,
    },
  };
}

function createTopic(region: Region, store: TopicStore, input: AwsShape): AwsShape {
  const name = requiredText(input, 'Name');
  const given = textMap(input, 'Attributes');
  if (name.endsWith('.fifo') || given['FifoTopic'] === 'true') throw notHere('a FIFO topic');
  if (!NAME.test(name)) throw invalid('Topic Name');
  for (const [attribute, value] of Object.entries(given)) if (attribute !== 'FifoTopic') check(attribute, value);
  const { FifoTopic: _, ...wanted } = given;
  const tags = new Map(listOf(input, 'Tags').map((tag) => [String(tag?.['Key']), String(tag?.['Value'] ?? '')]));
  if (tags.size > TOPIC_TAGS_MAX) throw new AwsError('TagLimitExceeded', 'Could not complete request: tag quota of per resource exceeded');
  const arn = region.arn('sns', name);
  const existing = store.find(arn);
  if (existing !== undefined) {
    const isDifferent = Object.entries(wanted).some(([attribute, value]) => existing.attributes[attribute] !== value);
    if (isDifferent) throw invalid('Attributes Reason: Topic already exists with different attributes');
    if ([...tags].some(([key, value]) => existing.tags.get(key) !== value)) throw invalid('Tags Reason: Topic already exists with different tags');
    return { TopicArn: arn };
  }
  store.add({ name, arn, attributes: withAttributes(region, arn, wanted), tags, subscriptions: new Map(), deletedSubscriptions: 0 });
  return { TopicArn: arn };
}

/** An empty text takes an attribute away; a topic always has a policy. */
function withAttributes(region: Region, arn: string, attributes: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
  return { ...kept, Policy: kept['Policy'] ?? defaultPolicy(arn, region.account) };
}

function check(name: string, value: string): void {
  if (FIFO_ONLY.has(name)) throw invalid(`Attributes Reason: ${name} is only for FIFO topics`);
  if (!SETTABLE.has(name) && !FEEDBACK.test(name)) throw invalid('AttributeName');
  if (value === '') return;
  if (name === 'Policy' && jsonObject(value, 'Policy Error: null')['Statement'] === undefined) throw invalid('Policy statement must be present');
  if (name === 'DeliveryPolicy') jsonObject(value, 'DeliveryPolicy: failed to parse JSON');
  if (name === 'DisplayName' && value.length > 100) throw invalid('DisplayName');
  if (name === 'SignatureVersion' && value !== '1' && value !== '2') throw invalid('SignatureVersion');
  if (name === 'TracingConfig' && value !== 'PassThrough' && value !== 'Active') throw invalid('TracingConfig');
}

function attributesOf(region: Region, topic: Topic): Record<string, string> {
  const subscriptions = [...topic.subscriptions.values()];
  const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed).length;
  return {
    DisplayName: '',
    ...topic.attributes,
    TopicArn: topic.arn,
    Owner: region.account,
    SubscriptionsConfirmed: String(confirmed),
    SubscriptionsPending: String(subscriptions.length - confirmed),
    SubscriptionsDeleted: String(topic.deletedSubscriptions),
    EffectiveDeliveryPolicy: topic.attributes['DeliveryPolicy'] ?? EFFECTIVE_DELIVERY_POLICY,
  };
}
