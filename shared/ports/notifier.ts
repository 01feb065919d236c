// Tells people. Failing to tell must never fail a deployment: callers log and go on.

export interface Notification {
  readonly serviceKey: string;
  readonly deploymentId: string;
  readonly status: string;
  readonly title: string;
  readonly text: string;
}

export interface Notifier {
  /** @param topicArn an SNS topic; Weir's own when undefined */
  notify(notification: Notification, topicArn: string | undefined): Promise<void>;
}
