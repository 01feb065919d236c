// ECR Image Action: somebody pushed (or deleted) an image. Read by the image-pushed subscriber. Best effort, at least once, in any
// order; one event per tag, and more for the parts of a multi-architecture image.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { imageDigest, openEnum } from './wire-types.ts';

/** Source: EventBridge events reference, Amazon ECR. The registry is the event's account and region. */
const imageAction = eventEnvelope(
  'aws.ecr',
  'ECR Image Action',
  z.object({
    'action-type': openEnum<'PUSH' | 'DELETE' | 'UPDATE_STORAGE_CLASS'>(),
    result: openEnum<'SUCCESS' | 'FAILURE'>(),
    'repository-name': z.string().min(1).max(256),
    'image-digest': imageDigest.optional(),
    'image-tag': z.string().min(1).max(300).optional(),
    'manifest-media-type': z.string().max(255).optional(),
    'artifact-media-type': z.string().max(255).optional(),
  }),
).transform((event) => ({
  ...eventOrigin(event),
  actionType: event.detail['action-type'],
  result: event.detail.result,
  repository: event.detail['repository-name'],
  digest: event.detail['image-digest'],
  tag: event.detail['image-tag'],
  manifestMediaType: event.detail['manifest-media-type'],
  artifactMediaType: event.detail['artifact-media-type'],
}));

/** `digest` and `tag` may be absent: an untagged push has no tag, and ECR does not promise the digest. */
export type ImagePushedEvent = z.output<typeof imageAction>;

export function parseImagePushedEvent(input: unknown): Parsed<ImagePushedEvent> {
  return parseWith(imageAction, input);
}
