// What every EventBridge event has around its detail. Each event contract of this folder is built on it.
import * as z from 'zod';
import { accountId, identifier, isoTime } from './wire-types.ts';

/** Most resource ARNs read from one event. */
const EVENT_RESOURCES_MAX = 100;

/** An event of one source and type. Members nobody reads are dropped. Source: EventBridge user guide, "Events". */
export function eventEnvelope<Detail extends z.ZodType>(source: string, detailType: string, detail: Detail) {
  return z.object({
    id: identifier,
    source: z.literal(source),
    'detail-type': z.literal(detailType),
    account: accountId,
    region: z.string().min(1).max(64),
    time: isoTime,
    resources: z.array(identifier).max(EVENT_RESOURCES_MAX).default([]),
    detail,
  });
}

/** The envelope's part of a parsed event. `id` is the same for every delivery of one event. */
export interface EventOrigin {
  readonly eventId: string;
  readonly account: string;
  readonly region: string;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
}

/** Takes the origin out of an envelope. */
export function eventOrigin(event: { readonly id: string; readonly account: string; readonly region: string; readonly time: number }): EventOrigin {
  return { eventId: event.id, account: event.account, region: event.region, at: event.time };
}
