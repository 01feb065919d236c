// Brings a published message to every subscription that wants it: retries as SNS does for each protocol, then the subscription's
// dead-letter queue, or a line in the log.
import type { Region } from '../region.ts';
import { confirmationText } from './envelope.ts';
import { wantsMessage } from './filter-policy.ts';
import { DELIVERY_LATENCY_MS, HTTP_RETRIES_MAX, HTTP_RETRY_DELAY_MS, MANAGED_RETRIES_MAX } from './limits.ts';
import { jsonObject } from './request-checks.ts';
import { isFinal, isOnThisMachine, post, queueMessage, sendNotification, sendToQueue } from './send-notification.ts';
import type { Notification, Subscription, Topic } from './topic-records.ts';

export interface FanOut {
  /** Starts the deliveries; never throws and never delivers at once. */
  publish(topic: Topic, notification: Notification): void;
  /** Sends an HTTP server of this machine the token it must confirm with. */
  requestConfirmation(subscription: Subscription): void;
}

export function createFanOut(region: Region): FanOut {
  const attempt = async (subscription: Subscription, notification: Notification, retries: number): Promise<void> => {
    try {
      await sendNotification(region, subscription, notification);
    } catch (error) {
      const delayMs = isFinal(error) ? undefined : retryDelayMs(subscription, retries);
      if (delayMs === undefined) return giveUp(region, subscription, notification, error);
      start(subscription, notification, retries + 1, delayMs);
    }
  };
  const start = (subscription: Subscription, notification: Notification, retries: number, delayMs: number): void => {
    region.clock.schedule(
      delayMs,
      () => {
        attempt(subscription, notification, retries).catch((error: unknown) =>
          region.log('sns', `message ${notification.id} for ${subscription.endpoint} is lost: ${String(error)}`),
        );
      },
      'sns delivery',
    );
  };
  return {
    publish(topic, notification) {
      for (const subscription of topic.subscriptions.values()) {
        if (subscription.isConfirmed && isWanted(subscription, notification)) start(subscription, notification, 0, DELIVERY_LATENCY_MS);
      }
    },
    requestConfirmation(subscription) {
      if (!isOnThisMachine(subscription.endpoint)) {
        region.log('sns', `${subscription.protocol} ${subscription.endpoint} stays pending: only servers of this machine are asked to confirm`);
        return;
      }
      const id = region.ids.uuid();
      const ask = (): void => {
        post(region, subscription, confirmationText(region, subscription, id), { type: 'SubscriptionConfirmation', id, isRaw: false }).catch((error: unknown) =>
          region.log('sns', `${subscription.endpoint} could not be asked to confirm its subscription: ${String(error)}`),
        );
      };
      region.clock.schedule(DELIVERY_LATENCY_MS, ask, 'sns confirmation');
    },
  };
}

function isWanted(subscription: Subscription, { attributes, ...notification }: Notification): boolean {
  if (subscription.filter === undefined) return true;
  const message = notification.byProtocol[subscription.protocol] ?? notification.message;
  return wantsMessage(subscription.filter, subscription.attributes['FilterPolicyScope'] ?? 'MessageAttributes', message, attributes);
}

/**
 * Time to the next attempt, or undefined when there is none. Queues and functions: 3 at once, 2 after a second each, 10 backing
 * off to 20 seconds, the rest every 20 seconds. HTTP: the default delivery policy.
 */
function retryDelayMs({ protocol }: Subscription, retries: number): number | undefined {
  if (protocol === 'http' || protocol === 'https') return retries < HTTP_RETRIES_MAX ? HTTP_RETRY_DELAY_MS : undefined;
  if (retries >= MANAGED_RETRIES_MAX) return undefined;
  if (retries < 3) return 0;
  if (retries < 5) return 1_000;
  return Math.min(20_000, Math.round(1_000 * 20 ** ((retries - 5) / 9)));
}

async function giveUp(region: Region, subscription: Subscription, notification: Notification, error: unknown): Promise<void> {
  const policy = subscription.attributes['RedrivePolicy'];
  const reason = error instanceof Error ? error.message : String(error);
  if (policy === undefined) {
    region.log('sns', `message ${notification.id} for ${subscription.protocol} ${subscription.endpoint} is lost: ${reason}`);
    return;
  }
  const { deadLetterTargetArn } = jsonObject(policy, 'RedrivePolicy');
  await sendToQueue(region, String(deadLetterTargetArn), queueMessage(region, subscription, notification));
}
