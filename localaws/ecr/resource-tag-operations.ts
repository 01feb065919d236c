// Tags (key and value) of repositories. Not image tags.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { invalidParameter, listMember, repositoryNotFound, requiredString, requiredStrings } from './inputs.ts';
import { RESOURCE_TAGS_MAX } from './limits.ts';
import type { RegistryState, Repository } from './registry-state.ts';

export function createResourceTagOperations(region: Region, state: RegistryState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [String(input['resourceArn'] ?? '*')];
  const repositoryByArn = (input: AwsShape): Repository => {
    const arn = requiredString(input, 'resourceArn');
    const prefix = region.arn('ecr', 'repository/');
    if (!arn.startsWith('arn:')) throw invalidParameter('resourceArn', 'must be an ARN');
    const name = arn.startsWith(prefix) ? arn.slice(prefix.length) : arn;
    const found = state.repositories.get(name);
    if (found === undefined) throw repositoryNotFound(name, region.account);
    return found;
  };
  return {
    TagResource: {
      resources,
      handle(input) {
        const repository = repositoryByArn(input);
        const merged = new Map([...repository.resourceTags, ...readResourceTags(listMember(input, 'tags'))]);
        if (merged.size > RESOURCE_TAGS_MAX) throw tooManyTags();
        repository.resourceTags = merged;
        return {};
      },
    },
    UntagResource: {
      resources,
      handle(input) {
        const repository = repositoryByArn(input);
        for (const key of requiredStrings(input, 'tagKeys')) repository.resourceTags.delete(key);
        return {};
      },
    },
    ListTagsForResource: {
      resources,
      handle: (input) => ({ tags: [...repositoryByArn(input).resourceTags].map(([Key, Value]) => ({ Key, Value })) }),
    },
  };
}

/** Reads `[{ Key, Value }]`. @throws AwsError InvalidTagParameterException or TooManyTagsException. */
export function readResourceTags(list: readonly unknown[]): Map<string, string> {
  const tags = new Map<string, string>();
  for (const item of list) {
    const { Key, Value } = (typeof item === 'object' && item !== null ? item : {}) as AwsShape;
    if (typeof Key !== 'string' || Key === '' || Key.length > 128 || Key.startsWith('aws:')) {
      throw new AwsError('InvalidTagParameterException', 'Tag keys must have 1 to 128 characters and must not start with aws:.');
    }
    if (typeof Value !== 'string' || Value.length > 256) throw new AwsError('InvalidTagParameterException', 'Tag values must have at most 256 characters.');
    tags.set(Key, Value);
  }
  if (tags.size > RESOURCE_TAGS_MAX) throw tooManyTags();
  return tags;
}

function tooManyTags(): AwsError {
  return new AwsError('TooManyTagsException', `A repository may have at most ${RESOURCE_TAGS_MAX} tags.`);
}
