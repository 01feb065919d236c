// Keys of what is kept about incidents, remediations and notifications, and how long. Items: docs/architecture.md.
import { UNKNOWN_REASON_KEPT_DAYS } from '#ports/incident-store.ts';

/** Digits of an epoch in milliseconds until the year 5138, so that text order is time order. */
const TIME_DIGITS = 14;

/** Seconds. */
export const KEPT_SECONDS = {
  sightings: 86_400,
  incident: 30 * 86_400,
  remediation: 90 * 86_400,
  unknownReason: UNKNOWN_REASON_KEPT_DAYS * 86_400,
  actions: 86_400,
  containerInstance: 3_600,
  notification: 90 * 86_400,
} as const;

export const subjectPrefix = (subject: string) => `SIGHTINGS#${subject}#`;
export const sightingKeys = (serviceKey: string, subject: string, minute: number) => ({
  pk: `SERVICE#${serviceKey}`,
  sk: `${subjectPrefix(subject)}${paddedTime(minute)}`,
});
export const incidentKeys = (serviceKey: string, subject: string) => ({ pk: `SERVICE#${serviceKey}`, sk: `INCIDENT#${subject}` });
export const unknownReasonKeys = (serviceKey: string, fingerprint: string) => ({ pk: `SERVICE#${serviceKey}`, sk: `UNKNOWN_REASON#${fingerprint}` });
export const remediationKeys = (serviceKey: string, id: string) => ({ pk: `SERVICE#${serviceKey}`, sk: `REMEDIATION#${id}` });
/** Of a service, or of the whole account. */
export const actionKeys = (serviceKey: string | undefined) => ({ pk: serviceKey === undefined ? 'ACCOUNT' : `SERVICE#${serviceKey}`, sk: 'ACTIONS' });

export const notificationKeys = (serviceKey: string, id: string, channel: string) => ({ pk: `SERVICE#${serviceKey}`, sk: `NOTIFICATION#${id}#${channel}` });
export const threadKeys = (serviceKey: string, thread: string) => ({ pk: `SERVICE#${serviceKey}`, sk: `THREAD#${thread}` });

export const clusterKey = (cluster: string) => `CLUSTER#${cluster}`;
export const containerInstanceKeys = (cluster: string, arn: string) => ({ pk: clusterKey(cluster), sk: `INSTANCE#${arn}` });

/** Text order is time order. */
export function paddedTime(at: number): string {
  return String(at).padStart(TIME_DIGITS, '0');
}

/** Epoch seconds, as DynamoDB's time to live wants them. */
export function expiresAt(at: number, keptSeconds: number): number {
  return Math.floor(at / 1000) + keptSeconds;
}
