// Tags of rules and event buses.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { EventBusState } from './event-bus-state.ts';
import { limitExceeded, listOf, requiredText } from './input-members.ts';
import { TAGS_PER_RESOURCE_MAX } from './limits.ts';

const TAG_KEY = /^[\s\S]{1,128}$/;

/** The tags of a request, the last of a key counting. @throws AwsError ValidationException */
export function checkedTags(given: unknown): Map<string, string> {
  const tags = new Map(listOf(given).map((tag) => [requiredText(tag, 'Key', TAG_KEY), String(tag['Value'] ?? '')]));
  if (tags.size > TAGS_PER_RESOURCE_MAX) throw limitExceeded(`${TAGS_PER_RESOURCE_MAX} tags on a resource`);
  return tags;
}

export function createTagOperations(state: EventBusState): Readonly<Record<string, Operation>> {
  const resources = (input: AwsShape): string[] => [String(input['ResourceARN'] ?? '*')];
  return {
    TagResource: {
      resources,
      handle(input) {
        const arn = taggable(state, input);
        const tags = new Map([...(state.tags.get(arn) ?? []), ...checkedTags(input['Tags'])]);
        if (tags.size > TAGS_PER_RESOURCE_MAX) throw limitExceeded(`${TAGS_PER_RESOURCE_MAX} tags on a resource`);
        state.tags.set(arn, tags);
        return {};
      },
    },
    UntagResource: {
      resources,
      handle(input) {
        const tags = state.tags.get(taggable(state, input));
        for (const key of Array.isArray(input['TagKeys']) ? input['TagKeys'] : []) tags?.delete(String(key));
        return {};
      },
    },
    ListTagsForResource: {
      resources,
      handle: (input) => ({ Tags: [...(state.tags.get(taggable(state, input)) ?? [])].map(([Key, Value]) => ({ Key, Value })) }),
    },
  };
}

function taggable(state: EventBusState, input: AwsShape): string {
  const arn = requiredText(input, 'ResourceARN');
  for (const bus of state.buses.values()) {
    if (bus.arn === arn || [...bus.rules.values()].some((rule) => rule.arn === arn)) return arn;
  }
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  throw new AwsError(
    'ResourceNotFoundException',
    arn.includes(':rule/') ? `Rule ${name} does not exist on EventBus default.` : `Event bus ${name} does not exist.`,
  );
}
