// What subscribers get of a message, by protocol. The signature is a placeholder: there is no key of AWS to sign with here.
import type { AwsShape, Region } from '../region.ts';
import type { Notification, Subscription } from './topic-records.ts';

const SIGNATURE = 'bG9jYWxhd3M6IG5vdCBzaWduZWQ=';

function certificateUrl(region: Region): string {
  return `https://sns.${region.name}.amazonaws.com/SimpleNotificationService-localaws.pem`;
}

/** The text of this protocol. */
export function messageFor({ protocol }: Subscription, { byProtocol, message }: Notification): string {
  return byProtocol[protocol] ?? message;
}

function unsubscribeUrl(region: Region, subscription: Subscription): string {
  return `${region.endpointUrl}/?Action=Unsubscribe&Version=2010-03-31&SubscriptionArn=${subscription.arn}`;
}

function attributesOf(notification: Notification): AwsShape | undefined {
  const entries = Object.entries(notification.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue },
  ]);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as AwsShape);
}

/** The envelope as queues and HTTP servers get it, spaced as AWS spaces it. */
export function envelopeText(region: Region, subscription: Subscription, notification: Notification): string {
  const attributes = attributesOf(notification);
  return spaced({
    Type: 'Notification',
    MessageId: notification.id,
    TopicArn: notification.topicArn,
    ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
    Message: messageFor(subscription, notification),
    Timestamp: new Date(notification.publishedAt).toISOString(),
    SignatureVersion: '1',
    Signature: SIGNATURE,
    SigningCertURL: certificateUrl(region),
    UnsubscribeURL: unsubscribeUrl(region, subscription),
    ...(attributes === undefined ? {} : { MessageAttributes: attributes }),
  });
}

/** The event a function gets. */
export function functionEvent(region: Region, subscription: Subscription, notification: Notification): AwsShape {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: notification.id,
          TopicArn: notification.topicArn,
          Subject: notification.subject ?? null,
          Message: messageFor(subscription, notification),
          Timestamp: new Date(notification.publishedAt).toISOString(),
          SignatureVersion: '1',
          Signature: SIGNATURE,
          SigningCertUrl: certificateUrl(region),
          UnsubscribeUrl: unsubscribeUrl(region, subscription),
          MessageAttributes: attributesOf(notification) ?? {},
        },
      },
    ],
  };
}

/** What an HTTP server is sent first: it must visit the SubscribeURL. */
export function confirmationText(region: Region, subscription: Subscription, messageId: string): string {
  const { topicArn, token } = subscription;
  return spaced({
    Type: 'SubscriptionConfirmation',
    MessageId: messageId,
    Token: token,
    TopicArn: topicArn,
    Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: `${region.endpointUrl}/?Action=ConfirmSubscription&Version=2010-03-31&TopicArn=${topicArn}&Token=${token}`,
    Timestamp: new Date(region.clock.now()).toISOString(),
    SignatureVersion: '1',
    Signature: SIGNATURE,
    SigningCertURL: certificateUrl(region),
  });
}

function spaced(members: AwsShape): string {
  const lines = Object.entries(members).map(([name, value]) => `  ${JSON.stringify(name)} : ${nested(value)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

function nested(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(([name, member]) => `    ${JSON.stringify(name)} : ${JSON.stringify(member)}`);
  return `{\n${lines.join(',\n')}\n  }`;
}
