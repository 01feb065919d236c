// Alarms by name, and those that watch a service's own metrics.
import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmFacts } from '#core/inspection/service-facts.ts';
import { ALARMS_LOOKED_AT_MAX, type MetricDimensions } from '#ports/inspection.ts';
import { callAws } from '../operating-error.ts';

/** CloudWatch's limit of one page and of names in one call. */
const PAGE_SIZE = 100;

export async function inspectAlarms(client: CloudWatchClient, names: readonly string[]): Promise<readonly AlarmFacts[]> {
  if (names.length === 0) return [];
  const answer = await callAws('describe alarms', () =>
    client.send(new DescribeAlarmsCommand({ AlarmNames: names.slice(0, PAGE_SIZE), AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: PAGE_SIZE })),
  );
  return [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])].flatMap(factsOf);
}

export async function inspectAlarmsOn(client: CloudWatchClient, metrics: readonly MetricDimensions[]): Promise<readonly AlarmFacts[]> {
  const found: AlarmFacts[] = [];
  let nextToken: string | undefined;
  for (let looked = 0; looked < ALARMS_LOOKED_AT_MAX; looked += PAGE_SIZE) {
    const page = await callAws('describe alarms', () =>
      client.send(
        new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm'], MaxRecords: PAGE_SIZE, ...(nextToken === undefined ? {} : { NextToken: nextToken }) }),
      ),
    );
    found.push(...(page.MetricAlarms ?? []).filter((alarm) => !scales(alarm) && watches(alarm, metrics)).flatMap(factsOf));
    nextToken = page.NextToken;
    if (nextToken === undefined) break;
  }
  return found;
}

function factsOf({ AlarmName, StateValue }: { AlarmName?: string | undefined; StateValue?: string | undefined }): AlarmFacts[] {
  return AlarmName === undefined ? [] : [{ name: AlarmName, state: StateValue ?? 'INSUFFICIENT_DATA' }];
}

/** Alarms of scaling policies are red as a matter of course. Source: Application Auto Scaling user guide, target tracking alarms. */
function scales({ AlarmName = '', AlarmActions = [] }: MetricAlarm): boolean {
  return AlarmName.startsWith('TargetTracking-') || AlarmActions.some((action) => action.includes(':autoscaling:'));
}

function watches({ Dimensions = [], Metrics = [] }: MetricAlarm, wanted: readonly MetricDimensions[]): boolean {
  const watched = [Dimensions, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric?.Dimensions ?? [])];
  return watched.some((given) =>
    wanted.some((names) => Object.entries(names).every(([name, value]) => given.some(({ Name, Value }) => Name === name && Value === value))),
  );
}
