// TagResource, UntagResource and ListTagsForResource, for everything here that has tags.
import { copyShape } from '../copy-shape.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { Tag } from './ecs-records.ts';
import { type EcsParts, type EcsWorld, findService, findTask, findTaskDefinition, findTaskSet } from './ecs-world.ts';
import { invalidParameter, requiredText, text, texts } from './input-members.ts';
import { mergedTags, tagsOf } from './tag-list.ts';

export function tagOperations({ world }: EcsParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [text(input, 'resourceArn') ?? '*'];
  return {
    TagResource: {
      resources,
      handle: (input) => {
        const tagged = taggedResource(world, input);
        tagged.tags = mergedTags(tagged.tags, tagsOf(input));
        return {};
      },
    },
    UntagResource: {
      resources,
      handle: (input) => {
        const tagged = taggedResource(world, input);
        const keys = new Set(texts(input, 'tagKeys'));
        tagged.tags = tagged.tags.filter((tag) => !keys.has(tag.key));
        return {};
      },
    },
    ListTagsForResource: { resources, handle: (input) => ({ tags: copyShape(taggedResource(world, input).tags) }) },
  };
}

function taggedResource(world: EcsWorld, input: AwsShape): { tags: Tag[] } {
  const arn = requiredText(input, 'resourceArn', 'ResourceArn cannot be empty.');
  const [, type = '', path = ''] = /^arn:[^:]+:ecs:[^:]+:[^:]+:([a-z-]+)\/(.+)$/.exec(arn) ?? [];
  const [clusterName = '', name = '', ...rest] = path.split('/');
  const cluster = world.clusters.get(clusterName);
  const service = cluster?.services.get(name);
  const found: Record<string, () => { tags: Tag[] } | undefined> = {
    cluster: () => cluster,
    service: () => (cluster === undefined ? undefined : findService(cluster, arn)),
    task: () => (cluster === undefined ? undefined : findTask(cluster, arn)),
    'task-definition': () => findTaskDefinition(world, arn),
    'task-set': () => (service === undefined ? undefined : findTaskSet(service, rest.join('/'))),
  };
  const find = Object.hasOwn(found, type) ? found[type] : undefined;
  if (find === undefined) throw invalidParameter('Invalid resource ARN.');
  const resource = find();
  if (resource === undefined) throw new AwsError('ResourceNotFoundException', 'The specified resource was not found.');
  return resource;
}
