// Notifications through SNS: JSON for whoever subscribes, with attributes to filter by. On a FIFO topic a thread is a message group,
// and the same notification is the same message. Source: Amazon SNS API, Publish.
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { alerts, runbookLink } from '#core/notification/alert.ts';
import type { Notifier } from '#ports/notifier.ts';
import { callAws } from '../operating-error.ts';

/** SNS's limit of a subject, which must be printable ASCII and begin with a letter, number or punctuation mark. */
const SUBJECT_LENGTH_MAX = 100;
/** Of the text; SNS takes 256 KiB in all. */
const TEXT_LENGTH_MAX = 20_000;

export interface NotifierOptions {
  /** Weir's own topic. */
  readonly ownTopicArn: string;
  /** Where docs/operations.md is to be read: a path or a URL. */
  readonly runbooks: string;
  readonly sha256Hex: (text: string) => string;
}

export function createAwsNotifier(client: SNSClient, { ownTopicArn, runbooks, sha256Hex }: NotifierOptions): Notifier {
  return {
    async notify(notification, topicArn = ownTopicArn) {
      const { id, alert, serviceKey, thread, status, title, text } = notification;
      const { severity } = alerts[alert];
      const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
      // Ids are longer than SNS takes, or hold what it does not.
      const fifo = { MessageGroupId: sha256Hex(`${serviceKey} ${thread}`), MessageDeduplicationId: sha256Hex(`${serviceKey} ${id}`) };
      await callAws('publish a notification', () =>
        client.send(
          new PublishCommand({
            TopicArn: topicArn,
            Subject: title.replace(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT_LENGTH_MAX),
            Message: JSON.stringify({ schema: 1, ...notification, severity, text: text.slice(0, TEXT_LENGTH_MAX), runbook: runbookLink(alert, runbooks) }),
            MessageAttributes: { alert: attribute(alert), severity: attribute(severity), service: attribute(serviceKey), status: attribute(status) },
            ...(topicArn.endsWith('.fifo') ? fifo : {}),
          }),
        ),
      );
    },
  };
}
