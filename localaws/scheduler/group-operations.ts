// Operations on schedule groups. Deleting a group deletes its schedules.
import type { AwsShape, Operation, Region } from '../region.ts';
import { pageOf, requiredName, text, validation } from './request-checks.ts';
import type { GroupRecord } from './schedule-records.ts';
import type { ScheduleRunner } from './schedule-runner.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { readTags } from './tag-operations.ts';

export function createGroupOperations(region: Region, store: ScheduleStore, runner: ScheduleRunner): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [region.arn('scheduler', `schedule-group/${String(input['Name'] ?? '*')}`)];
  return {
    CreateScheduleGroup: {
      handle: (input) => ({ ScheduleGroupArn: store.addGroup(requiredName(input, 'Name'), new Map(readTags(input))).arn }),
      resources,
    },
    GetScheduleGroup: {
      handle(input) {
        requiredName(input, 'Name');
        return described(store.groupOf(input, 'Name'));
      },
      resources,
    },
    DeleteScheduleGroup: {
      handle(input) {
        if (requiredName(input, 'Name') === 'default') throw validation('Default schedule group cannot be deleted.');
        const group = store.groupOf(input, 'Name');
        for (const schedule of group.schedules.values()) runner.stop(schedule);
        store.removeGroup(group);
        return {};
      },
      resources,
    },
    ListScheduleGroups: {
      handle(input) {
        const prefix = text(input, 'NamePrefix') ?? '';
        const { page, NextToken } = pageOf(
          store.groups().filter(({ name }) => name.startsWith(prefix)),
          input,
          ({ name }) => name,
        );
        return { ScheduleGroups: page.map(described), ...NextToken };
      },
    },
  };
}

function described({ name, arn, createdAt }: GroupRecord): AwsShape {
  return { Name: name, Arn: arn, State: 'ACTIVE', CreationDate: new Date(createdAt), LastModificationDate: new Date(createdAt) };
}
