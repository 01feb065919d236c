// AddTags, RemoveTags, DescribeTags, and the tags given at creation.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import { TAGGED_RESOURCES_PER_CALL_MAX, TAGS_PER_RESOURCE_MAX } from './limits.ts';
import { type LoadBalancing, listenerOf, loadBalancerOf, ruleOf, targetGroupOf } from './load-balancing-state.ts';
import { requiredText, shapes, text, texts, validationError } from './request-members.ts';

/** The tags of a request, checked before anything is made. */
export function parseTags(input: AwsShape): ReadonlyMap<string, string> {
  const pairs = shapes(input, 'Tags').map((tag) => [requiredText(tag, 'Key'), text(tag, 'Value') ?? ''] as const);
  const tags = new Map(pairs);
  if (tags.size < pairs.length) throw new AwsError('DuplicateTagKeys', 'A tag key was specified more than once');
  if (tags.size > TAGS_PER_RESOURCE_MAX) throw new AwsError('TooManyTags', `The maximum number of tags for a resource is ${TAGS_PER_RESOURCE_MAX}`);
  const reserved = [...tags.keys()].find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined) throw validationError(`Tag keys starting with 'aws:' are reserved for system use: '${reserved}'`);
  return tags;
}

function checkResource(state: LoadBalancing, arn: string): void {
  if (arn.includes(':loadbalancer/')) loadBalancerOf(state, arn);
  else if (arn.includes(':targetgroup/')) targetGroupOf(state, arn);
  else if (arn.includes(':listener-rule/')) ruleOf(state, arn);
  else if (arn.includes(':listener/')) listenerOf(state, arn);
  else throw validationError(`'${arn}' is not a valid ARN of a taggable resource`);
}

function resourceArns(state: LoadBalancing, input: AwsShape): string[] {
  const arns = texts(input, 'ResourceArns');
  if (arns.length === 0) throw validationError('At least one resource ARN must be specified');
  if (arns.length > TAGGED_RESOURCES_PER_CALL_MAX) throw validationError(`At most ${TAGGED_RESOURCES_PER_CALL_MAX} resources can be specified`);
  for (const arn of arns) checkResource(state, arn);
  return arns;
}

const judged = (input: AwsShape): string[] => texts(input, 'ResourceArns');

export function tagOperations(state: LoadBalancing): Readonly<Record<string, Operation>> {
  return {
    AddTags: {
      resources: judged,
      handle(input) {
        const arns = resourceArns(state, input);
        const tags = parseTags(input);
        if (tags.size === 0) throw validationError('At least one tag must be specified');
        const merged = arns.map((arn) => [arn, new Map([...(state.tags.get(arn) ?? []), ...tags])] as const);
        if (merged.some(([, all]) => all.size > TAGS_PER_RESOURCE_MAX)) {
          throw new AwsError('TooManyTags', `The maximum number of tags for a resource is ${TAGS_PER_RESOURCE_MAX}`);
        }
        for (const [arn, all] of merged) state.tags.set(arn, all);
        return {};
      },
    },
    RemoveTags: {
      resources: judged,
      handle(input) {
        const keys = texts(input, 'TagKeys');
        if (keys.length === 0) throw validationError('At least one tag key must be specified');
        for (const arn of resourceArns(state, input)) for (const key of keys) state.tags.get(arn)?.delete(key);
        return {};
      },
    },
    DescribeTags: {
      handle(input) {
        return {
          TagDescriptions: resourceArns(state, input).map((arn) => ({
            ResourceArn: arn,
            Tags: [...(state.tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value })),
          })),
        };
      },
    },
  };
}
