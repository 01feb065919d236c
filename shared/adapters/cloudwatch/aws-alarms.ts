// Alarm states from CloudWatch.
import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { PermanentError } from '#ports/errors.ts';
import type { Alarms } from '#ports/health-sources.ts';
import { callAws } from '../operating-error.ts';

/** CloudWatch's limit of names in one call; the manifest allows no more. */
const NAMES_MAX = 100;

export function createAwsAlarms(client: CloudWatchClient): Alarms {
  return {
    async inAlarm(names) {
      const answer = await callAws('describe alarms', () =>
        client.send(new DescribeAlarmsCommand({ AlarmNames: names.slice(0, NAMES_MAX), AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: NAMES_MAX })),
      );
      const alarms = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
      const missing = names.filter((name) => !alarms.some((alarm) => alarm.AlarmName === name));
      if (missing.length > 0) throw new PermanentError(`alarm ${missing.join(', ')} does not exist`);
      return alarms.flatMap((alarm) => (alarm.StateValue === 'ALARM' && alarm.AlarmName !== undefined ? [alarm.AlarmName] : []));
    },
  };
}
