// A CloudWatch alarm on green's error rate as CodeDeploy and ECS deployments use it: M of the last N one-minute datapoints over a fixed
// threshold. AWS has no default for it; 1 of 1 and 2 of 3 at 1 % are the usual choices.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html (evaluation of alarms)
import type { Bin, Decider, Run } from '../decider.ts';

export interface AlarmRule {
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  /** The alarm is on errors / requests being greater than this, percent. */
  readonly thresholdPercent: number;
  /** Minutes after which nobody listens to the alarm any more; absent: as long as the deployment is watched. */
  readonly watchedMinutes?: number;
}

export function cloudWatchAlarm(name: string, rule: AlarmRule): Decider {
  return { name, start: () => alarmRun(rule) };
}

function alarmRun(rule: AlarmRule): Run {
  const breaching: boolean[] = [];
  return {
    observe({ minute, green }: Bin) {
      if (minute >= (rule.watchedMinutes ?? Number.POSITIVE_INFINITY)) return 'goOn';
      // A minute without requests is a missing datapoint (errors / requests has no value). With the default treatment the alarm then
      // looks further back, at the most recent datapoints that exist; M breaching ones suffice even before there are N.
      if (green.requests === 0) return 'goOn';
      breaching.push((100 * green.errors) / green.requests > rule.thresholdPercent);
      if (breaching.length > rule.evaluationPeriods) breaching.shift();
      return breaching.filter(Boolean).length >= rule.datapointsToAlarm ? 'rollBack' : 'goOn';
    },
  };
}

export const cloudWatchOneOfOne = cloudWatchAlarm('CloudWatch 1 of 1 > 1 %', { datapointsToAlarm: 1, evaluationPeriods: 1, thresholdPercent: 1 });

export const cloudWatchTwoOfThree = cloudWatchAlarm('CloudWatch 2 of 3 > 1 %', { datapointsToAlarm: 2, evaluationPeriods: 3, thresholdPercent: 1 });
