// What each lifecycle hook asks. One look; `later` means not decided yet.

import type { Manifest } from '#contracts/manifest.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import type { Deployment, LifecycleHook, Plan } from '#core/deployment/deployment.ts';
import { shiftedRoute } from '#core/deployment/step-state.ts';
import { checkSmokeAnswer } from '#core/health/smoke-check.ts';
import { isExempt } from '#core/service/freeze.ts';
import { holds } from '#core/service/service-record.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import type { HookDecision } from './decide-hook.ts';
import { healthyTargets, observeHealth } from './observe-deployment.ts';

/** For recording and reporting after a check that takes its time. */
const ANSWER_MARGIN_SECONDS = 30;
/** After this long on full traffic without enough evidence the hook passes: blue still stands, and the bake goes on judging. */
const FIRST_VERDICT_MINUTES_MAX = 10;

const passed = (reason: string): HookDecision => ({ answer: 'Succeeded', reason });
const failed = (reason: string): HookDecision => ({ answer: 'Failed', reason });
const later = (reason: string): HookDecision => ({ answer: 'later', reason });

export async function evaluateHook(ports: Ports, deployment: Deployment, hook: LifecycleHook, deadline: number): Promise<HookDecision> {
  if (deployment.rollback !== undefined) return failed('the deployment is being rolled back');
  const service = await ports.services.load(deployment.serviceKey);
  if (service === undefined) return failed('the service is not on record any more');
  if (!holds(service.record, deployment.id, deployment.fence)) return failed('this deployment does not hold its service any more');
  const { plan } = deployment;
  if (plan === undefined) return failed('the deployment has no plan');
  const manifest = readManifest(service.record.manifest);
  const own = await evaluateOwn(ports, deployment, plan, manifest, hook, isExempt(deployment.request) ? undefined : service.record.frozen);
  return own.answer === 'Succeeded' ? askUser(ports, deployment, manifest, hook, own, deadline) : own;
}

async function evaluateOwn(
  ports: Ports,
  deployment: Deployment,
  plan: Plan,
  manifest: Manifest,
  hook: LifecycleHook,
  frozen: string | undefined,
): Promise<HookDecision> {
  switch (hook) {
    case 'BeforeInstall':
      return passed('holds the service');
    case 'AfterInstall':
      return greenIsHealthy(ports, plan, deployment.hooks[hook]?.receivedAt, false);
    case 'AfterAllowTestTraffic':
      return smokeChecksPass(ports, deployment, plan, manifest);
    case 'BeforeAllowTraffic':
      return beforeTraffic(ports, deployment, plan, frozen);
    case 'AfterAllowTraffic':
      return firstVerdict(ports, deployment, plan);
  }
}

/** Minutes that green's targets get to become healthy once CodeDeploy calls them installed. */
const TARGETS_HEALTHY_MINUTES_MAX = 15;

async function greenIsHealthy(ports: Ports, plan: Plan, since: number | undefined, mustBeChecked: boolean): Promise<HookDecision> {
  const { healthy, total, checked } = await ports.loadBalancer.targetHealth(plan.greenTargetGroupArn);
  if (!checked && !mustBeChecked) return passed("green's target group is in no listener yet; its health is asked again before production traffic");
  const text = `${healthy} of ${plan.desiredCount} green targets are healthy`;
  if (checked && healthy >= plan.desiredCount) return passed(text);
  const overdue = since !== undefined && ports.now() >= since + TARGETS_HEALTHY_MINUTES_MAX * 60_000;
  return overdue ? failed(`${text} (${total} registered) after ${TARGETS_HEALTHY_MINUTES_MAX} minutes`) : later(text);
}

async function smokeChecksPass(ports: Ports, deployment: Deployment, plan: Plan, manifest: Manifest): Promise<HookDecision> {
  if (manifest.smokeChecks.length === 0) return passed('no smoke checks configured');
  if (plan.testListenerArn === undefined && manifest.testUrl === undefined)
    return failed('smoke checks are configured, but there is no test listener and no testUrl');
  const budget = manifest.smokeChecks.reduce((sum, check) => sum + check.attempts * (check.expect.maxMilliseconds + check.delaySeconds * 1000), 0);
  const written = await claimHook(ports, deployment, 'AfterAllowTestTraffic', 'smoke checks are running', budget);
  const base = manifest.testUrl ?? (await ports.loadBalancer.listenerUrl(plan.testListenerArn ?? ''));
  for (const check of manifest.smokeChecks) {
    let problem = '';
    for (let attempt = 1; attempt <= check.attempts; attempt++) {
      if (attempt > 1) await ports.sleep(check.delaySeconds * 1000);
      problem = await smokeProblem(ports, base, check);
      if (problem === '') break;
    }
    if (problem !== '') return { ...failed(`smoke check ${check.name}: ${problem} (${check.attempts} attempt(s))`), written };
  }
  return { ...passed(`${manifest.smokeChecks.length} smoke check(s) passed on the test listener`), written };
}

/** Nobody else may check the hook while this function is at something that takes its time. */
async function claimHook(
  ports: Ports,
  deployment: Deployment,
  hook: LifecycleHook,
  reason: string,
  milliseconds: number,
): Promise<VersionedDeployment | undefined> {
  const nextTryAt = ports.now() + milliseconds + ANSWER_MARGIN_SECONDS * 1000;
  return changeDeployment(ports, deployment.serviceKey, deployment.id, () => [{ type: 'HookPostponed', hook, reason, nextTryAt }]);
}

async function smokeProblem(ports: Ports, base: string, check: Manifest['smokeChecks'][number]): Promise<string> {
  try {
    const answer = await ports.probe.send({
      method: check.method,
      url: new URL(check.path, base).toString(),
      headers: check.headers,
      body: check.body,
      timeoutMilliseconds: check.expect.maxMilliseconds,
    });
    return checkSmokeAnswer(check.expect, answer) ?? '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function beforeTraffic(ports: Ports, deployment: Deployment, plan: Plan, frozen: string | undefined): Promise<HookDecision> {
  if (frozen !== undefined) return failed(`the service is frozen: ${frozen}`);
  if (deployment.abortRequest !== undefined) return failed(`aborted by ${deployment.abortRequest.by}: ${deployment.abortRequest.reason}`);
  if (deployment.supersededBy !== undefined) return failed(`a newer push (${deployment.supersededBy}) supersedes it`);
  // The last gate before production: with all-at-once this is the first time green's targets are checked at all.
  const targets = await greenIsHealthy(ports, plan, deployment.hooks.BeforeAllowTraffic?.receivedAt, plan.testListenerArn !== undefined);
  return targets.answer === 'Succeeded' ? passed(`still holds the service; ${targets.reason}`) : targets;
}

async function firstVerdict(ports: Ports, deployment: Deployment, plan: Plan): Promise<HookDecision> {
  const { shift } = deployment;
  if (shift === undefined) return later('the traffic shift is not on record yet');
  const pair = [plan.blue.targetGroupArn, plan.greenTargetGroupArn];
  const [weights, targets] = await Promise.all([
    ports.loadBalancer.weights(shiftedRoute(plan), pair),
    ports.loadBalancer.targetHealth(plan.greenTargetGroupArn),
  ]);
  const crashes = deployment.evidence?.crashesSeen ?? { blue: 0, green: 0 };
  const { verdict } = await observeHealth(ports, deployment, plan, shift, { weights, greenTargets: targets, crashes });
  const reason = verdict.reasons.join('; ');
  if (verdict.verdict === 'fail') {
    // A failed hook makes CodeDeploy go back by itself. Where nothing healthy is left to go back to, Assess stops it as it stands.
    const blue = healthyTargets(await ports.loadBalancer.targetHealth(plan.blue.targetGroupArn));
    return blue === 0 ? later(`${reason}; blue has no healthy target to go back to`) : failed(reason);
  }
  if (verdict.verdict === 'pass') return passed(reason);
  const since = deployment.hooks.AfterAllowTraffic?.receivedAt ?? ports.now();
  const limit = Math.min(FIRST_VERDICT_MINUTES_MAX, plan.settings.bakeTimeMinutes);
  if (ports.now() >= since + limit * 60_000) return passed(`nothing against green after ${limit} min (${reason}); the bake goes on`);
  return later(reason);
}

async function askUser(
  ports: Ports,
  deployment: Deployment,
  manifest: Manifest,
  hook: LifecycleHook,
  own: HookDecision,
  deadline: number,
): Promise<HookDecision> {
  const user = manifest.hooks[lowerFirst(hook)];
  if (user === undefined) return own;
  const seconds = Math.min(user.timeoutSeconds, Math.floor((deadline - ports.now()) / 1000));
  if (seconds < 1) return later(`no time left to ask ${user.function}`);
  const written = await claimHook(ports, deployment, hook, `waiting for ${user.function}`, seconds * 1000);
  const answer = await ports.userHook.invoke(
    user.function,
    {
      hook,
      deploymentId: deployment.id,
      service: deployment.serviceKey,
      image: { repository: deployment.request.repository, digest: deployment.request.digest, tag: deployment.request.tag ?? null },
      taskDefinitionArn: deployment.taskDefinitionArn ?? null,
    },
    seconds,
  );
  const decision =
    answer.answer === 'Succeeded'
      ? passed(`${own.reason}; ${user.function} says Succeeded: ${answer.reason}`)
      : failed(`${user.function} says Failed: ${answer.reason}`);
  return { ...decision, written };
}

function lowerFirst<T extends string>(text: T): Uncapitalize<T> {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}` as Uncapitalize<T>;
}
