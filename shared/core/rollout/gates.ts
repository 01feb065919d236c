// At which point of a deployment traffic is held, by which hook, and for what. One list per driver, in the order of the deployment.
import type { ApprovalRules } from '#core/approval/approval.ts';
import type { LifecycleHook } from '#core/deployment/deployment.ts';
import type { DriverKind } from '#core/deployment/driver-kind.ts';

/** What a manifest asks for at the gates, besides Weir's own checks. */
export interface GateSubject {
  readonly driver: DriverKind;
  /** The owner's functions, by hook. */
  readonly userHooks: Readonly<Partial<Record<LifecycleHook, string>>>;
  readonly smokeChecks: number;
  /** People who must approve, and how long they are waited for; absent: nobody. */
  readonly approval?: Pick<ApprovalRules, 'required' | 'timeoutMinutes' | 'onTimeout'>;
  /** Steps after the first, each of which a driver that can is asked before. */
  readonly laterSteps: number;
  /** Tasks are replaced one after another: there is no stage before the first. */
  readonly isRolling?: boolean;
}

export interface Gate {
  /** As the driver calls it: a CodeDeploy hook or a lifecycle stage of ECS. */
  readonly name: string;
  /** Production traffic of green while it is held, in words. */
  readonly traffic: string;
  readonly asks: readonly string[];
}

/** Lifecycle stages of ECS at which the hooks of CodeDeploy have their places. Source: ECS API, DeploymentLifecycleHookStage. */
export const stageOfHook: Readonly<Record<LifecycleHook, string>> = {
  BeforeInstall: 'PRE_SCALE_UP',
  AfterInstall: 'POST_SCALE_UP',
  AfterAllowTestTraffic: 'POST_TEST_TRAFFIC_SHIFT',
  BeforeAllowTraffic: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  AfterAllowTraffic: 'POST_PRODUCTION_TRAFFIC_SHIFT',
};

const NO_TRAFFIC = 'green has none';

export function gatesOf(subject: GateSubject): readonly Gate[] {
  const { driver, smokeChecks, laterSteps } = subject;
  const isEcs = driver === 'ecs';
  const gate = (hook: LifecycleHook, traffic: string, own: readonly string[]): Gate => {
    const user = subject.userHooks[hook];
    return { name: isEcs ? stageOfHook[hook] : hook, traffic, asks: [...own, ...(user === undefined ? [] : [`your function ${user}`])] };
  };
  const eachLater: Gate = {
    name: `${stageOfHook.BeforeAllowTraffic}, each of ${laterSteps} later step(s)`,
    traffic: 'green keeps its share',
    asks: ['are the weights as the step expects them?', 'is the evidence enough for the next share?'],
  };
  const approval = approvalGate(subject);
  if (subject.isRolling === true) return approval;
  return [
    ...(isEcs ? [] : approval),
    gate('BeforeInstall', NO_TRAFFIC, ['does the deployment hold its service?']),
    gate('AfterInstall', NO_TRAFFIC, ["are green's targets healthy?"]),
    gate('AfterAllowTestTraffic', NO_TRAFFIC, smokeChecks === 0 ? [] : [`do ${smokeChecks} smoke check(s) pass on the test listener?`]),
    ...(isEcs ? approval : []),
    gate('BeforeAllowTraffic', NO_TRAFFIC, [
      'frozen, aborted or superseded meanwhile?',
      "are green's targets healthy?",
      ...(isEcs ? ['are the weights as the step expects them?'] : []),
    ]),
    ...(isEcs && laterSteps > 0 ? [eachLater] : []),
    gate('AfterAllowTraffic', 'green has all', [
      'the first verdict on all traffic',
      ...(isEcs ? ['the bake: blue is kept until the evidence lets it go'] : []),
    ]),
    ...(isEcs ? [] : [{ name: 'termination wait', traffic: 'green has all', asks: ['the bake: blue is kept until the evidence lets it go'] }]),
  ];
}

/** Where it waits invokes nothing, however long that is. */
function approvalGate({ driver, approval, isRolling }: GateSubject): readonly Gate[] {
  if (approval === undefined) return [];
  const { required, timeoutMinutes, onTimeout } = approval;
  const isPaused = driver === 'ecs' && isRolling !== true;
  const name = isPaused ? `${stageOfHook.AfterAllowTestTraffic}, PAUSE hook` : 'before the deployment is started';
  return [
    { name, traffic: NO_TRAFFIC, asks: [`${required} approval(s) within ${timeoutMinutes} min, else it ${onTimeout === 'goOn' ? 'goes on' : 'goes back'}`] },
  ];
}
