// Deployments of ECS's own controller: start or adopt, observe, stop, continue. Everything here can be repeated.
import { APPROVAL_MINUTES_MAX, type ApprovalRules } from '#core/approval/approval.ts';
import type { ShiftObservation } from '#core/deployment/shift-observation.ts';
import { APPROVAL_STAGE } from '#core/deployment/watch-approval.ts';
import type { DeploymentGroupObservation } from '#core/preflight/plan.ts';
import type { DriverCapabilities } from '#core/rollout/driver-capabilities.ts';
import { ecsTrafficConfiguration } from '#core/strategy/ecs-configuration.ts';
import type { DeploymentDriver, DriverTarget, StartedShift, StartShift } from '#ports/deployment-driver.ts';
import type { EcsDeployments, NativeDeployment, NativePause } from '#ports/ecs-deployments.ts';
import { PermanentError, RetryableError } from '#ports/errors.ts';
import { listenerOfRule } from './listener-of-rule.ts';
import { serviceOfDeployment } from './service-deployment-arn.ts';

/**
 * Source: ECS developer guide, blue/green, linear, canary and rolling deployments. Going back is one step there too. Of several
 * target groups Weir compares the first; rolling deployments need no load balancer.
 */
export const ecsCapabilities: DriverCapabilities = {
  strategies: ['canary', 'linear', 'allAtOnce', 'adaptive', 'rolling'],
  holdsAtStep: true,
  shiftsBackGradually: false,
  hooksPerStep: true,
  severalTargetGroups: false,
  worksWithoutLoadBalancer: true,
};

/** The stage at which green has all production traffic and Weir's hook keeps blue. */
const BLUE_KEPT_STAGE = 'POST_PRODUCTION_TRAFFIC_SHIFT';
/** Statuses of a deployment that has come to its end. Source: ECS API, ServiceDeploymentStatus. */
const OVER = new Set(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']);
/** Newest deployments among which an earlier try's is looked for: between two tries there is hardly ever another. */
const LOOKED_BACK_MAX = 5;

export function createEcsDriver(ecs: EcsDeployments): DeploymentDriver {
  return {
    observeGroup: (target, deploymentId) => observeGroup(ecs, requireEcs(target), deploymentId),
    start: (request) => start(ecs, requireEcs(request.target), request),
    observe: (id) => observe(ecs, id),
    async stop(id, mode) {
      // ABORT leaves the weights where they are. Where it is not available the hook before the next step holds them there.
      const answer = await ecs.stop(id, mode === 'toBlue' ? 'ROLLBACK' : 'ABORT');
      return answer === 'over' ? 'atRest' : 'stopping';
    },
    endTerminationWait: async () => undefined,
    async continueReady(id) {
      const deployment = await ecs.deployment(id);
      for (const hookId of deployment?.pauses ?? []) await ecs.continue(id, hookId);
    },
    async ownerOf(id) {
      const deployment = await ecs.deployment(id);
      const mark = deployment === undefined ? undefined : await ownMark(ecs, deployment);
      // A rollback has no deployment of its own here: it is the same one, going back.
      return { serviceKey: mark?.serviceKey, deploymentId: mark?.deploymentId, isRollback: false };
    },
    answerHook: async () => {
      throw new PermanentError('a lifecycle hook of ECS is answered by what its function returns');
    },
  };
}

type EcsTarget = Extract<DriverTarget, { kind: 'ecs' }>;

function requireEcs(target: DriverTarget): EcsTarget {
  if (target.kind === 'ecs') return target;
  throw new PermanentError('the ecs driver was asked for a CodeDeploy deployment group');
}

async function observeGroup(ecs: EcsDeployments, target: EcsTarget, deploymentId: string): Promise<DeploymentGroupObservation | undefined> {
  const found = await ecs.service(target.cluster, target.service);
  if (found === undefined) return undefined;
  const [route] = found.routes;
  const active = await running(ecs, target);
  const owner = active === undefined ? undefined : await ownMark(ecs, active);
  return {
    cluster: target.cluster,
    service: target.service,
    targetGroupArns: route === undefined ? [] : [route.targetGroupArn, route.alternateTargetGroupArn],
    productionListenerArn: route && listenerOfRule(route.productionRuleArn),
    ...(route === undefined ? {} : { productionRuleArn: route.productionRuleArn }),
    testListenerArn: route?.testRuleArn === undefined ? undefined : listenerOfRule(route.testRuleArn),
    // Blue is kept by Weir's hook, not by a wait of the service's own.
    terminationWaitMinutes: 0,
    terminatesBlue: false,
    active: active === undefined ? undefined : { id: active.arn, isOurs: owner?.deploymentId === deploymentId },
  };
}

/** As the service names it; else by the list, for whether a service names one that ended long ago is unverified. */
async function newestOf(ecs: EcsDeployments, { cluster, service }: Pick<EcsTarget, 'cluster' | 'service'>): Promise<string | undefined> {
  return (await ecs.service(cluster, service))?.newestDeployment ?? (await ecs.newest(cluster, service))[0];
}

async function running(ecs: EcsDeployments, target: EcsTarget): Promise<NativeDeployment | undefined> {
  const arn = await newestOf(ecs, target);
  const deployment = arn === undefined ? undefined : await ecs.deployment(arn);
  return deployment === undefined || OVER.has(deployment.status) ? undefined : deployment;
}

/**
 * The mark of a deployment of ours. The hook it is written in stays in the service's configuration, so that a later deployment of
 * somebody else's carries it too: only together with the task definition it names is it ours.
 */
async function ownMark(ecs: EcsDeployments, { mark, targetRevisionArn }: NativeDeployment): Promise<NativeDeployment['mark']> {
  if (mark === undefined) return undefined;
  return (await ecs.taskDefinitionOf(targetRevisionArn)) === mark.taskDefinitionArn ? mark : undefined;
}

async function start(ecs: EcsDeployments, target: EcsTarget, request: StartShift): Promise<StartedShift> {
  const { cluster, service } = target;
  const before = await findOurs(ecs, target, request);
  if (before !== undefined) return { kind: 'adopted', driverDeploymentId: before.arn };
  if (request.onlyAdopt) return { kind: 'notStarted' };
  // ECS would stop the other one for ours. It has no way to ask for a start only if nothing runs: somebody who starts between this
  // look and the call below is still stopped.
  const active = await running(ecs, target);
  if (active !== undefined) return { kind: 'slotTaken', holder: `service deployment ${active.arn}` };
  const mark = { deploymentId: request.deploymentId, serviceKey: request.serviceKey, taskDefinitionArn: request.taskDefinitionArn };
  const { taskDefinitionArn, launch } = request;
  const answer = await ecs.start({
    cluster,
    service,
    taskDefinitionArn,
    traffic: ecsTrafficConfiguration(request.strategy),
    mark,
    ...(request.approval === undefined || request.strategy.kind === 'rolling' ? {} : { pause: pauseOf(request.approval) }),
    ...(request.rolling === undefined ? {} : { monitors: request.rolling }),
    ...(launch.capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy: launch.capacityProviderStrategy }),
  });
  if (answer.kind === 'refused') return answer;
  const started = await findOurs(ecs, target, request);
  // The list may show it only a little later; the next try adopts it.
  if (started === undefined) throw new RetryableError(`ECS took the update of ${cluster}/${service} and shows no service deployment for it yet`);
  return { kind: 'started', driverDeploymentId: started.arn };
}

/** How much longer ECS waits than Weir, minutes: its own end of the wait is only for a Weir that is not there any more. */
const PAUSE_MARGIN_MINUTES = 5;

function pauseOf({ timeoutMinutes, onTimeout }: ApprovalRules): NativePause {
  return {
    stage: APPROVAL_STAGE,
    timeoutMinutes: Math.min(APPROVAL_MINUTES_MAX, timeoutMinutes + PAUSE_MARGIN_MINUTES),
    onTimeout: onTimeout === 'goOn' ? 'CONTINUE' : 'ROLLBACK',
  };
}

async function findOurs(ecs: EcsDeployments, { cluster, service }: EcsTarget, request: StartShift): Promise<NativeDeployment | undefined> {
  const newest = (await ecs.service(cluster, service))?.newestDeployment;
  const listed = await ecs.newest(cluster, service);
  const arns = [...new Set([...(newest === undefined ? [] : [newest]), ...listed])].slice(0, LOOKED_BACK_MAX);
  for (const arn of arns) {
    const deployment = await ecs.deployment(arn);
    if (deployment === undefined) continue;
    if (request.strategy.kind === 'rolling') {
      if (await isOursByDefinition(ecs, deployment, request)) return deployment;
      continue;
    }
    if (deployment.mark?.deploymentId !== request.deploymentId) continue;
    if ((await ownMark(ecs, deployment)) !== undefined) return deployment;
  }
  return undefined;
}

/**
 * A rolling deployment gets no hook, so that nothing carries Weir's mark: whether ECS takes function hooks with it is not documented.
 * The task definition was registered for this deployment; one that is over may be of an earlier try of the same image.
 */
async function isOursByDefinition(ecs: EcsDeployments, { status, targetRevisionArn }: NativeDeployment, request: StartShift): Promise<boolean> {
  return !OVER.has(status) && (await ecs.taskDefinitionOf(targetRevisionArn)) === request.taskDefinitionArn;
}

async function observe(ecs: EcsDeployments, id: string): Promise<ShiftObservation | undefined> {
  const deployment = await ecs.deployment(id);
  if (deployment === undefined) return undefined;
  const { status, stage, statusReason } = deployment;
  const base = {
    phase: stage ?? status,
    waitsBeforeBlueEnds: status === 'IN_PROGRESS' && stage === BLUE_KEPT_STAGE,
    failure: isFailure(status) ? (statusReason ?? `it is ${status}`) : undefined,
    rollback: rollbackOf(deployment),
  };
  switch (status) {
    case 'SUCCESSFUL':
      return { ...base, status: 'succeeded' };
    case 'STOPPED':
    case 'STOP_REQUESTED':
      return stopped(ecs, deployment, base);
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
      return { ...base, status: 'failed' };
    default:
      // A status this version does not know counts as running: it is neither success nor failure.
      return deployment.pauses.length > 0 ? { ...base, status: 'ready', pausedAt: base.phase } : { ...base, status: 'running' };
  }
}

function isFailure(status: string): boolean {
  return status.startsWith('ROLLBACK_') || status === 'STOPPED' || status === 'STOP_REQUESTED';
}

/** Source: ECS developer guide: a newer UpdateService stops the deployment that runs. */
async function stopped(ecs: EcsDeployments, deployment: NativeDeployment, base: Omit<ShiftObservation, 'status'>): Promise<ShiftObservation> {
  const service = serviceOfDeployment(deployment.arn);
  const newest = service === undefined ? undefined : await newestOf(ecs, service);
  const other = newest === undefined || newest === deployment.arn ? {} : { takenOverBy: await describeOther(ecs, deployment, newest) };
  return { ...base, status: deployment.status === 'STOPPED' ? 'stopped' : 'running', ...other };
}

async function describeOther(ecs: EcsDeployments, own: NativeDeployment, arn: string): Promise<NonNullable<ShiftObservation['takenOverBy']>> {
  const other = await ecs.deployment(arn);
  const [ours, theirs] = await Promise.all([own, other].map((one) => (one === undefined ? undefined : ecs.taskDefinitionOf(one.targetRevisionArn))));
  const deploysTheSame = ours !== undefined && ours === theirs;
  return { driverDeploymentId: arn, name: `service deployment ${arn}`, deploysTheSame, isOver: other === undefined || OVER.has(other.status) };
}

function rollbackOf({ arn, status }: NativeDeployment): ShiftObservation['rollback'] {
  if (status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS') return { id: arn, status: 'running' };
  if (status === 'ROLLBACK_SUCCESSFUL') return { id: arn, status: 'succeeded' };
  return status === 'ROLLBACK_FAILED' ? { id: arn, status: 'failed' } : undefined;
}
