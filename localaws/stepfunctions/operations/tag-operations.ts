// Tags of state machines.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../../region.ts';
import { TAGS_MAX } from '../limits.ts';
import { requiredText, validationError } from './request-checks.ts';
import type { StateMachine, StateMachineStore } from './state-machine-store.ts';

/** Adds tags `[{key, value}]` to a state machine. @throws AwsError for more than AWS allows. */
export function addTags(machine: StateMachine, tags: unknown): void {
  if (tags === undefined || tags === null) return;
  if (!Array.isArray(tags)) throw new AwsError('SerializationException', 'tags must be a list');
  const added = tags.map((tag: AwsShape | null): [string, string] => {
    const [key, value]: [unknown, unknown] = [tag?.['key'], tag?.['value'] ?? ''];
    if (typeof key !== 'string' || key.length < 1 || key.length > 128) throw validationError(key, 'tags', 'Tag keys must have 1 to 128 characters');
    if (typeof value !== 'string' || value.length > 256) throw validationError(value, 'tags', 'Tag values must have at most 256 characters');
    return [key, value];
  });
  const count = new Set([...machine.tags.keys(), ...added.map(([key]) => key)]).size;
  if (count > TAGS_MAX) throw new AwsError('TooManyTags', `Too many tags: a resource can have at most ${TAGS_MAX}`, { members: { resourceName: machine.arn } });
  for (const [key, value] of added) machine.tags.set(key, value);
}

export function tagOperations(machines: StateMachineStore): Record<string, Operation> {
  const machineOf = (input: AwsShape): StateMachine => {
    const arn = requiredText(input, 'resourceArn', 256);
    const machine = machines.find(arn);
    if (machine === undefined) throw new AwsError('ResourceNotFound', `Resource not found: '${arn}'`, { members: { resourceName: arn } });
    return machine;
  };
  const resources = (input: AwsShape): string[] => [typeof input['resourceArn'] === 'string' ? input['resourceArn'] : '*'];
  return {
    TagResource: {
      resources,
      handle(input) {
        const machine = machineOf(input);
        if (input['tags'] === undefined) throw validationError(undefined, 'tags', 'Member must not be null');
        addTags(machine, input['tags']);
        return {};
      },
    },
    UntagResource: {
      resources,
      handle(input) {
        const machine = machineOf(input);
        const keys: unknown = input['tagKeys'];
        if (!Array.isArray(keys)) throw validationError(undefined, 'tagKeys', 'Member must not be null');
        for (const key of keys) machine.tags.delete(String(key));
        return {};
      },
    },
    ListTagsForResource: {
      resources,
      handle: (input) => ({ tags: [...machineOf(input).tags].map(([key, value]) => ({ key, value })) }),
    },
  };
}
