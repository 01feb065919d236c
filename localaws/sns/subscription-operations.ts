// Operations on subscriptions. Queues and functions are confirmed at once (same account); HTTP servers and e-mail are pending
// until ConfirmSubscription, for which only servers on this machine are sent the token.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import type { FanOut } from './fan-out.ts';
import { PAGE_SIZE, SUBSCRIPTIONS_PER_TOPIC_MAX } from './limits.ts';
import { flag, invalid, pageOf, requiredText, text, textMap } from './request-checks.ts';
import { readEndpoint, readSubscriptionSettings } from './subscription-settings.ts';
import type { Protocol, Subscription, Topic } from './topic-records.ts';
import type { TopicStore } from './topic-store.ts';

const CONFIRMED_AT_ONCE: readonly Protocol[] = ['sqs', 'lambda', 'sms'];
const PENDING = 'pending confirmation';

export function createSubscriptionOperations(region: Region, store: TopicStore, fanOut: FanOut): Record<string, Operation> {
  const ofTopic = (input: AwsShape): string[] => [String(input['TopicArn'] ?? '*')];
  const ofSubscription = (input: AwsShape): string[] => {
    const arn = String(input['SubscriptionArn'] ?? '*');
    return [arn.split(':').length > 6 ? arn.slice(0, arn.lastIndexOf(':')) : arn];
  };
  const listed = (subscriptions: readonly Subscription[], input: AwsShape): AwsShape => {
    const { page, NextToken } = pageOf(subscriptions, input, ({ arn }) => arn, PAGE_SIZE);
    return { Subscriptions: page.map((subscription) => summary(region, subscription)), ...NextToken };
  };
  return {
    Subscribe: { handle: (input) => subscribe(region, store, fanOut, input), resources: ofTopic },
    ConfirmSubscription: {
      handle(input) {
        const topic = store.of(input);
        const token = requiredText(input, 'Token');
        const subscription = [...topic.subscriptions.values()].find((candidate) => candidate.token === token);
        if (subscription === undefined) throw invalid('Token');
        subscription.isConfirmed = true;
        return { SubscriptionArn: subscription.arn };
      },
      resources: ofTopic,
    },
    Unsubscribe: {
      handle(input) {
        const arn = requiredText(input, 'SubscriptionArn');
        const topic = store.find(arn.slice(0, arn.lastIndexOf(':')));
        if (topic === undefined && arn.split(':').length < 7) throw invalid('SubscriptionArn Reason: An ARN must have at least 6 elements');
        // A subscription that is gone already is no mistake.
        if (topic?.subscriptions.delete(arn) === true) topic.deletedSubscriptions++;
        return {};
      },
      resources: ofSubscription,
    },
    ListSubscriptions: {
      handle: (input) =>
        listed(
          store.all().flatMap(({ subscriptions }) => [...subscriptions.values()]),
          input,
        ),
    },
    ListSubscriptionsByTopic: { handle: (input) => listed([...store.of(input).subscriptions.values()], input), resources: ofTopic },
    GetSubscriptionAttributes: { handle: (input) => ({ Attributes: attributesOf(region, store.subscription(input).subscription) }), resources: ofSubscription },
    SetSubscriptionAttributes: {
      handle(input) {
        const { subscription } = store.subscription(input);
        const name = requiredText(input, 'AttributeName');
        Object.assign(subscription, readSubscriptionSettings(subscription.attributes, { [name]: text(input, 'AttributeValue') ?? '' }));
        return {};
      },
      resources: ofSubscription,
    },
  };
}

function subscribe(region: Region, store: TopicStore, fanOut: FanOut, input: AwsShape): AwsShape {
  const topic = store.of(input);
  const endpoint = text(input, 'Endpoint') ?? '';
  const protocol = readEndpoint(requiredText(input, 'Protocol'), endpoint);
  const settings = readSubscriptionSettings({}, textMap(input, 'Attributes'));
  const answer = ({ arn, isConfirmed }: Subscription): AwsShape => ({ SubscriptionArn: isConfirmed || flag(input, 'ReturnSubscriptionArn') ? arn : PENDING });
  const existing = [...topic.subscriptions.values()].find((candidate) => candidate.protocol === protocol && candidate.endpoint === endpoint);
  if (existing !== undefined) {
    const isDifferent = Object.entries(settings.attributes).some(([name, value]) => existing.attributes[name] !== value);
    if (isDifferent) throw invalid('Attributes Reason: Subscription already exists with different attributes');
    if (!existing.isConfirmed) fanOut.requestConfirmation(existing);
    return answer(existing);
  }
  if (topic.subscriptions.size >= SUBSCRIPTIONS_PER_TOPIC_MAX) {
    throw new AwsError('SubscriptionLimitExceeded', `localaws: a topic can have ${SUBSCRIPTIONS_PER_TOPIC_MAX} subscriptions.`, { httpStatus: 403 });
  }
  const subscription = add(region, topic, protocol, endpoint, settings);
  if (!subscription.isConfirmed) fanOut.requestConfirmation(subscription);
  return answer(subscription);
}

function add(region: Region, topic: Topic, protocol: Protocol, endpoint: string, settings: ReturnType<typeof readSubscriptionSettings>): Subscription {
  const subscription: Subscription = {
    arn: `${topic.arn}:${region.ids.uuid()}`,
    topicArn: topic.arn,
    protocol,
    endpoint,
    isConfirmed: CONFIRMED_AT_ONCE.includes(protocol),
    token: region.ids.hex(64),
    ...settings,
  };
  topic.subscriptions.set(subscription.arn, subscription);
  return subscription;
}

function summary(region: Region, { arn, topicArn, protocol, endpoint, isConfirmed }: Subscription): AwsShape {
  return { SubscriptionArn: isConfirmed ? arn : 'PendingConfirmation', Owner: region.account, Protocol: protocol, Endpoint: endpoint, TopicArn: topicArn };
}

function attributesOf(region: Region, subscription: Subscription): Record<string, string> {
  return {
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: region.account,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    PendingConfirmation: String(!subscription.isConfirmed),
    ConfirmationWasAuthenticated: String(CONFIRMED_AT_ONCE.includes(subscription.protocol)),
    SubscriptionPrincipal: `arn:aws:iam::${region.account}:root`,
    RawMessageDelivery: 'false',
    ...subscription.attributes,
  };
}
