// What people were told already, by channel, so that steps and looks that are repeated tell nothing twice; and where a thread began.
import type { EpochMillis, ServiceKey } from '#core/deployment/deployment.ts';

export type NotificationChannel = 'topic' | 'webhook';

/** One notification on one channel. */
export interface Telling {
  readonly serviceKey: ServiceKey;
  /** Of the notification. */
  readonly id: string;
  readonly channel: NotificationChannel;
}

export interface NotificationStore {
  /** claimed: tell it now, then say so. told: it was. taken: somebody claimed it within TELLING_CLAIM_SECONDS and has not said anything since. */
  claim(telling: Telling, at: EpochMillis): Promise<'claimed' | 'told' | 'taken'>;
  recordTold(telling: Telling, at: EpochMillis): Promise<void>;
  /** It could not be told: the next may try at once. */
  release(telling: Telling): Promise<void>;
  /** What the chat answered to the first message of a thread. */
  loadThread(serviceKey: ServiceKey, thread: string): Promise<string | undefined>;
  /** The first one stays. */
  recordThread(serviceKey: ServiceKey, thread: string, answer: string, at: EpochMillis): Promise<void>;
}

/** Longer than telling can take. Who claimed it and died is replaced after it. */
export const TELLING_CLAIM_SECONDS = 60;
