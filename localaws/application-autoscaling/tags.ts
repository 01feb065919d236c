// Tags of scalable targets: a map, unlike the lists of most services.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import { requiredString, stringList, validationError } from './input-members.ts';
import { TAGS_MAX } from './limits.ts';
import type { ScalableTarget, ScalingContext } from './scaling-state.ts';

/** @throws AwsError ValidationException, TooManyTagsException */
export function checkedTags(value: unknown): Map<string, string> {
  if (value === undefined || value === null) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) throw validationError('Tags must be a map.');
  const tags = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string' || key === '' || key.toLowerCase().startsWith('aws:')) throw validationError(`Invalid tag: ${key}`);
    tags.set(key, text);
  }
  if (tags.size > TAGS_MAX) throw tooMany();
  return tags;
}

function tooMany(): AwsError {
  return new AwsError('TooManyTagsException', `A scalable target can have at most ${TAGS_MAX} tags.`);
}

function taggedTarget(context: ScalingContext, input: AwsShape): ScalableTarget {
  const arn = requiredString(input, 'ResourceARN');
  const target = [...context.targets.values()].find((candidate) => candidate.arn === arn);
  if (target === undefined) throw new AwsError('ResourceNotFoundException', `The scalable target ${arn} does not exist.`);
  return target;
}

export function tagOperations(context: ScalingContext): Record<'ListTagsForResource' | 'TagResource' | 'UntagResource', Operation> {
  const resources = (input: AwsShape): string[] => [typeof input['ResourceARN'] === 'string' ? input['ResourceARN'] : '*'];
  return {
    TagResource: {
      resources,
      handle(input) {
        const { tags } = taggedTarget(context, input);
        const added = checkedTags(input['Tags']);
        if (new Set([...tags.keys(), ...added.keys()]).size > TAGS_MAX) throw tooMany();
        for (const [key, value] of added) tags.set(key, value);
        return {};
      },
    },
    UntagResource: {
      resources,
      handle(input) {
        const { tags } = taggedTarget(context, input);
        for (const key of stringList(input, 'TagKeys')) tags.delete(key);
        return {};
      },
    },
    ListTagsForResource: { resources, handle: (input) => ({ Tags: Object.fromEntries(taggedTarget(context, input).tags) }) },
  };
}
