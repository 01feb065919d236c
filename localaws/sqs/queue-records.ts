// What SQS remembers of queues and messages.
import type { AwsShape } from '../region.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly traceHeader: string | undefined;
  readonly senderId: string;
  readonly sentAt: number;
  /** Not delivered before this: a delay at first, later the visibility timeout. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** The handle of the latest receive; older handles no longer settle the message. */
  receipt: string | undefined;
  /** The queue whose redrive policy moved it here. */
  readonly deadLetterSourceArn: string | undefined;
}

/** One attribute of a message; binary values as base64 text. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** The settings of a queue that its owner can change, as the texts AWS takes and gives. */
export type QueueSettings = Readonly<Record<string, string>>;

export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  purgedAt: number | undefined;
  settings: QueueSettings;
  redrive: RedrivePolicy | undefined;
  /** Statements of the queue's policy. */
  policy: readonly AwsShape[];
  readonly tags: Map<string, string>;
  /** In the order they came. */
  readonly messages: Map<string, Message>;
}
