// One look at everything that tells how a running deployment is doing. What cannot be read is undefined: doubt, never health.
import type { Deployment, Plan, ShiftState } from '#core/deployment/deployment.ts';
import { type ProductionWeights, trafficShare, type WatchObservation } from '#core/deployment/watch.ts';
import { type HealthVerdict, judgeHealth } from '#core/health/health.ts';
import type { TargetHealth } from '#ports/load-balancer.ts';
import type { Ports } from '#ports/ports.ts';

export async function observeDeployment(ports: Ports, deployment: Deployment, plan: Plan, shift: ShiftState): Promise<WatchObservation> {
  const pair = [plan.blue.targetGroupArn, plan.greenTargetGroupArn];
  const [observedShift, weights, blueTargets, greenTargets, crashes] = await Promise.all([
    attempt(ports, 'the CodeDeploy deployment', () => ports.driver.observe(shift.driverDeploymentId)),
    attempt(ports, 'the production listener', () => ports.loadBalancer.weights(plan.productionListenerArn, pair)),
    attempt(ports, "blue's targets", () => ports.loadBalancer.targetHealth(plan.blue.targetGroupArn)),
    attempt(ports, "green's targets", () => ports.loadBalancer.targetHealth(plan.greenTargetGroupArn)),
    attempt(ports, 'the crash count', () => ports.crashes.read(deployment.serviceKey, deployment.taskDefinitionArn ?? '')),
  ]);
  return {
    shift: observedShift,
    weights,
    blueHealthyTargets: blueTargets?.checked === true ? blueTargets.healthy : undefined,
    verdict: await observeHealth(ports, plan, shift, weights, greenTargets),
    // An unreadable count cannot end a deployment; the next look reads it again.
    crashes: crashes ?? { count: 0, lastReason: '' },
  };
}

/** Health of green as it stands now; also asked by the AfterAllowTraffic hook. */
export async function observeHealth(
  ports: Ports,
  plan: Plan,
  shift: ShiftState,
  weights: ProductionWeights,
  greenTargets: TargetHealth | undefined,
): Promise<HealthVerdict> {
  const now = ports.now();
  const rules = plan.settings.health;
  const greenPercent = trafficShare(weights, plan.greenTargetGroupArn) ?? shift.greenPercent;
  const from = Math.max(shift.firstTrafficAt ?? now, now - (rules.windowMinutes + 3) * 60_000);
  const [traffic, alarmsInAlarm] = await Promise.all([
    shift.firstTrafficAt === undefined
      ? { blue: [], green: [] }
      : attempt(ports, 'the metrics', () =>
          ports.metrics.traffic({
            blueTargetGroupArn: plan.blue.targetGroupArn,
            greenTargetGroupArn: plan.greenTargetGroupArn,
            listenerArn: plan.productionListenerArn,
            // Only minutes that began after green got production traffic: the same metrics count what came through the test listener,
            // the failed attempts of smoke checks included.
            from: Math.ceil(from / 60_000) * 60_000,
            to: now,
            percentile: rules.latency?.percentile,
          }),
        ),
    rules.alarms.length === 0 ? [] : attempt(ports, 'the alarms', () => ports.alarms.inAlarm(rules.alarms)),
  ]);
  return judgeHealth(
    rules,
    {
      greenMinutes: traffic?.green,
      blueMinutes: traffic?.blue,
      greenTargets: greenTargets?.checked === true ? greenTargets : undefined,
      desiredCount: plan.desiredCount,
      greenPercent,
      alarmsInAlarm,
    },
    now,
  );
}

async function attempt<T>(ports: Ports, what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    ports.log.warn(`could not read ${what}; holding`, { error: String(error) });
    return undefined;
  }
}
