// Tells people. Failing to tell must never fail a deployment: callers log and go on, or try again later.

import type { ServiceKey } from '#core/deployment/deployment.ts';
import type { AlertName } from '#core/notification/alert.ts';

export interface Notification {
  /** Deterministic: whatever has the same id on the same service is told once. */
  readonly id: string;
  readonly alert: AlertName;
  readonly serviceKey: ServiceKey;
  /** What belongs together has the same: a deployment's id, a remediation's id. */
  readonly thread: string;
  readonly deploymentId?: string;
  readonly remediationId?: string;
  readonly status: string;
  readonly title: string;
  readonly text: string;
}

export interface Notifier {
  /** Publishes it as a structured message. @param topicArn an SNS topic; Weir's own when undefined */
  notify(notification: Notification, topicArn: string | undefined): Promise<void>;
}

/** Where the webhook's secret is kept. */
export interface SecretReference {
  /** A parameter of the Systems Manager's Parameter Store, by name. */
  readonly parameter?: string | undefined;
  /** Or a secret of the Secrets Manager, by name. */
  readonly secret?: string | undefined;
}

export interface Chat {
  /**
   * Posts it to a Slack-compatible webhook.
   * @param thread what an earlier message of its thread was answered with
   * @returns what later messages of the thread have to name; undefined where the webhook does not say
   */
  post(notification: Notification, webhook: SecretReference, thread: string | undefined): Promise<string | undefined>;
}
