// Drives deployments: gives signals to the state machine, performs the effects it asks for, keeps the timers. All decisions are
// in transition.ts.
import type { Region } from '../../region.ts';
import type { CodeDeployBehaviour } from '../behaviour.ts';
import { START_DELAY_MS } from '../limits.ts';
import type { Deployment } from '../model.ts';
import { raisedAlarms } from './check-alarms.ts';
import { createDeploymentTimers } from './deployment-timers.ts';
import type { EffectContext } from './effect-context.ts';
import { requireFacts } from './effect-context.ts';
import { invokeHook } from './hooks.ts';
import { inspectTarget } from './inspect-target.ts';
import type { ActingEffect, Effect, SideEffect, Signal } from './lifecycle.ts';
import { setRoute } from './listener-routes.ts';
import { DeploymentFailure, deploymentErrorOf, RoleCallError, roleCaller } from './role-calls.ts';
import { checkGreen, createGreen, deleteTaskSet, desiredCountChanged, promote, refreshTaskSets } from './task-sets.ts';
import { transition } from './transition.ts';

export interface LifecycleRunner {
  /** Starts a deployment that is already on record. */
  start(deployment: Deployment): void;
  send(deployment: Deployment, signal: Signal): void;
  /** Reads the task sets anew for whoever asks about the target; a failure leaves the last known counts. */
  refresh(deployment: Deployment): Promise<void>;
}

/** What the runner leaves to others. */
export interface LifecycleListeners {
  announce(deployment: Deployment, state: Extract<Effect, { kind: 'Announce' }>['state']): void;
  startRollback(triggering: Deployment): void;
  finished(deployment: Deployment): void;
}

export function createLifecycleRunner(region: Region, behaviour: CodeDeployBehaviour, listeners: LifecycleListeners): LifecycleRunner {
  const timers = createDeploymentTimers(region.clock);

  const contextOf = (deployment: Deployment): EffectContext => effectContext(region, behaviour, deployment);

  const run = (deployment: Deployment, effect: ActingEffect | SideEffect): void => {
    const { step } = deployment.lifecycle;
    perform(contextOf(deployment), effect, step).then(
      (signal) => {
        if (signal !== undefined) send(deployment, signal);
      },
      (error: unknown) => {
        const isExpected = error instanceof RoleCallError || error instanceof DeploymentFailure;
        if (!isExpected) region.log('codedeploy', `${deployment.id} ${effect.kind}: ${error instanceof Error ? error.stack : String(error)}`);
        send(deployment, { kind: 'EffectFailed', effect: effect.kind, step, error: deploymentErrorOf(error) });
      },
    );
  };

  const startTimer = (deployment: Deployment, { timer, delayMs }: Extract<Effect, { kind: 'StartTimer' }>): void => {
    const { step } = deployment.lifecycle;
    timers.start(deployment.id, timer, delayMs, () => send(deployment, { kind: 'TimerFired', timer, step }));
  };

  const obey = (deployment: Deployment, effect: Effect): void => {
    switch (effect.kind) {
      case 'StartTimer':
        startTimer(deployment, effect);
        return;
      case 'Announce':
        listeners.announce(deployment, effect.state);
        return;
      case 'StartRollback':
        listeners.startRollback(deployment);
        return;
      default:
        run(deployment, effect);
    }
  };

  const send = (deployment: Deployment, signal: Signal): void => {
    const before = deployment.lifecycle;
    const { lifecycle, effects } = transition(deployment.plan, before, signal, region.clock.now());
    deployment.lifecycle = lifecycle;
    if (lifecycle !== before) deployment.lastUpdatedAt = region.clock.now();
    if (lifecycle.step !== before.step) timers.cancelOfStep(deployment.id);
    if (lifecycle.completeTime !== undefined && before.completeTime === undefined) {
      timers.cancelAll(deployment.id);
      listeners.finished(deployment);
    }
    for (const effect of effects) obey(deployment, effect);
  };

  return {
    start(deployment) {
      region.clock.schedule(START_DELAY_MS, () => send(deployment, { kind: 'Started' }), `${deployment.id} start`);
    },
    send,
    async refresh(deployment) {
      const call = roleCaller(region, deployment.settings.serviceRoleArn, 1);
      await refreshTaskSets({ ...contextOf(deployment), call }).catch((error: unknown) => {
        region.log('codedeploy', `${deployment.id}: task set counts not refreshed: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
  };
}

function effectContext(region: Region, behaviour: CodeDeployBehaviour, deployment: Deployment): EffectContext {
  return { region, behaviour, deployment, call: roleCaller(region, deployment.settings.serviceRoleArn) };
}

/** Performs one effect and answers with the signal of its outcome. @throws DeploymentFailure, RoleCallError */
async function perform(context: EffectContext, effect: ActingEffect | SideEffect, step: number): Promise<Signal | undefined> {
  switch (effect.kind) {
    case 'CheckGreen':
      return { kind: 'GreenChecked', isSteady: await checkGreen(context), step };
    case 'CheckAlarms':
      return { kind: 'AlarmsChecked', raised: await raisedAlarms(context) };
    case 'CheckScaling':
      return { kind: 'ScalingChecked', hasChanged: await desiredCountChanged(context), step };
    case 'InvokeHook':
      await invokeHook(context, effect.event, effect.functionName);
      return undefined;
    default:
      await performActing(context, effect);
      return { kind: 'EffectSucceeded', effect: effect.kind, step };
  }
}

async function performActing(context: EffectContext, effect: ActingEffect): Promise<void> {
  switch (effect.kind) {
    case 'Inspect':
      return inspectTarget(context);
    case 'CreateGreen':
      return createGreen(context);
    case 'Promote':
      return promote(context);
    case 'DeleteTaskSet':
      return deleteTaskSet(context);
    default:
      return route(context, effect);
  }
}

async function route(context: EffectContext, effect: Extract<ActingEffect, { greenPercent: number }>): Promise<void> {
  const { deployment } = context;
  const { blueTargetGroup, greenTargetGroup } = requireFacts(deployment);
  const [pair] = deployment.settings.loadBalancerInfo.targetGroupPairInfoList;
  const isTest = effect.kind === 'RouteTest';
  const listenerArn = isTest ? pair.testTrafficRoute?.listenerArns[0] : pair.prodTrafficRoute.listenerArns[0];
  if (listenerArn === undefined) return;
  await setRoute(context.call, listenerArn, {
    blueArn: blueTargetGroup.arn,
    greenArn: greenTargetGroup.arn,
    greenPercent: effect.greenPercent,
    isExclusive: isTest || !deployment.plan.joinsProductionEarly,
  });
}
