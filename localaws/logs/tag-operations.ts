// Tags of log groups, by ARN and by the older operations that take the group's name.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { groupName, groupOf, invalidParameter, judgedArn, nameOfArn, requiredString } from './inputs.ts';
import { TAGS_MAX } from './limits.ts';
import type { LogGroup, LogState } from './log-state.ts';

export function createTagOperations(region: Region, state: LogState): Record<string, Operation> {
  const byArn = (input: AwsShape): LogGroup => groupOf(region, state, { logGroupName: nameOfArn(region, requiredString(input, 'resourceArn')) });
  const byName = (input: AwsShape): LogGroup => groupOf(region, state, { logGroupName: groupName(input) });
  const arnResources = (input: AwsShape): string[] => [String(input['resourceArn'] ?? '*')];
  const nameResources = (input: AwsShape): string[] => [judgedArn(region, input)];
  return {
    TagResource: { resources: arnResources, handle: (input) => addTags(byArn(input), input) },
    UntagResource: { resources: arnResources, handle: (input) => removeTags(byArn(input), input['tagKeys']) },
    ListTagsForResource: { resources: arnResources, handle: (input) => ({ tags: Object.fromEntries(byArn(input).tags) }) },
    TagLogGroup: { resources: nameResources, handle: (input) => addTags(byName(input), input) },
    UntagLogGroup: { resources: nameResources, handle: (input) => removeTags(byName(input), input['tags']) },
    ListTagsLogGroup: { resources: nameResources, handle: (input) => ({ tags: Object.fromEntries(byName(input).tags) }) },
  };
}

/** Reads a map of tags. @throws AwsError InvalidParameterException or TooManyTagsException. */
export function readTags(value: unknown): Map<string, string> {
  if (value === undefined || value === null) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) throw new AwsError('SerializationException', 'Expected map for member tags.');
  const tags = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (key === '' || key.length > 128 || key.startsWith('aws:')) throw invalidParameter(`Invalid tag key: ${key}`);
    if (typeof text !== 'string' || text.length > 256) throw invalidParameter(`Invalid value of tag ${key}`);
    tags.set(key, text);
  }
  if (tags.size > TAGS_MAX) throw new AwsError('TooManyTagsException', `A resource can have no more than ${TAGS_MAX} tags.`);
  return tags;
}

function addTags(group: LogGroup, input: AwsShape): undefined {
  const merged = new Map([...group.tags, ...readTags(input['tags'])]);
  if (merged.size > TAGS_MAX) throw new AwsError('TooManyTagsException', `A resource can have no more than ${TAGS_MAX} tags.`);
  group.tags = merged;
}

function removeTags(group: LogGroup, keys: unknown): undefined {
  if (!Array.isArray(keys)) throw new AwsError('SerializationException', 'Expected list of tag keys.');
  for (const key of keys) group.tags.delete(String(key));
}
