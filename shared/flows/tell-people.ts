// Tells people on every channel the manifest names, each notification once however often it is asked for. Not being able to tell never
// stops anything: it is logged, and whoever can be repeated tries again.

import type { NotificationChannel } from '#ports/notification-store.ts';
import type { Notification, SecretReference } from '#ports/notifier.ts';
import type { Ports } from '#ports/ports.ts';

/** The manifest's section `notifications`. */
interface Channels {
  readonly topicArn?: string | undefined;
  readonly webhook?: SecretReference | undefined;
}

/**
 * @param textFor the notification's text for a channel, where they differ
 * @returns whether they were told, now or before, on all channels
 */
export async function tellPeople(
  ports: Ports,
  { topicArn, webhook }: Channels,
  notification: Notification,
  textFor: (channel: NotificationChannel) => Promise<string> = async () => notification.text,
): Promise<boolean> {
  const told = await Promise.all([
    tellOnce(ports, notification, 'topic', async () => ports.notifier.notify({ ...notification, text: await textFor('topic') }, topicArn)),
    ...(webhook === undefined
      ? []
      : [tellOnce(ports, notification, 'webhook', async () => postToThread(ports, { ...notification, text: await textFor('webhook') }, webhook))]),
  ]);
  return told.every(Boolean);
}

async function tellOnce(ports: Ports, { serviceKey, id, title }: Notification, channel: NotificationChannel, send: () => Promise<void>): Promise<boolean> {
  const telling = { serviceKey, id, channel };
  try {
    const claim = await ports.notifications.claim(telling, ports.now());
    if (claim !== 'claimed') return claim === 'told';
    try {
      await send();
    } catch (error) {
      await ports.notifications.release(telling);
      throw error;
    }
    await ports.notifications.recordTold(telling, ports.now());
    return true;
  } catch (error) {
    ports.log.warn('could not notify', { serviceKey, channel, title, error: String(error) });
    return false;
  }
}

async function postToThread(ports: Ports, notification: Notification, webhook: SecretReference): Promise<void> {
  const { serviceKey, thread } = notification;
  const begun = await ports.notifications.loadThread(serviceKey, thread);
  const answer = await ports.chat.post(notification, webhook, begun);
  if (begun !== undefined || answer === undefined) return;
  try {
    await ports.notifications.recordThread(serviceKey, thread, answer, ports.now());
  } catch (error) {
    // It was told: the next message begins another thread.
    ports.log.warn('could not keep the thread of a notification', { serviceKey, thread, error: String(error) });
  }
}
