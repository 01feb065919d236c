// AWS::Events::* and AWS::Scheduler::*: what happens when.
import type { AwsShape } from '../../region.ts';
import { documentText, pick, type ResourceKind } from '../resource-kind.ts';
import { TemplateError } from '../template-error.ts';

/** Targets that one PutTargets call takes. */
const TARGETS_PER_CALL = 10;

const RULE: ResourceKind = {
  service: 'events',
  required: [],
  optional: ['Name', 'Description', 'EventBusName', 'EventPattern', 'RoleArn', 'ScheduleExpression', 'State', 'Tags', 'Targets'],
  async make(properties, context) {
    const name = String(properties['Name'] ?? context.newName(64));
    const bus = pick(properties, ['EventBusName']);
    const { RuleArn: arn } = await context.call('events', 'PutRule', {
      ...pick(properties, ['Description', 'RoleArn', 'ScheduleExpression', 'State', 'Tags']),
      ...bus,
      Name: name,
      ...(properties['EventPattern'] === undefined ? {} : { EventPattern: documentText(properties['EventPattern']) }),
    });
    const targets = (properties['Targets'] ?? []) as AwsShape[];
    for (let from = 0; from < targets.length; from += TARGETS_PER_CALL) {
      const answer = await context.call('events', 'PutTargets', { ...bus, Rule: name, Targets: targets.slice(from, from + TARGETS_PER_CALL) });
      if (Number(answer['FailedEntryCount'] ?? 0) > 0) throw new TemplateError(`PutTargets refused: ${JSON.stringify(answer['FailedEntries'])}`);
    }
    const busName = properties['EventBusName'] as unknown;
    const isDefaultBus = busName === undefined || busName === 'default';
    return { physicalId: isDefaultBus ? name : `${String(busName)}|${name}`, attributes: { Arn: arn } };
  },
};

const SCHEDULE: ResourceKind = {
  service: 'scheduler',
  required: ['FlexibleTimeWindow', 'ScheduleExpression', 'Target'],
  optional: ['Name', 'Description', 'EndDate', 'GroupName', 'KmsKeyArn', 'ScheduleExpressionTimezone', 'StartDate', 'State'],
  async make(properties, context) {
    const name = String(properties['Name'] ?? context.newName(64));
    const { ScheduleArn: arn } = await context.call('scheduler', 'CreateSchedule', { ...properties, Name: name });
    return { physicalId: name, attributes: { Arn: arn } };
  },
};

export const EVENT_KINDS: Readonly<Record<string, ResourceKind>> = { 'AWS::Events::Rule': RULE, 'AWS::Scheduler::Schedule': SCHEDULE };
