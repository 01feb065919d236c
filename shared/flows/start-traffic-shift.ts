// Step StartTrafficShift: auto scaling out of the way, then the driver's deployment, started or adopted.

import { driverTarget, readManifest } from '#contracts/stored-manifest.ts';
import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { type Deployment, isTerminal, type Plan } from '#core/deployment/deployment.ts';
import { driverName } from '#core/deployment/driver-kind.ts';
import { WATCH_SECONDS } from '#core/deployment/watch.ts';
import { slotWaitSeconds } from '#core/preflight/plan.ts';
import type { RollingMonitors } from '#ports/deployment-driver.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { recordEvents } from './change-deployment.ts';
import { loadHeld } from './held-deployment.ts';
import { withdrawn } from './withdrawn.ts';

export async function startTrafficShift(ports: Ports, input: WorkflowInput): Promise<StepAnswer> {
  const held = await loadHeld(ports, input);
  if (held === undefined) return stop;
  const { deployment } = held;
  if (isTerminal(deployment.status)) return { next: { kind: 'conclude' } };
  if (deployment.shift !== undefined) return { next: { kind: 'watch', waitSeconds: WATCH_SECONDS }, signals: held.signals };
  const { plan, taskDefinitionArn } = deployment;
  if (plan === undefined || taskDefinitionArn === undefined) throw new PermanentError('StartTrafficShift ran before RegisterTaskDefinition');
  const service = await ports.services.load(input.serviceKey);
  if (service === undefined) return stop;
  const manifest = readManifest(service.record.manifest);

  const ready = await suspendScaling(ports, held, manifest.cluster, manifest.service);
  const started = await ports.driver.start({
    deploymentId: deployment.id,
    serviceKey: deployment.serviceKey,
    target: driverTarget(manifest),
    taskDefinitionArn,
    launch: plan.launch,
    strategy: plan.settings.strategy,
    ...(plan.settings.approval === undefined ? {} : { approval: plan.settings.approval }),
    configurationName: plan.configurationName,
    ...(plan.rolling === undefined ? {} : { rolling: monitorsOf(plan) }),
    // An abort that came before the driver began still ends it quietly; one that began is adopted and then rolled back.
    onlyAdopt: withdrawn(ready.deployment) !== undefined,
  });
  switch (started.kind) {
    case 'started':
    case 'adopted':
      await recordEvents(ports, ready, [{ type: 'TrafficShiftStarted', driverDeploymentId: started.driverDeploymentId, adopted: started.kind === 'adopted' }]);
      return { next: { kind: 'watch', waitSeconds: WATCH_SECONDS }, signals: ready.signals };
    case 'notStarted':
      await recordEvents(ports, ready, [withdrawn(ready.deployment) ?? { type: 'Concluded', status: 'Failed', reason: 'withdrawn before it began' }]);
      return { next: { kind: 'conclude' } };
    case 'slotTaken':
      return awaitSlot(ports, ready, plan, started.holder);
    case 'refused':
      await recordEvents(ports, ready, [
        { type: 'Concluded', status: 'Failed', reason: `${driverName(plan.driver)} refused the deployment: ${started.reason}` },
      ]);
      return { next: { kind: 'conclude' } };
  }
}

/** ECS watches the same limits as Weir, for a Weir that is not there. */
function monitorsOf({ settings }: Plan): RollingMonitors {
  const { crashThreshold, resetOnHealthy = false, health, bakeTimeMinutes } = settings;
  return { crashThreshold, resetOnHealthy, alarms: health.alarms, bakeTimeMinutes };
}

/** The previous state is on record before anything is suspended: whatever crashes, it can be put back. */
async function suspendScaling(ports: Ports, held: VersionedDeployment, cluster: string, service: string): Promise<VersionedDeployment> {
  const previous = held.deployment.scaling?.previous ?? (await ports.scaling.read(cluster, service));
  if (previous === undefined) return held;
  const recorded = held.deployment.scaling === undefined ? await recordEvents(ports, held, [{ type: 'ScalingSuspended', previous }]) : held;
  await ports.scaling.set(cluster, service, { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true });
  return recorded;
}

async function awaitSlot(ports: Ports, held: VersionedDeployment, plan: Plan, holder: string): Promise<StepAnswer> {
  const limit = plan.settings.waitForSlotMinutes;
  if (waitedTooLong(held.deployment, limit, ports.now())) {
    await recordEvents(ports, held, [
      { type: 'Concluded', status: 'Failed', reason: `the service was taken by ${holder} for longer than waitForSlotMinutes (${limit})` },
    ]);
    return { next: { kind: 'conclude' } };
  }
  await recordEvents(ports, held, [{ type: 'SlotAwaited', holder }]);
  return { next: { kind: 'waitForSlot', waitSeconds: slotWaitSeconds(held.deployment.waitingForSlotSince, ports.now()) } };
}

function waitedTooLong(deployment: Deployment, limitMinutes: number, now: number): boolean {
  return deployment.waitingForSlotSince !== undefined && now >= deployment.waitingForSlotSince + limitMinutes * 60_000;
}
