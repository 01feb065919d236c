// TagResource, UntagResource, ListTagsForResource for alarms and dashboards, and the tags given at creation.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import { TAGS_PER_RESOURCE_MAX } from './limits.ts';
import { invalidValue, missing, requiredText, shapes, text, texts } from './request-members.ts';

export function parseTags(input: AwsShape): ReadonlyMap<string, string> {
  const pairs = shapes(input, 'Tags').map((tag) => [requiredText(tag, 'Key', 128), text(tag, 'Value') ?? ''] as const);
  const tags = new Map(pairs);
  if (tags.size < pairs.length) throw invalidValue('A tag key was specified more than once.');
  if (tags.size > TAGS_PER_RESOURCE_MAX) throw invalidValue(`A resource can have at most ${TAGS_PER_RESOURCE_MAX} tags.`);
  return tags;
}

/** @param tags by ARN; an ARN without an entry is no taggable resource. */
export function tagOperations(tags: Map<string, Map<string, string>>): Readonly<Record<string, Operation>> {
  const judged = (input: AwsShape): string[] => [text(input, 'ResourceARN') ?? '*'];
  const tagsOf = (input: AwsShape): Map<string, string> => {
    const arn = requiredText(input, 'ResourceARN', 1_024);
    const found = tags.get(arn);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `The resource ${arn} does not exist.`, { httpStatus: 404 });
    return found;
  };
  return {
    TagResource: {
      resources: judged,
      handle(input) {
        const added = parseTags(input);
        if (added.size === 0) throw missing('Tags');
        const current = tagsOf(input);
        if (new Set([...current.keys(), ...added.keys()]).size > TAGS_PER_RESOURCE_MAX)
          throw invalidValue(`A resource can have at most ${TAGS_PER_RESOURCE_MAX} tags.`);
        for (const [key, value] of added) current.set(key, value);
        return {};
      },
    },
    UntagResource: {
      resources: judged,
      handle(input) {
        const current = tagsOf(input);
        for (const key of texts(input, 'TagKeys')) current.delete(key);
        return {};
      },
    },
    ListTagsForResource: {
      resources: judged,
      handle: (input) => ({ Tags: [...tagsOf(input)].map(([Key, Value]) => ({ Key, Value })) }),
    },
  };
}
