// Reads the states of a deployment's alarms.
import type { AwsShape } from '../../region.ts';
import type { EffectContext } from './effect-context.ts';
import { DeploymentFailure } from './role-calls.ts';

/**
 * The names of the alarms that are in ALARM.
 * @throws DeploymentFailure when an alarm does not exist: its state cannot be known, so this counts as a failed poll (unverified).
 */
export async function raisedAlarms(context: EffectContext): Promise<string[]> {
  const names = context.deployment.plan.alarms?.names ?? [];
  const answer = await context.call('monitoring', 'DescribeAlarms', { AlarmNames: [...names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
  const alarms = [...((answer['MetricAlarms'] as AwsShape[] | undefined) ?? []), ...((answer['CompositeAlarms'] as AwsShape[] | undefined) ?? [])];
  const raised = names.filter((name) => alarms.some((alarm) => alarm['AlarmName'] === name && alarm['StateValue'] === 'ALARM'));
  if (raised.length > 0) return raised;
  const missing = names.filter((name) => !alarms.some((alarm) => alarm['AlarmName'] === name));
  if (missing.length > 0) {
    throw new DeploymentFailure(
      'CODEDEPLOY_RESOURCE_CANNOT_BE_FOUND',
      `The state of these Amazon CloudWatch alarms cannot be retrieved, and the affected deployments have been stopped: ${missing.join(', ')}`,
    );
  }
  return [];
}
