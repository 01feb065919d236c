// What the Scheduler remembers.

import type { Timer } from '../clock/clock.ts';
import type { Schedule } from '../eventbridge/schedule/schedule-expression.ts';
import type { AwsShape } from '../region.ts';

export interface ScheduleSettings {
  readonly description: string | undefined;
  readonly expression: string;
  readonly timezone: string;
  readonly plan: Schedule;
  readonly startDate: number | undefined;
  readonly endDate: number | undefined;
  readonly isEnabled: boolean;
  /** Minutes of the flexible window; 0 when it is off. */
  readonly windowMinutes: number;
  readonly actionAfterCompletion: 'NONE' | 'DELETE';
  readonly kmsKeyArn: string | undefined;
  /** As given; checked. */
  readonly target: AwsShape;
}

export interface ScheduleRecord {
  readonly name: string;
  readonly groupName: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  settings: ScheduleSettings;
  timer: Timer | undefined;
}

export interface GroupRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  readonly schedules: Map<string, ScheduleRecord>;
}
