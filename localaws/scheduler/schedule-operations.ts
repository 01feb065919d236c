// Operations on schedules. An update replaces everything: what is left out goes back to its default.
import type { AwsShape, Operation, Region } from '../region.ts';
import { conflict, oneOf, pageOf, requiredName, text } from './request-checks.ts';
import type { ScheduleRecord } from './schedule-records.ts';
import type { ScheduleRunner } from './schedule-runner.ts';
import { readSettings } from './schedule-settings.ts';
import type { ScheduleStore } from './schedule-store.ts';

export function createScheduleOperations(region: Region, store: ScheduleStore, runner: ScheduleRunner): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [store.arnOf(input)];
  return {
    CreateSchedule: {
      handle(input) {
        const name = requiredName(input, 'Name');
        const group = store.groupOf(input);
        const settings = readSettings(input);
        if (group.schedules.has(name)) throw conflict(`Schedule ${name} already exists.`);
        const now = region.clock.now();
        const arn = region.arn('scheduler', `schedule/${group.name}/${name}`);
        const schedule: ScheduleRecord = { name, groupName: group.name, arn, createdAt: now, modifiedAt: now, settings, timer: undefined };
        store.add(schedule);
        runner.start(schedule);
        return { ScheduleArn: arn };
      },
      resources,
    },
    GetSchedule: { handle: (input) => described(store.scheduleOf(input)), resources },
    UpdateSchedule: {
      handle(input) {
        const schedule = store.scheduleOf(input);
        const settings = readSettings(input);
        runner.stop(schedule);
        Object.assign(schedule, { settings, modifiedAt: region.clock.now() });
        runner.start(schedule);
        return { ScheduleArn: schedule.arn };
      },
      resources,
    },
    DeleteSchedule: {
      handle(input) {
        const schedule = store.scheduleOf(input);
        runner.stop(schedule);
        store.remove(schedule);
        return {};
      },
      resources,
    },
    ListSchedules: {
      handle(input) {
        const prefix = text(input, 'NamePrefix') ?? '';
        const state = oneOf(input, 'State', ['ENABLED', 'DISABLED']);
        const among = text(input, 'GroupName') === undefined ? store.all() : [...store.groupOf(input).schedules.values()];
        const listed = among.filter((schedule) => schedule.name.startsWith(prefix) && (state === undefined || stateOf(schedule) === state));
        const { page, NextToken } = pageOf(listed, input, ({ arn }) => arn);
        return { Schedules: page.map(summary), ...NextToken };
      },
      resources: (input) => [region.arn('scheduler', `schedule/${String(input['GroupName'] ?? '*')}/*`)],
    },
  };
}

function stateOf({ settings }: ScheduleRecord): 'ENABLED' | 'DISABLED' {
  return settings.isEnabled ? 'ENABLED' : 'DISABLED';
}

function summary(schedule: ScheduleRecord): AwsShape {
  return {
    Arn: schedule.arn,
    Name: schedule.name,
    GroupName: schedule.groupName,
    State: stateOf(schedule),
    CreationDate: new Date(schedule.createdAt),
    LastModificationDate: new Date(schedule.modifiedAt),
    Target: { Arn: schedule.settings.target['Arn'] },
  };
}

function described(schedule: ScheduleRecord): AwsShape {
  const { settings } = schedule;
  const dateOf = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));
  return {
    ...summary(schedule),
    ActionAfterCompletion: settings.actionAfterCompletion,
    Description: settings.description,
    StartDate: dateOf(settings.startDate),
    EndDate: dateOf(settings.endDate),
    FlexibleTimeWindow: settings.windowMinutes === 0 ? { Mode: 'OFF' } : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: settings.windowMinutes },
    KmsKeyArn: settings.kmsKeyArn,
    ScheduleExpression: settings.expression,
    ScheduleExpressionTimezone: settings.timezone,
    Target: { ...settings.target, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185, ...settings.target['RetryPolicy'] } },
  };
}
