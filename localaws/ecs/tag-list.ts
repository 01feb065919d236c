// Tags of ECS resources: AWS's rules, and what a task inherits.
import type { AwsShape } from '../region.ts';
import type { Tag } from './ecs-records.ts';
import { invalidParameter, structures, text } from './input-members.ts';
import { TAGS_MAX } from './limits.ts';

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const KEY_LENGTH_MAX = 128;
const VALUE_LENGTH_MAX = 256;

/** The tags of a request, checked. @throws AwsError InvalidParameterException. */
export function tagsOf(input: AwsShape): Tag[] {
  const tags = structures(input, 'tags').map((tag) => ({ key: text(tag, 'key') ?? '', value: text(tag, 'value') ?? '' }));
  for (const { key, value } of tags) {
    if (key === '' || key.length > KEY_LENGTH_MAX || !TAG_TEXT.test(key)) throw invalidParameter(`Tag key '${key}' is not valid.`);
    if (key.toLowerCase().startsWith('aws:')) throw invalidParameter('Tag keys that start with aws: are reserved.');
    if (value.length > VALUE_LENGTH_MAX || !TAG_TEXT.test(value)) throw invalidParameter(`Tag value '${value}' is not valid.`);
  }
  if (new Set(tags.map((tag) => tag.key)).size !== tags.length)
    throw invalidParameter('Duplicate tag keys found. Please note that tag keys are case sensitive.');
  if (tags.length > TAGS_MAX) throw invalidParameter(`The maximum number of tags is ${TAGS_MAX}.`);
  return tags;
}

/** `base` with `added` over it. */
export function mergedTags(base: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map([...base, ...added].map((tag) => [tag.key, tag.value]));
  if (byKey.size > TAGS_MAX) throw invalidParameter(`The maximum number of tags is ${TAGS_MAX}.`);
  return [...byKey].map(([key, value]) => ({ key, value }));
}
