// The records CodeDeploy keeps: applications with their groups and revisions, deployment configs, deployments.
import type { AwsShape } from '../region.ts';
import type { AppSpec } from './app-spec.ts';
import type { Lifecycle, LifecyclePlan } from './lifecycle/lifecycle.ts';
import type { TargetFacts } from './lifecycle/target-facts.ts';

export type ComputePlatform = 'ECS' | 'Lambda' | 'Server';

export interface Revision {
  readonly sha256: string;
  readonly content: string;
  readonly registerTime: number;
  description: string | undefined;
  firstUsedTime: number | undefined;
  lastUsedTime: number | undefined;
}

export interface LastDeployment {
  readonly deploymentId: string;
  readonly status: string;
  readonly createTime: number;
  readonly endTime: number | undefined;
  readonly sha256: string;
}

/** The ECS settings of a group, in AWS's shapes with AWS's defaults filled in. */
export interface GroupSettings {
  readonly deploymentConfigName: string;
  readonly serviceRoleArn: string;
  readonly ecsServices: readonly [{ serviceName: string; clusterName: string }];
  readonly loadBalancerInfo: { readonly targetGroupPairInfoList: readonly [TargetGroupPair] };
  readonly deploymentStyle: { deploymentType: string; deploymentOption: string };
  readonly blueGreenDeploymentConfiguration: BlueGreenConfiguration;
  readonly alarmConfiguration: AlarmConfiguration;
  readonly autoRollbackConfiguration: AutoRollbackConfiguration;
  readonly triggerConfigurations: readonly TriggerConfiguration[];
  readonly outdatedInstancesStrategy: string;
}

export interface TargetGroupPair {
  readonly targetGroups: readonly [{ name: string }, { name: string }];
  readonly prodTrafficRoute: { readonly listenerArns: readonly [string] };
  readonly testTrafficRoute?: { readonly listenerArns: readonly [string] };
}

export interface BlueGreenConfiguration {
  readonly deploymentReadyOption: { readonly actionOnTimeout: string; readonly waitTimeInMinutes: number };
  readonly terminateBlueInstancesOnDeploymentSuccess: { readonly action: string; readonly terminationWaitTimeInMinutes: number };
}

export interface AlarmConfiguration {
  readonly enabled: boolean;
  readonly ignorePollAlarmFailure: boolean;
  readonly alarms: readonly { name: string }[];
}

export interface AutoRollbackConfiguration {
  readonly enabled: boolean;
  readonly events: readonly string[];
}

export interface TriggerConfiguration {
  readonly triggerName: string;
  readonly triggerTargetArn: string;
  readonly triggerEvents: readonly string[];
}

export interface DeploymentGroup {
  readonly id: string;
  name: string;
  settings: GroupSettings;
  readonly tags: Map<string, string>;
  activeDeploymentId: string | undefined;
  lastAttempted: LastDeployment | undefined;
  lastSuccessful: LastDeployment | undefined;
}

export interface Application {
  readonly id: string;
  name: string;
  readonly createTime: number;
  readonly computePlatform: ComputePlatform;
  readonly groups: Map<string, DeploymentGroup>;
  readonly revisions: Map<string, Revision>;
  readonly tags: Map<string, string>;
}

export interface DeploymentConfig {
  readonly id: string;
  readonly name: string;
  readonly computePlatform: ComputePlatform;
  readonly createTime: number | undefined;
  readonly trafficRoutingConfig: AwsShape | undefined;
  readonly minimumHealthyHosts: AwsShape | undefined;
}

export interface Deployment {
  readonly id: string;
  readonly application: Application;
  readonly group: DeploymentGroup;
  readonly configName: string;
  readonly createTime: number;
  readonly creator: 'user' | 'codeDeployRollback';
  readonly description: string | undefined;
  readonly sha256: string;
  readonly previousSha256: string | undefined;
  readonly appSpec: AppSpec;
  /** The group's settings as they were when the deployment was created: later edits do not touch a running deployment. */
  readonly settings: GroupSettings;
  readonly autoRollback: AutoRollbackConfiguration;
  readonly overrideAlarms: AlarmConfiguration | undefined;
  readonly plan: LifecyclePlan;
  lifecycle: Lifecycle;
  facts: TargetFacts | undefined;
  rollbackInfo: { rollbackDeploymentId?: string; rollbackTriggeringDeploymentId?: string; rollbackMessage?: string } | undefined;
  lastUpdatedAt: number;
}

/** Whether the deployment still holds its group's single slot. */
export function isActive(deployment: Deployment): boolean {
  return deployment.lifecycle.completeTime === undefined;
}
