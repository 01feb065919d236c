// Tags of applications and deployment groups, given at creation or by the tagging operations.
import { AwsError } from '../endpoint/aws-error.ts';
import { stringList, stringMember, structureList } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { CodeDeployContext } from './code-deploy-context.ts';
import { TAGS_MAX } from './limits.ts';
import type { Store } from './store.ts';

const TAG_KEY_LENGTH_MAX = 128;
const TAG_VALUE_LENGTH_MAX = 256;

/** The tags in `member`. @throws AwsError InvalidTagsToAddException */
export function tagsOf(input: AwsShape, member: 'tags' | 'Tags'): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of structureList(input, member) ?? []) {
    const key = stringMember(tag, 'Key') ?? '';
    const value = stringMember(tag, 'Value') ?? '';
    if (key === '' || key.length > TAG_KEY_LENGTH_MAX || value.length > TAG_VALUE_LENGTH_MAX || key.toLowerCase().startsWith('aws:')) {
      throw new AwsError('InvalidTagsToAddException', `The tag key or value is not valid: ${key}`);
    }
    tags.set(key, value);
  }
  if (tags.size > TAGS_MAX) throw new AwsError('InvalidTagsToAddException', `A resource can have at most ${TAGS_MAX} tags`);
  return tags;
}

function tagsOfResource(context: CodeDeployContext, input: AwsShape): Map<string, string> {
  const arn = stringMember(input, 'ResourceArn');
  if (arn === undefined || arn === '') throw new AwsError('ResourceArnRequiredException', 'The ARN of a resource is required');
  const prefix = context.region.arn('codedeploy', '');
  if (!arn.startsWith(prefix)) throw new AwsError('InvalidArnException', `The specified ARN is not in a valid format: ${arn}`);
  return taggedBy(context.store, arn.slice(prefix.length), arn);
}

function taggedBy(store: Store, resource: string, arn: string): Map<string, string> {
  const colon = resource.indexOf(':');
  const kind = resource.slice(0, colon);
  const name = resource.slice(colon + 1);
  if (kind === 'application') return store.application(name).tags;
  if (kind === 'deploymentgroup') {
    const slash = name.indexOf('/');
    return store.group(store.application(name.slice(0, slash)), name.slice(slash + 1)).tags;
  }
  throw new AwsError('ArnNotSupportedException', `The specified ARN is not supported: ${arn}`);
}

export function tagOperations(context: CodeDeployContext): Record<'ListTagsForResource' | 'TagResource' | 'UntagResource', Operation> {
  const resources = (input: AwsShape): string[] => [typeof input['ResourceArn'] === 'string' ? input['ResourceArn'] : '*'];
  return {
    TagResource: {
      resources,
      handle(input) {
        const tags = tagsOfResource(context, input);
        const added = tagsOf(input, 'Tags');
        if (added.size === 0) throw new AwsError('TagRequiredException', 'A tag is required');
        if (new Set([...tags.keys(), ...added.keys()]).size > TAGS_MAX)
          throw new AwsError('InvalidTagsToAddException', `A resource can have at most ${TAGS_MAX} tags`);
        for (const [key, value] of added) tags.set(key, value);
        return {};
      },
    },
    UntagResource: {
      resources,
      handle(input) {
        const tags = tagsOfResource(context, input);
        const keys = stringList(input, 'TagKeys');
        if (keys === undefined || keys.length === 0) throw new AwsError('TagRequiredException', 'A tag key is required');
        for (const key of keys) tags.delete(key);
        return {};
      },
    },
    ListTagsForResource: {
      resources,
      handle: (input) => ({ Tags: [...tagsOfResource(context, input)].map(([Key, Value]) => ({ Key, Value })) }),
    },
  };
}
