// The whole work of ECS's lifecycle hook: find whose deployment it is, decide what its stage asks, answer. ECS asks again while the
// answer is "not yet", so no function waits for the world to change.
import { type LifecycleHookRequest, movesTraffic } from '#contracts/lifecycle-hook-request.ts';
import { type Deployment, isTerminal, type LifecycleHook, type Plan } from '#core/deployment/deployment.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { evaluateHook } from './evaluate-hook.ts';
import { guardStep } from './guard-step.ts';
import { signalRunning } from './signal-deployment.ts';

/** later: ECS asks again after `delaySeconds`. */
export type LifecycleDecision =
  | { readonly answer: 'Succeeded' | 'Failed'; readonly reason: string }
  | { readonly answer: 'later'; readonly reason: string; readonly delaySeconds: number };

const LOOK_AGAIN_SECONDS = 15;
/** Where only a person can change something. */
const LOOK_AGAIN_SECONDS_HELD = 300;
/** ECS ends a stage after a day; until then nobody but ECS asks its hooks again. Source: ECS developer guide, lifecycle stages. */
const STAGE_MILLISECONDS_MAX = 86_400_000;

const passed = (reason: string): LifecycleDecision => ({ answer: 'Succeeded', reason });
const failed = (reason: string): LifecycleDecision => ({ answer: 'Failed', reason });
const later = (reason: string, delaySeconds = LOOK_AGAIN_SECONDS): LifecycleDecision => ({ answer: 'later', reason, delaySeconds });

/** @param deadline epoch milliseconds by which the function must have returned */
export async function answerLifecycleHook(ports: Ports, request: LifecycleHookRequest, deadline: number): Promise<LifecycleDecision> {
  if (movesTraffic(request.stage)) {
    return passed(request.targetPercent === 0 ? 'a rollback must not be held up' : 'a move under way is not judged; what comes before the next one is');
  }
  const known = await loadNamed(ports, request);
  if (known !== undefined) return decideForOwn(ports, known, request, deadline);
  const { serviceKey, deploymentId } = await ports.driver.ownerOf(request.serviceDeploymentArn);
  if (serviceKey === undefined || deploymentId === undefined) return passed('not a deployment of Weir: it is not judged here');
  const loaded = await ports.deployments.load(serviceKey, deploymentId);
  // The mark names a deployment whose record cannot be seen: that is doubt, and the next look may see it.
  if (loaded === undefined) throw new RetryableError(`deployment ${deploymentId} of ${serviceKey} is not on record`);
  const { deployment } = loaded;
  if (deployment.shift !== undefined && deployment.shift.driverDeploymentId !== request.serviceDeploymentArn) {
    if (isToBeAdopted(deployment)) {
      await signalRunning(ports, serviceKey, { source: 'hook', note: `asked by ${request.serviceDeploymentArn}` });
      return later('somebody else deploys the same: it is adopted first');
    }
    return passed(`another deployment of what ${deploymentId} deployed: it is not judged here`);
  }
  return decideForOwn(ports, loaded, request, deadline);
}

/** The deployment that the hook names, where its record names the hook's in turn: ECS need not be asked whose it is. */
async function loadNamed(ports: Ports, { named, serviceDeploymentArn }: LifecycleHookRequest): Promise<VersionedDeployment | undefined> {
  const loaded = named === undefined ? undefined : await ports.deployments.load(named.serviceKey, named.deploymentId);
  return loaded?.deployment.shift?.driverDeploymentId === serviceDeploymentArn ? loaded : undefined;
}

async function decideForOwn(ports: Ports, loaded: VersionedDeployment, request: LifecycleHookRequest, deadline: number): Promise<LifecycleDecision> {
  return goingBack(loaded.deployment) ?? (await decideStage(ports, loaded, request, deadline));
}

/** Until the watch loop has seen that ECS stopped the shift for it, nothing is decided. */
function isToBeAdopted({ status, plan, rollback }: Deployment): boolean {
  return plan?.onOutsideDeployment === 'adopt' && !isTerminal(status) && rollback === undefined;
}

/** A shift that ended, or whose traffic goes back, never moves forward. */
function goingBack({ status, rollback, outcome }: Deployment): LifecycleDecision | undefined {
  if (rollback?.mode === 'freeze') return later('stopped where it stands: blue has no healthy target', LOOK_AGAIN_SECONDS_HELD);
  if (isTerminal(status))
    return status === 'Succeeded' ? passed('the deployment has succeeded') : failed(`the deployment is already ${status}: ${outcome?.reason ?? ''}`);
  return rollback === undefined ? undefined : failed('the deployment is being rolled back');
}

async function decideStage(ports: Ports, loaded: VersionedDeployment, request: LifecycleHookRequest, deadline: number): Promise<LifecycleDecision> {
  const { plan } = loaded.deployment;
  if (plan === undefined) return failed('the deployment has no plan');
  const { targetPercent = 0 } = request;
  switch (request.stage) {
    case 'PRE_SCALE_UP':
      return decideOnce(ports, loaded, 'BeforeInstall', request, deadline);
    case 'POST_SCALE_UP':
      return decideOnce(ports, loaded, 'AfterInstall', request, deadline);
    case 'POST_TEST_TRAFFIC_SHIFT':
      return decideOnce(ports, loaded, 'AfterAllowTestTraffic', request, deadline);
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
      if (targetPercent > 0) return decideMove(ports, loaded.deployment, plan, request.targetPercent);
      return firstMove(ports, loaded, plan, request, deadline);
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return keepBlue(ports, loaded, plan, request, deadline);
    default:
      return passed(`nothing is decided at ${request.stage}`);
  }
}

/** The last gate before production traffic, then the weights: nobody may have moved them while green came up. */
async function firstMove(ports: Ports, loaded: VersionedDeployment, plan: Plan, request: LifecycleHookRequest, deadline: number): Promise<LifecycleDecision> {
  const gate = await decideOnce(ports, loaded, 'BeforeAllowTraffic', request, deadline);
  return gate.answer === 'Succeeded' ? decideMove(ports, loaded.deployment, plan, request.targetPercent) : gate;
}

async function decideMove(ports: Ports, deployment: Deployment, plan: Plan, expectedPercent: number | undefined): Promise<LifecycleDecision> {
  const decision = await guardStep(ports, deployment, plan, expectedPercent);
  if (decision.kind === 'goOn') return passed(decision.reason);
  if (decision.kind === 'hold') return later(decision.reason);
  return decision.kind === 'goBack' ? failed(decision.reason) : later(decision.reason, LOOK_AGAIN_SECONDS_HELD);
}

/** Blue stays until the bake's verdict is on record; ECS deletes it as soon as this stage is over. */
async function keepBlue(ports: Ports, loaded: VersionedDeployment, plan: Plan, request: LifecycleHookRequest, deadline: number): Promise<LifecycleDecision> {
  const first = await decideOnce(ports, loaded, 'AfterAllowTraffic', request, deadline);
  if (first.answer !== 'Succeeded') return first;
  // ECS names no weights at this stage: all traffic is green's.
  const move = await decideMove(ports, loaded.deployment, plan, 100);
  if (move.answer !== 'Succeeded') return move;
  return loaded.deployment.shift?.blueReleasedAt === undefined ? later('blue is kept until the bake is over') : passed('the bake is over: blue may go');
}

/** A gate is decided once; its answer is on record for the function that asks again. */
async function decideOnce(
  ports: Ports,
  loaded: VersionedDeployment,
  hook: LifecycleHook,
  request: LifecycleHookRequest,
  deadline: number,
): Promise<LifecycleDecision> {
  const { executionId, serviceDeploymentArn: driverDeploymentId } = request;
  const nextTryAt = ports.now() + STAGE_MILLISECONDS_MAX;
  const { serviceKey, id } = loaded.deployment;
  const isNew = (newest: Deployment): boolean => newest.hooks[hook]?.executionId !== executionId;
  const receipt = { type: 'HookReceived', hook, executionId, driverDeploymentId, nextTryAt } as const;
  const received = await changeDeployment(ports, serviceKey, id, (newest) => (isNew(newest) ? [receipt] : []), loaded);
  const known = received?.deployment.hooks[hook];
  if (received === undefined || known === undefined) throw new RetryableError(`deployment ${id} of ${serviceKey} is not on record`);
  if (known.answer !== undefined) return { answer: known.answer, reason: known.reason ?? '' };
  const { answer, reason, written = received } = await evaluateHook(ports, received.deployment, hook, deadline);
  if (answer === 'later') {
    const postponed = { type: 'HookPostponed', hook, reason, nextTryAt } as const;
    await changeDeployment(ports, serviceKey, id, (newest) => (newest.hooks[hook]?.reason === reason ? [] : [postponed]), written);
    return later(reason);
  }
  // With ECS to answer is to report: what is returned is what ECS is told.
  const answered = [{ type: 'HookAnswered', hook, answer, reason } as const, { type: 'HookReported', hook } as const];
  await changeDeployment(ports, serviceKey, id, () => answered, written);
  if (answer === 'Failed') await signalRunning(ports, serviceKey, { source: 'hook', note: `${hook}: ${reason}` });
  return { answer, reason };
}
