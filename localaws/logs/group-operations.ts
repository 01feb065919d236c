// Log groups: create, describe, delete, retention.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { groupName, groupOf, invalidMember, invalidParameter, judgedArn, nameOfArn, optionalString, page } from './inputs.ts';
import { GROUPS_MAX, PAGE_ITEMS_MAX } from './limits.ts';
import { expireEvents, type LogGroup, type LogState, removeStream } from './log-state.ts';
import { readTags } from './tag-operations.ts';

const CLASSES = ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'];
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

export function createGroupOperations(region: Region, state: LogState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [judgedArn(region, input)];
  return {
    CreateLogGroup: { resources, handle: (input) => createGroup(region, state, input) },
    DescribeLogGroups: { resources, handle: (input) => describeGroups(region, state, input) },
    DeleteLogGroup: {
      resources,
      handle(input) {
        const group = groupOf(region, state, { logGroupName: groupName(input) });
        if (group.deletionProtected) throw new AwsError('ValidationException', 'The log group has deletion protection enabled.');
        for (const stream of [...group.streams.values()]) removeStream(state, group, stream);
        state.groups.delete(group.name);
      },
    },
    PutRetentionPolicy: {
      resources,
      handle(input) {
        const group = groupOf(region, state, { logGroupName: groupName(input) });
        const days = Number(input['retentionInDays'] ?? Number.NaN);
        if (!RETENTION_DAYS.includes(days))
          throw invalidMember('retentionInDays', input['retentionInDays'], `Member must be one of ${RETENTION_DAYS.join(', ')}`);
        group.retentionInDays = days;
        expireEvents(state, group, region.clock.now());
      },
    },
    DeleteRetentionPolicy: {
      resources,
      handle(input) {
        groupOf(region, state, { logGroupName: groupName(input) }).retentionInDays = undefined;
      },
    },
    PutLogGroupDeletionProtection: {
      resources,
      handle(input) {
        const group = groupOf(region, state, input);
        if (typeof input['deletionProtectionEnabled'] !== 'boolean') throw invalidMember('deletionProtectionEnabled', undefined, 'Member must not be null');
        group.deletionProtected = input['deletionProtectionEnabled'];
      },
    },
  };
}

function createGroup(region: Region, state: LogState, input: AwsShape): undefined {
  const name = groupName(input);
  if (state.groups.has(name)) throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  if (state.groups.size >= GROUPS_MAX) throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
  const logGroupClass = optionalString(input, 'logGroupClass') ?? 'STANDARD';
  if (!CLASSES.includes(logGroupClass)) throw invalidMember('logGroupClass', logGroupClass, `Member must satisfy enum value set: [${CLASSES.join(', ')}]`);
  state.groups.set(name, {
    name,
    arn: region.arn('logs', `log-group:${name}`),
    creationTime: region.clock.now(),
    kmsKeyId: optionalString(input, 'kmsKeyId'),
    logGroupClass,
    retentionInDays: undefined,
    deletionProtected: input['deletionProtectionEnabled'] === true,
    tags: readTags(input['tags']),
    streams: new Map(),
  });
}

function describeGroups(region: Region, state: LogState, input: AwsShape): AwsShape {
  const prefix = optionalString(input, 'logGroupNamePrefix');
  const pattern = optionalString(input, 'logGroupNamePattern');
  const identifiers: unknown = input['logGroupIdentifiers'];
  const logGroupClass = optionalString(input, 'logGroupClass');
  if (prefix !== undefined && pattern !== undefined) {
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
  }
  const wanted = Array.isArray(identifiers) ? new Set(identifiers.map((identifier) => nameOfArn(region, String(identifier)))) : undefined;
  const found = [...state.groups.values()]
    .filter((group) => prefix === undefined || group.name.startsWith(prefix))
    .filter((group) => pattern === undefined || group.name.includes(pattern))
    .filter((group) => wanted === undefined || wanted.has(group.name))
    .filter((group) => logGroupClass === undefined || group.logGroupClass === logGroupClass)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, nextToken } = page(found, input, PAGE_ITEMS_MAX);
  return { logGroups: items.map((group) => groupShape(state, group, region.clock.now())), nextToken };
}

function groupShape(state: LogState, group: LogGroup, now: number): AwsShape {
  expireEvents(state, group, now);
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    retentionInDays: group.retentionInDays,
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    storedBytes: [...group.streams.values()].reduce((sum, stream) => sum + stream.bytes, 0),
    kmsKeyId: group.kmsKeyId,
    logGroupClass: group.logGroupClass,
    deletionProtectionEnabled: group.deletionProtected,
  };
}
