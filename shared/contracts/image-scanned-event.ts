// ECR Image Scan: a scan of an image is complete. Read by the image-scanned subscriber. Best effort, at least once: a scan that nobody
// announces is found when the image is to be deployed.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { imageDigest, openEnum } from './wire-types.ts';

/** Severities read from one event; AWS knows six. */
const SEVERITIES_MAX = 20;

/** Source: EventBridge events reference, Amazon ECR. The registry is the event's account and region. */
const imageScan = eventEnvelope(
  'aws.ecr',
  'ECR Image Scan',
  z.object({
    'scan-status': openEnum<'COMPLETE'>(),
    'repository-name': z.string().min(1).max(256),
    'image-digest': imageDigest,
    'finding-severity-counts': z
      .record(z.string().max(64), z.number().int().nonnegative())
      .refine((counts) => Object.keys(counts).length <= SEVERITIES_MAX, `must have at most ${SEVERITIES_MAX} severities`)
      .default({}),
  }),
).transform((event) => ({
  ...eventOrigin(event),
  status: event.detail['scan-status'],
  repository: event.detail['repository-name'],
  digest: event.detail['image-digest'],
  counts: event.detail['finding-severity-counts'],
}));

export type ImageScannedEvent = z.output<typeof imageScan>;

export function parseImageScannedEvent(input: unknown): Parsed<ImageScannedEvent> {
  return parseWith(imageScan, input);
}
