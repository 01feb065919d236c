// Notifications through SNS.
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '#ports/notifier.ts';
import { callAws } from '../operating-error.ts';

/** SNS's limit of a subject, which must be printable ASCII. */
const SUBJECT_LENGTH_MAX = 100;

export function createAwsNotifier(client: SNSClient, ownTopicArn: string): Notifier {
  return {
    async notify(notification, topicArn) {
      await callAws('publish a notification', () =>
        client.send(
          new PublishCommand({
            TopicArn: topicArn ?? ownTopicArn,
            Subject: notification.title.replace(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT_LENGTH_MAX),
            Message: JSON.stringify(notification),
          }),
        ),
      );
    },
  };
}
