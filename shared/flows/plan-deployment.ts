// Step Plan: observe the service, its deployment group, image and listener, and decide whether and how to deploy.

import type { Manifest } from '#contracts/manifest.ts';
import { deploymentSettings, driverTarget, planTarget, readManifest } from '#contracts/stored-manifest.ts';
import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { trialStrategy, withStrategy } from '#core/deployment/adjust-settings.ts';
import { type DeploymentEvent, isTerminal } from '#core/deployment/deployment.ts';
import { remedyLaunch, remedySettings } from '#core/deployment/remedy-settings.ts';
import type { Baseline } from '#core/health/evidence.ts';
import { type DeploymentGroupObservation, decidePlan, type PlanObservation, slotWaitSeconds } from '#core/preflight/plan.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { approvedBefore, askBeforeStart } from './approve-before-start.ts';
import { recordEvents } from './change-deployment.ts';
import { loadHeld } from './held-deployment.ts';
import { healthyTargets } from './observe-deployment.ts';
import { withdrawn } from './withdrawn.ts';

export async function planDeployment(ports: Ports, input: WorkflowInput): Promise<StepAnswer> {
  const held = await loadHeld(ports, input);
  if (held === undefined) return stop;
  const { deployment } = held;
  if (isTerminal(deployment.status)) return { next: { kind: 'conclude' } };
  const service = await ports.services.load(input.serviceKey);
  if (service === undefined) return stop;
  const ended = withdrawn(deployment);
  if (ended !== undefined) {
    await recordEvents(ports, held, [ended]);
    return { next: { kind: 'conclude' } };
  }
  if (deployment.plan !== undefined) return { next: { kind: 'registerTaskDefinition' } };
  const approval = await approvedBefore(ports, held);
  if (approval.kind === 'answer') return approval.answer;

  const manifest = readManifest(service.record.manifest);
  const trial = trialOf(service.record, deployment.id);
  const asApplied = deploymentSettings(manifest, service.record.manifestVersion);
  const settings = trial === undefined ? asApplied : withStrategy(asApplied, trialStrategy(asApplied.strategy));
  const observed = await observe(ports, manifest, input.deploymentId, deployment.request);
  const { remedy } = deployment.request;
  const seen = {
    hasTestListener: observed.group?.testListenerArn !== undefined || observed.group?.productionRuleArn !== undefined,
    alarmsInAlarm: observed.alarmsInAlarm,
  };
  const wanted = remedySettings(settings, remedy, seen);
  const decision = decidePlan(deployment, wanted, planTarget(manifest), observed, ports.now());
  // CodeDeploy's hooks end after an hour, and a rolling deployment has no stage before its first task: it is asked for before it begins, and only what can be deployed is asked for.
  const isUnpausable = manifest.driver.kind === 'codedeploy' || wanted.strategy.kind === 'rolling';
  const mustAsk = isUnpausable && wanted.approval !== undefined && deployment.approval === undefined;
  if (decision.kind === 'planned' && mustAsk) return askBeforeStart(ports, approval.held, wanted.approval);
  const events: DeploymentEvent[] = [];
  if (decision.kind === 'planned') {
    const launch = remedyLaunch(decision.plan.launch, remedy);
    events.push({ type: 'Planned', plan: { ...decision.plan, launch, ...(trial === undefined ? {} : { trial }) } });
  }
  if (decision.kind === 'waitForSlot') events.push({ type: 'SlotAwaited', holder: decision.holder });
  if (decision.kind === 'refuse') events.push({ type: 'Concluded', status: 'Failed', reason: decision.problems.join('; ') });
  await recordEvents(ports, approval.held, events);
  if (decision.kind === 'planned') return { next: { kind: 'registerTaskDefinition' } };
  if (decision.kind === 'waitForSlot') return { next: { kind: 'waitForSlot', waitSeconds: slotWaitSeconds(deployment.waitingForSlotSince, ports.now()) } };
  return { next: { kind: 'conclude' } };
}

/** Why the half-open circuit breaker tries this deployment; undefined when it is not the one. */
function trialOf(record: ServiceRecord, id: string): string | undefined {
  const { state } = breakerOf(record);
  return state.kind === 'halfOpen' && state.trial === id ? state.reason : undefined;
}

async function observe(
  ports: Ports,
  manifest: Manifest,
  deploymentId: string,
  request: { registry: string; repository: string; digest: string },
): Promise<PlanObservation> {
  const [service, group, image] = await Promise.all([
    ports.ecs.describeService(manifest.cluster, manifest.service),
    ports.driver.observeGroup(driverTarget(manifest), deploymentId),
    ports.images.describe(request.registry, request.repository, request.digest),
  ]);
  const blue = service?.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  const listenerArn = group?.productionListenerArn;
  const route = group?.productionRuleArn ?? listenerArn;
  const [weights, blueTargets, document, alarmsInAlarm, baseline] = await Promise.all([
    route === undefined || group === undefined ? undefined : ports.loadBalancer.weights(route, group.targetGroupArns),
    blue?.targetGroupArn === undefined ? undefined : ports.loadBalancer.targetHealth(blue.targetGroupArn),
    blue === undefined ? undefined : ports.ecs.describeTaskDefinition(blue.taskDefinitionArn),
    manifest.health.alarms.length === 0 ? [] : readAlarms(ports, manifest.health.alarms),
    listenerArn === undefined || group === undefined ? undefined : readBaseline(ports, group, listenerArn),
  ]);
  const containers = (document?.['containerDefinitions'] ?? []) as readonly { name?: string; image?: string }[];
  return {
    service,
    group,
    image,
    weights,
    blueHealthyTargets: healthyTargets(blueTargets),
    containers: containers.map((container) => ({ name: container.name ?? '', image: container.image ?? '' })),
    alarmsInAlarm,
    baseline,
  };
}

/** Hours of blue before the deployment that green is judged with. */
const BASELINE_HOURS = 12;

/** Without a past the comparison has one witness less; it is no reason not to deploy. */
async function readBaseline(ports: Ports, group: DeploymentGroupObservation, listenerArn: string): Promise<Baseline | undefined> {
  const now = ports.now();
  try {
    return await ports.metrics.baseline({
      targetGroupArns: group.targetGroupArns,
      listenerArn,
      from: now - BASELINE_HOURS * 3_600_000,
      to: now,
    });
  } catch (error) {
    ports.log.warn("blue's metrics of the last hours could not be read", { error: String(error) });
    return undefined;
  }
}

/** A wrong alarm name must be a finding a person can read, not a crash. */
async function readAlarms(ports: Ports, names: readonly string[]): Promise<readonly string[] | undefined> {
  try {
    return await ports.alarms.inAlarm(names);
  } catch (error) {
    ports.log.warn('alarms could not be read', { names, error: String(error) });
    return undefined;
  }
}
