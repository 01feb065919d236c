// Turns a group's settings and a deployment config into the fixed plan of one deployment.
import type { AwsShape } from '../../region.ts';
import type { AppSpec } from '../app-spec.ts';
import type { CodeDeployBehaviour } from '../behaviour.ts';
import type { AlarmConfiguration, AutoRollbackConfiguration, GroupSettings } from '../model.ts';
import type { LifecyclePlan, RollbackEvent, StepName, TrafficMove } from './lifecycle.ts';

const MINUTE_MS = 60_000;

/**
 * Canary: its percentage at once, the rest after the interval. Linear: equal steps, one each interval, the last one smaller.
 * All at once: 100.
 */
export function trafficMoves(trafficRoutingConfig: AwsShape | undefined): TrafficMove[] {
  const canary = trafficRoutingConfig?.['timeBasedCanary'] as AwsShape | undefined;
  if (trafficRoutingConfig?.['type'] === 'TimeBasedCanary' && canary !== undefined) {
    return [
      { greenPercent: canary['canaryPercentage'] as number, afterMs: 0 },
      { greenPercent: 100, afterMs: (canary['canaryInterval'] as number) * MINUTE_MS },
    ];
  }
  const linear = trafficRoutingConfig?.['timeBasedLinear'] as AwsShape | undefined;
  if (trafficRoutingConfig?.['type'] === 'TimeBasedLinear' && linear !== undefined) {
    const percentage = linear['linearPercentage'] as number;
    const count = Math.ceil(100 / percentage);
    return Array.from({ length: count }, (_, index) => ({
      greenPercent: Math.min(100, percentage * (index + 1)),
      afterMs: index === 0 ? 0 : (linear['linearInterval'] as number) * MINUTE_MS,
    }));
  }
  return [{ greenPercent: 100, afterMs: 0 }];
}

export interface ForwardOptions {
  readonly settings: GroupSettings;
  readonly appSpec: AppSpec;
  readonly trafficRoutingConfig: AwsShape | undefined;
  readonly alarms: AlarmConfiguration;
  readonly autoRollback: AutoRollbackConfiguration;
  readonly behaviour: CodeDeployBehaviour;
}

/** The plan of a deployment that brings a new task set into service. */
export function forwardPlan(options: ForwardOptions): LifecyclePlan {
  const { settings, appSpec, alarms, autoRollback, behaviour } = options;
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: termination } = settings.blueGreenDeploymentConfiguration;
  const moves = trafficMoves(options.trafficRoutingConfig);
  const gate: StepName[] = behaviour.readyWait === 'BeforeBeforeAllowTraffic' ? ['ReadyWait', 'BeforeAllowTraffic'] : ['BeforeAllowTraffic', 'ReadyWait'];
  const terminates = termination.action === 'TERMINATE';
  return {
    kind: 'Forward',
    steps: [
      'Inspect',
      'BeforeInstall',
      'Install',
      'AfterInstall',
      'AllowTestTraffic',
      'AfterAllowTestTraffic',
      ...gate,
      'AllowTraffic',
      'AfterAllowTraffic',
      ...(terminates ? (['TerminationWait', 'DeleteTaskSet'] as const) : []),
    ],
    hooks: appSpec.hooks,
    moves,
    joinsProductionEarly: moves.length > 1,
    hasTestListener: settings.loadBalancerInfo.targetGroupPairInfoList[0].testTrafficRoute !== undefined,
    readyWaitMs: ready.actionOnTimeout === 'STOP_DEPLOYMENT' ? ready.waitTimeInMinutes * MINUTE_MS : undefined,
    terminationWaitMs: terminates ? termination.terminationWaitTimeInMinutes * MINUTE_MS : undefined,
    alarms: alarms.enabled ? { names: alarms.alarms.map((alarm) => alarm.name), ignorePollFailure: alarms.ignorePollAlarmFailure } : undefined,
    rollbackOn: autoRollback.enabled ? (autoRollback.events as readonly RollbackEvent[]) : [],
  };
}

/**
 * The plan of a rollback: same lifecycle events, nothing installed, all traffic back to the original task set at once, the
 * replacement deleted. No alarm stops it: the alarm that caused it is usually still on.
 */
export function rollbackPlan(triggering: LifecyclePlan, appSpec: AppSpec, behaviour: CodeDeployBehaviour): LifecyclePlan {
  return {
    ...triggering,
    kind: 'Rollback',
    steps: [
      'Inspect',
      'BeforeInstall',
      'Install',
      'AfterInstall',
      'AllowTestTraffic',
      'AfterAllowTestTraffic',
      'BeforeAllowTraffic',
      'AllowTraffic',
      'AfterAllowTraffic',
      'DeleteTaskSet',
    ],
    hooks: behaviour.rollbackRunsHooks ? appSpec.hooks : {},
    moves: [{ greenPercent: 0, afterMs: 0 }],
    readyWaitMs: undefined,
    terminationWaitMs: undefined,
    alarms: undefined,
    rollbackOn: [],
  };
}
