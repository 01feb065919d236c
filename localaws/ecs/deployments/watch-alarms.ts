// The alarms of a deployment: asked for again and again while it goes on and bakes. One that is in ALARM at the start is left
// out for the whole deployment, as on AWS.
import type { AwsShape } from '../../region.ts';
import { ECS_PRINCIPAL } from '../ecs-world.ts';
import { DEPLOYMENT_ALARM_POLL_MS } from '../limits.ts';
import { type DeploymentRun, touch } from './deployment-run.ts';

/** Begins to watch; the returned function ends it. */
export function watchAlarms(run: DeploymentRun): () => void {
  const { world, deployment } = run;
  const { alarms, configuration } = deployment;
  if (alarms.status !== 'MONITORING') return () => undefined;
  const { clock } = world.region;
  let watched: readonly string[] | undefined;
  let isEnded = false;
  let timer = clock.schedule(0, poll, 'ecs deployment alarms');

  function poll(): void {
    look()
      // Throttled or failed: ECS documents a delay, not an end.
      .catch((error: unknown) => world.region.log('ecs', `alarms of ${deployment.arn}: ${String(error)}`))
      .finally(() => {
        if (!isEnded) timer = clock.schedule(DEPLOYMENT_ALARM_POLL_MS, poll, 'ecs deployment alarms');
      });
  }

  async function look(): Promise<void> {
    const red = await namesInAlarm(run);
    if (isEnded) return;
    if (watched === undefined) {
      watched = alarms.names.filter((name) => !red.has(name));
      return;
    }
    const triggered = watched.filter((name) => red.has(name));
    if (triggered.length === 0) return;
    alarms.triggered = triggered;
    alarms.status = 'TRIGGERED';
    touch(run);
    const rollsBack = configuration['alarms']?.['rollback'] === true;
    const reason = `Service deployment ${rollsBack ? 'rolled back' : 'failed'} because of one or more active alarms.`;
    isEnded = true;
    run.end({ kind: 'Failed', reason, rollsBack, monitor: 'Alarms' });
  }

  return () => {
    isEnded = true;
    timer.cancel();
  };
}

async function namesInAlarm({ world, deployment }: DeploymentRun): Promise<ReadonlySet<string>> {
  const input = { AlarmNames: [...deployment.alarms.names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] };
  const answer = await world.region.call('monitoring', 'DescribeAlarms', input, ECS_PRINCIPAL);
  const alarms = [...((answer['MetricAlarms'] as AwsShape[] | undefined) ?? []), ...((answer['CompositeAlarms'] as AwsShape[] | undefined) ?? [])];
  return new Set(alarms.filter((alarm) => alarm['StateValue'] === 'ALARM').map((alarm) => String(alarm['AlarmName'])));
}
