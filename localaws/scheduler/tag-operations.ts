// Tags. Only schedule groups have them.
import type { AwsShape, Operation } from '../region.ts';
import { GROUP_TAGS_MAX } from './limits.ts';
import { notFound, requiredText, validation } from './request-checks.ts';
import type { GroupRecord } from './schedule-records.ts';
import type { ScheduleStore } from './schedule-store.ts';

export function readTags(input: AwsShape): [string, string][] {
  const tags: unknown = input['Tags'] ?? [];
  if (!Array.isArray(tags) || tags.length > GROUP_TAGS_MAX) throw validation(`Tags must be a list of at most ${GROUP_TAGS_MAX}.`);
  return (tags as AwsShape[]).map((tag) => [requiredText(tag ?? {}, 'Key', 128), requiredText(tag ?? {}, 'Value', 256)]);
}

export function createTagOperations(store: ScheduleStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [String(input['ResourceArn'] ?? '*')];
  const groupOf = (input: AwsShape): GroupRecord => {
    const arn = requiredText(input, 'ResourceArn');
    const group = store.groupByArn(arn);
    if (group === undefined) throw notFound(`Schedule group ${arn}`);
    return group;
  };
  return {
    TagResource: {
      handle(input) {
        const { tags } = groupOf(input);
        for (const [key, value] of readTags(input)) tags.set(key, value);
        return {};
      },
      resources,
    },
    UntagResource: {
      handle(input) {
        const { tags } = groupOf(input);
        const keys: unknown = input['TagKeys'];
        for (const key of Array.isArray(keys) ? (keys as unknown[]) : []) tags.delete(String(key));
        return {};
      },
      resources,
    },
    ListTagsForResource: { handle: (input) => ({ Tags: [...groupOf(input).tags].map(([Key, Value]) => ({ Key, Value })) }), resources },
  };
}
