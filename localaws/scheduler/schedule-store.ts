// The groups there are, with their schedules.
import type { AwsShape, Region } from '../region.ts';
import { GROUPS_MAX, SCHEDULES_MAX } from './limits.ts';
import { conflict, notFound, quota, requiredName, text } from './request-checks.ts';
import type { GroupRecord, ScheduleRecord } from './schedule-records.ts';

export interface ScheduleStore {
  all(): ScheduleRecord[];
  groups(): GroupRecord[];
  /** The group a request names, `default` when it names none. @throws AwsError ResourceNotFoundException */
  groupOf(input: AwsShape, member?: string): GroupRecord;
  groupByArn(arn: string): GroupRecord | undefined;
  addGroup(name: string, tags: Map<string, string>): GroupRecord;
  removeGroup(group: GroupRecord): void;
  /** @throws AwsError ResourceNotFoundException */
  scheduleOf(input: AwsShape): ScheduleRecord;
  add(schedule: ScheduleRecord): void;
  remove(schedule: ScheduleRecord): void;
  arnOf(input: AwsShape): string;
}

export function createScheduleStore(region: Region): ScheduleStore {
  const groups = new Map<string, GroupRecord>();
  const group = (name: string, tags: Map<string, string>): GroupRecord => ({
    name,
    arn: region.arn('scheduler', `schedule-group/${name}`),
    createdAt: region.clock.now(),
    tags,
    schedules: new Map(),
  });
  groups.set('default', group('default', new Map()));
  const all = (): ScheduleRecord[] => [...groups.values()].flatMap(({ schedules }) => [...schedules.values()]);
  const groupOf = (input: AwsShape, member = 'GroupName'): GroupRecord => {
    const name = text(input, member) ?? 'default';
    const found = groups.get(name);
    if (found === undefined) throw notFound(`Schedule group ${name}`);
    return found;
  };
  return {
    all,
    groups: () => [...groups.values()],
    groupOf,
    groupByArn: (arn) => [...groups.values()].find((candidate) => candidate.arn === arn),
    addGroup(name, tags) {
      if (groups.has(name)) throw conflict(`Schedule group ${name} already exists.`);
      if (groups.size >= GROUPS_MAX) throw quota(`There can be ${GROUPS_MAX} schedule groups.`);
      const made = group(name, tags);
      groups.set(name, made);
      return made;
    },
    removeGroup: ({ name }) => {
      groups.delete(name);
    },
    scheduleOf(input) {
      const name = requiredName(input, 'Name');
      const found = groupOf(input).schedules.get(name);
      if (found === undefined) throw notFound(`Schedule ${name}`);
      return found;
    },
    add(schedule) {
      if (all().length >= SCHEDULES_MAX) throw quota(`localaws: there can be ${SCHEDULES_MAX} schedules.`);
      groups.get(schedule.groupName)?.schedules.set(schedule.name, schedule);
    },
    remove: ({ groupName, name }) => {
      groups.get(groupName)?.schedules.delete(name);
    },
    arnOf: (input) => region.arn('scheduler', `schedule/${String(input['GroupName'] ?? 'default')}/${String(input['Name'] ?? '*')}`),
  };
}
