// What shifts traffic: CodeDeploy, or ECS's own deployments. One port for every kind of driver, in Weir's words.
import type { ApprovalRules } from '#core/approval/approval.ts';
import type { CrashThreshold } from '#core/breaker/crash-threshold.ts';
import type { LaunchSettings, Rollback, ServiceKey } from '#core/deployment/deployment.ts';
import type { ShiftObservation } from '#core/deployment/shift-observation.ts';
import type { DeploymentGroupObservation } from '#core/preflight/plan.ts';
import type { Strategy } from '#core/strategy/strategy.ts';

/** Where the driver's own configuration of the service is, as the manifest names it. */
export type DriverTarget =
  | { readonly kind: 'codedeploy'; readonly application: string; readonly deploymentGroup: string }
  | { readonly kind: 'ecs'; readonly cluster: string; readonly service: string };

/** What the driver watches by itself in a rolling deployment, besides Weir. */
export interface RollingMonitors {
  readonly crashThreshold: CrashThreshold;
  readonly resetOnHealthy: boolean;
  readonly alarms: readonly string[];
  readonly bakeTimeMinutes: number;
}

export interface StartShift {
  readonly deploymentId: string;
  readonly serviceKey: ServiceKey;
  readonly target: DriverTarget;
  readonly taskDefinitionArn: string;
  readonly launch: LaunchSettings;
  readonly strategy: Strategy;
  /** People must approve before production traffic: a driver that can stands still until `continueReady`. */
  readonly approval?: ApprovalRules;
  /** Of a rolling deployment: what ECS itself watches, and how long after the last task. */
  readonly rolling?: RollingMonitors;
  readonly configurationName: string;
  /** Only look for what an earlier try started; start nothing. */
  readonly onlyAdopt: boolean;
}

export type StartedShift =
  | { readonly kind: 'started' | 'adopted'; readonly driverDeploymentId: string }
  /** Nothing to adopt, and nothing else was asked for. */
  | { readonly kind: 'notStarted' }
  /** Somebody else's deployment holds the service. */
  | { readonly kind: 'slotTaken'; readonly holder: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Whose deployment a driver deployment is; undefined deploymentId: not one of Weir's. */
export interface ShiftOwner {
  readonly serviceKey: ServiceKey | undefined;
  readonly deploymentId: string | undefined;
  /** The driver made it to roll another one back: its hooks must pass at once. */
  readonly isRollback: boolean;
}

export interface DeploymentDriver {
  /** The driver's configuration of the service as it is; undefined when it does not exist. */
  observeGroup(target: DriverTarget, deploymentId: string): Promise<DeploymentGroupObservation | undefined>;
  /** Starts the shift, or finds the one an earlier try started. Safe to repeat. */
  start(request: StartShift): Promise<StartedShift>;
  /** undefined when the driver does not know it. */
  observe(driverDeploymentId: string): Promise<ShiftObservation | undefined>;
  /** Asks the driver to stop: with traffic back to blue, or where it stands. atRest: it was over already and will do nothing by itself. Safe to repeat. */
  stop(driverDeploymentId: string, mode: Rollback['mode']): Promise<'stopping' | 'atRest'>;
  /**
   * Ends the wait before blue is deleted. Safe to repeat, also after it ended. With ECS nothing is called: its lifecycle hook reads
   * in the record that blue may go.
   */
  endTerminationWait(driverDeploymentId: string): Promise<void>;
  /** Lets a deployment go on that waits for it (CodeDeploy status Ready, ECS PAUSE hooks). Safe to repeat. */
  continueReady(driverDeploymentId: string): Promise<void>;
  ownerOf(driverDeploymentId: string): Promise<ShiftOwner>;
  /**
   * Reports a lifecycle hook's result. An answer that came before or after its time is not an error.
   * @throws PermanentError with ECS, whose hooks are answered by what their function returns
   */
  answerHook(driverDeploymentId: string, executionId: string, answer: 'Succeeded' | 'Failed'): Promise<void>;
}
