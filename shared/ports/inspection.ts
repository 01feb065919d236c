// Reads of a live service and of what it depends on, for `weir init`, `weir verify` and `weir diff`. They run with the credentials of
// whoever runs the command and change nothing. What does not exist is an answer; what may not be read is an error.
import type {
  AlarmFacts,
  DeploymentGroupFacts,
  HookFunctionFacts,
  ImageFacts,
  InspectedService,
  ListenerFacts,
  LogGroupFacts,
  PermissionFacts,
  RoleFacts,
  SecretFacts,
  TargetGroupFacts,
} from '#core/inspection/service-facts.ts';
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';
import type { DescribedTask } from './tasks.ts';

export interface Inspection {
  /** Account and region that the credentials belong to. */
  whereabouts(): Promise<{ readonly account: string; readonly region: string }>;
  service(cluster: string, service: string): Promise<InspectedService | undefined>;
  /** Running and lately stopped, in no order. */
  tasks(cluster: string, service: string): Promise<readonly InspectedTask[]>;
  /** By ARN, or by family for its newest active revision. */
  taskDefinition(arnOrFamily: string): Promise<TaskDefinitionDocument | undefined>;
  /** CodeDeploy's deployment groups of this service; there is no look-up by service, so at most DEPLOYMENT_APPLICATIONS_MAX applications are asked. */
  deploymentGroups(cluster: string, service: string): Promise<readonly DeploymentGroupFacts[]>;
  /** By ARN or name, those that exist, with the state of their targets. */
  targetGroups(arnsOrNames: readonly string[]): Promise<readonly TargetGroupFacts[]>;
  /** By listener ARN, or rule ARN for its listener; those that exist. */
  listeners(arns: readonly string[]): Promise<readonly ListenerFacts[]>;
  /** Alarms on metrics that have all dimensions of one of these; none that only scale. */
  alarmsOn(metrics: readonly MetricDimensions[]): Promise<readonly AlarmFacts[]>;
  /** Of these names, those that exist. */
  alarms(names: readonly string[]): Promise<readonly AlarmFacts[]>;
  /** Tags in a repository, without their images; empty when it does not exist. */
  tags(registry: string, repository: string): Promise<readonly string[]>;
  image(reference: { readonly registry: string; readonly repository: string; readonly tag?: string; readonly digest?: string }): Promise<ImageFacts>;
  role(arn: string): Promise<RoleFacts>;
  /** What IAM's policy simulator answers to each. */
  permissions(roleArn: string, wanted: readonly { readonly action: string; readonly resource: string }[]): Promise<readonly PermissionFacts[]>;
  /** `valueFrom` of a task definition's secret. */
  secret(valueFrom: string): Promise<SecretFacts>;
  logGroup(name: string, region: string | undefined): Promise<LogGroupFacts>;
  /** By name or ARN. */
  hookFunction(name: string): Promise<HookFunctionFacts>;
}

export interface InspectedTask extends DescribedTask {
  readonly taskId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number | undefined;
  /** When its containers ran; undefined before. */
  readonly startedAt: number | undefined;
}

/** Values by name, such as `{ TargetGroup: 'targetgroup/orders-blue/0f9a' }`. */
export type MetricDimensions = Readonly<Record<string, string>>;

/** CodeDeploy applications looked through for a service's deployment group. Source: CodeDeploy quotas: 1,000 applications per account. */
export const DEPLOYMENT_APPLICATIONS_MAX = 1_000;
/** Tasks looked at of each kind, running and stopped. Source: ECS API, ListTasks and DescribeTasks: at most 100 in one call. */
export const TASKS_INSPECTED_MAX = 100;
/** Alarms looked through for those on a service's metrics. */
export const ALARMS_LOOKED_AT_MAX = 5_000;
