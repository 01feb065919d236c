// Notifications about incidents and remediations. Not being able to tell never stops anything.
import type { Notification } from '#ports/notifier.ts';
import type { Ports } from '#ports/ports.ts';

/** @returns whether they were told */
export async function tellPeople(ports: Ports, topicArn: string | undefined, notification: Notification): Promise<boolean> {
  try {
    await ports.notifier.notify(notification, topicArn);
    return true;
  } catch (error) {
    ports.log.warn('could not notify', { title: notification.title, error: String(error) });
    return false;
  }
}
