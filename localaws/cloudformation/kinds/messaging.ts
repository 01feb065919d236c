// AWS::SQS::* and AWS::SNS::*
import type { AwsShape } from '../../region.ts';
import { documentText, pick, type ResourceKind, tagMap } from '../resource-kind.ts';

const QUEUE_ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

/** Attributes of queues and topics are text, documents among them as JSON. */
function attributeTexts(properties: AwsShape, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pick(properties, names)).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

const QUEUE: ResourceKind = {
  service: 'sqs',
  required: [],
  optional: [...QUEUE_ATTRIBUTES, 'QueueName', 'Tags'],
  async make(properties, context) {
    const isFifo = String(properties['FifoQueue']) === 'true';
    const name = String(properties['QueueName'] ?? `${context.newName(75)}${isFifo ? '.fifo' : ''}`);
    const { QueueUrl: url } = await context.call('sqs', 'CreateQueue', {
      QueueName: name,
      Attributes: attributeTexts(properties, QUEUE_ATTRIBUTES),
      tags: tagMap(properties['Tags']),
    });
    return { physicalId: String(url), attributes: { Arn: context.region.arn('sqs', name), QueueName: name, QueueUrl: url } };
  },
};

const QUEUE_POLICY: ResourceKind = {
  service: 'sqs',
  required: ['PolicyDocument', 'Queues'],
  optional: [],
  async make(properties, context) {
    const Policy = documentText(properties['PolicyDocument']);
    for (const url of properties['Queues'] as string[]) await context.call('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes: { Policy } });
    const id = context.newName(128);
    return { physicalId: id, attributes: { Id: id } };
  },
};

const TOPIC_ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DisplayName',
  'FifoTopic',
  'FifoThroughputScope',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
];

const TOPIC: ResourceKind = {
  service: 'sns',
  required: [],
  optional: [...TOPIC_ATTRIBUTES, 'TopicName', 'Subscription', 'Tags'],
  async make(properties, context) {
    const isFifo = String(properties['FifoTopic']) === 'true';
    const name = String(properties['TopicName'] ?? `${context.newName(128)}${isFifo ? '.fifo' : ''}`);
    const { TopicArn: arn } = await context.call('sns', 'CreateTopic', {
      Name: name,
      Attributes: attributeTexts(properties, TOPIC_ATTRIBUTES),
      ...pick(properties, ['Tags']),
    });
    for (const subscription of (properties['Subscription'] ?? []) as AwsShape[]) {
      await context.call('sns', 'Subscribe', {
        TopicArn: arn,
        Protocol: subscription['Protocol'],
        Endpoint: subscription['Endpoint'],
        ReturnSubscriptionArn: true,
      });
    }
    return { physicalId: String(arn), attributes: { TopicArn: arn, TopicName: name } };
  },
};

const TOPIC_POLICY: ResourceKind = {
  service: 'sns',
  required: ['PolicyDocument', 'Topics'],
  optional: [],
  async make(properties, context) {
    const policy = documentText(properties['PolicyDocument']);
    for (const arn of properties['Topics'] as string[]) {
      await context.call('sns', 'SetTopicAttributes', { TopicArn: arn, AttributeName: 'Policy', AttributeValue: policy });
    }
    const id = context.newName(128);
    return { physicalId: id, attributes: { Id: id } };
  },
};

const SUBSCRIPTION_ATTRIBUTES = ['DeliveryPolicy', 'FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery', 'RedrivePolicy', 'SubscriptionRoleArn'];

const SUBSCRIPTION: ResourceKind = {
  service: 'sns',
  required: ['Protocol', 'TopicArn'],
  optional: [...SUBSCRIPTION_ATTRIBUTES, 'Endpoint', 'Region'],
  async make(properties, context) {
    const { SubscriptionArn: arn } = await context.call('sns', 'Subscribe', {
      ...pick(properties, ['TopicArn', 'Protocol', 'Endpoint']),
      Attributes: attributeTexts(properties, SUBSCRIPTION_ATTRIBUTES),
      ReturnSubscriptionArn: true,
    });
    return { physicalId: String(arn), attributes: { Arn: arn } };
  },
};

export const MESSAGING_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::SQS::Queue': QUEUE,
  'AWS::SQS::QueuePolicy': QUEUE_POLICY,
  'AWS::SNS::Topic': TOPIC,
  'AWS::SNS::TopicPolicy': TOPIC_POLICY,
  'AWS::SNS::Subscription': SUBSCRIPTION,
};
