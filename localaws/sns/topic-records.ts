// What SNS remembers of topics, subscriptions and the messages under way.
import type { EventPattern } from './filter-policy.ts';

export interface Topic {
  readonly name: string;
  readonly arn: string;
  /** The attributes its owner sets, as the texts AWS takes and gives. */
  attributes: Readonly<Record<string, string>>;
  readonly tags: Map<string, string>;
  /** By ARN, in the order they were made. */
  readonly subscriptions: Map<string, Subscription>;
  deletedSubscriptions: number;
}

export type Protocol = 'sqs' | 'lambda' | 'http' | 'https' | 'email' | 'email-json' | 'sms';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  isConfirmed: boolean;
  /** What ConfirmSubscription must present. */
  readonly token: string;
  attributes: Readonly<Record<string, string>>;
  filter: EventPattern | undefined;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64 text. */
  readonly BinaryValue?: string;
}

export interface Notification {
  readonly id: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** The text for every protocol that has none of its own, and those that have. */
  readonly message: string;
  readonly byProtocol: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly publishedAt: number;
}
