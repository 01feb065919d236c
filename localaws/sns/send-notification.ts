// One attempt to hand a message to a subscriber.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Principal, Region } from '../region.ts';
import { envelopeText, functionEvent, messageFor } from './envelope.ts';
import { HTTP_TIMEOUT_MS } from './limits.ts';
import type { Notification, Subscription } from './topic-records.ts';

const SNS: Principal = { kind: 'service', service: 'sns.amazonaws.com' };

/** Failures no retry can mend: no permission, no such queue or function, a request the server will never take. */
const FINAL_CODES = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'QueueDoesNotExist',
  'ResourceNotFoundException',
  'InvalidParameterValue',
  'UnknownOperationException',
]);

export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;

  constructor(status: number) {
    super(`The HTTP endpoint answered ${status}`);
    this.status = status;
  }
}

/** Whether retrying is of no use. */
export function isFinal(error: unknown): boolean {
  if (error instanceof HttpRefusal) return error.status >= 400 && error.status < 500 && error.status !== 429;
  return error instanceof AwsError && FINAL_CODES.has(error.code);
}

/** @throws AwsError, HttpRefusal, TypeError (no connection) */
export async function sendNotification(region: Region, subscription: Subscription, notification: Notification): Promise<void> {
  switch (subscription.protocol) {
    case 'sqs':
      return sendToQueue(region, subscription.endpoint, queueMessage(region, subscription, notification));
    case 'lambda': {
      const Payload = JSON.stringify(functionEvent(region, subscription, notification));
      await region.call('lambda', 'Invoke', { FunctionName: subscription.endpoint, InvocationType: 'Event', Payload }, SNS);
      return;
    }
    case 'http':
    case 'https': {
      const isRaw = subscription.attributes['RawMessageDelivery'] === 'true';
      const body = isRaw ? messageFor(subscription, notification) : envelopeText(region, subscription, notification);
      return post(region, subscription, body, { type: 'Notification', id: notification.id, isRaw });
    }
    default:
      region.log('sns', `a message of ${subscription.topicArn} for ${subscription.protocol} ${subscription.endpoint}: not sent from the local AWS`);
  }
}

/** Body and attributes as a queue gets them; also what the dead-letter queue of a subscription gets. */
export function queueMessage(region: Region, subscription: Subscription, notification: Notification): AwsShape {
  if (subscription.attributes['RawMessageDelivery'] !== 'true') return { MessageBody: deliveredText(region, subscription, notification) };
  return {
    MessageBody: messageFor(subscription, notification),
    ...(Object.keys(notification.attributes).length === 0 ? {} : { MessageAttributes: notification.attributes }),
  };
}

function deliveredText(region: Region, subscription: Subscription, notification: Notification): string {
  if (subscription.protocol === 'lambda') return JSON.stringify(functionEvent(region, subscription, notification));
  return envelopeText(region, subscription, notification);
}

export async function sendToQueue(region: Region, arn: string, message: AwsShape): Promise<void> {
  const [, , , , owner, name] = arn.split(':');
  const { QueueUrl } = await region.call('sqs', 'GetQueueUrl', { QueueName: name, QueueOwnerAWSAccountId: owner }, SNS);
  await region.call('sqs', 'SendMessage', { QueueUrl, ...message }, SNS);
}

/** Only servers of this machine are ever called. */
export function isOnThisMachine(endpoint: string): boolean {
  try {
    const { hostname } = new URL(endpoint);
    return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  } catch {
    return false;
  }
}

/** @throws HttpRefusal, TypeError */
export async function post(
  region: Region,
  { endpoint, topicArn, arn }: Subscription,
  body: string,
  message: { type: 'Notification' | 'SubscriptionConfirmation'; id: string; isRaw: boolean },
): Promise<void> {
  if (!isOnThisMachine(endpoint)) throw new HttpRefusal(403);
  const headers: Record<string, string> = {
    'content-type': 'text/plain; charset=UTF-8',
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': message.type,
    'x-amz-sns-message-id': message.id,
    'x-amz-sns-topic-arn': topicArn,
    ...(message.type === 'Notification' ? { 'x-amz-sns-subscription-arn': arn } : {}),
    ...(message.isRaw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
  };
  await region.clock.during(async () => {
    // A real timeout for real I/O: the clock stands or runs at real speed meanwhile.
    const response = await fetch(endpoint, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(HTTP_TIMEOUT_MS) });
    await response.body?.cancel();
    if (!response.ok) throw new HttpRefusal(response.status);
  });
}
