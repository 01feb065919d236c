// Who is interested in a repository, a CodeDeploy deployment group or an alarm: one Query per event, however many services there are.
import type { ServiceKey } from '#core/deployment/deployment.ts';

/** name: `account/repository`, `application/group`, alarm name. */
export interface Subscription {
  readonly kind: 'repository' | 'deploymentGroup' | 'alarm';
  readonly name: string;
}

export interface SubscriptionStore {
  /** At most SUBSCRIBERS_MAX keys. */
  subscribers(subscription: Subscription): Promise<readonly ServiceKey[]>;
  /** Makes these, and no others, the service's subscriptions. Repeatable. */
  replace(serviceKey: ServiceKey, subscriptions: readonly Subscription[]): Promise<void>;
}

/** Services of one repository, group or alarm that one event can wake. */
export const SUBSCRIBERS_MAX = 200;
