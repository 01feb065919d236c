// Everything a flow may reach, in one object: composed from the adapters in the runtime, from memory in tests.
import type { EpochMillis } from '#core/deployment/deployment.ts';
import type { DriverKind } from '#core/deployment/driver-kind.ts';
import type { DriverCapabilities } from '#core/rollout/driver-capabilities.ts';
import type { ApprovalLinks } from './approval-links.ts';
import type { Capacity } from './capacity.ts';
import type { HttpProbe, UserHook } from './checks.ts';
import type { ContainerInstanceStore } from './container-instance-store.ts';
import type { CrashStore } from './crash-store.ts';
import type { DeploymentDriver } from './deployment-driver.ts';
import type { DeploymentStore } from './deployment-store.ts';
import type { Ecs } from './ecs.ts';
import type { Alarms, Metrics } from './health-sources.ts';
import type { HookFunctions } from './hook-functions.ts';
import type { ImageRegistry } from './image-registry.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { NotificationStore } from './notification-store.ts';
import type { Chat, Notifier } from './notifier.ts';
import type { RemediationStore } from './remediation-store.ts';
import type { RemediationWorkflow } from './remediation-workflow.ts';
import type { Scaling } from './scaling.ts';
import type { ServiceStore } from './service-store.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import type { TargetGroups } from './target-groups.ts';
import type { TaskLogs } from './task-logs.ts';
import type { Tasks } from './tasks.ts';
import type { Workflow } from './workflow.ts';

/** Structured log lines; never secrets. */
export interface Log {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

export interface Ports {
  readonly services: ServiceStore;
  readonly deployments: DeploymentStore;
  readonly subscriptions: SubscriptionStore;
  readonly crashes: CrashStore;
  readonly incidents: IncidentStore;
  readonly remediations: RemediationStore;
  readonly containerInstances: ContainerInstanceStore;
  readonly driver: DeploymentDriver;
  /** What each driver can do. */
  readonly capabilities: Readonly<Record<DriverKind, DriverCapabilities>>;
  readonly ecs: Ecs;
  readonly tasks: Tasks;
  readonly capacity: Capacity;
  readonly images: ImageRegistry;
  readonly loadBalancer: LoadBalancer;
  readonly targetGroups: TargetGroups;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly scaling: Scaling;
  readonly taskLogs: TaskLogs;
  readonly workflow: Workflow;
  readonly remediationWorkflow: RemediationWorkflow;
  readonly notifications: NotificationStore;
  readonly notifier: Notifier;
  readonly chat: Chat;
  readonly approvalLinks: ApprovalLinks;
  readonly probe: HttpProbe;
  readonly userHook: UserHook;
  readonly hookFunctions: HookFunctions;
  readonly log: Log;
  /** The time, read once at the start of a decision. */
  now(): EpochMillis;
  sleep(milliseconds: number): Promise<void>;
  sha256Hex(text: string): string;
  /** A fresh identifier of one write attempt. */
  writeId(): string;
}
