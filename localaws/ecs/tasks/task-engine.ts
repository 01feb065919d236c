// The life of a task, from PROVISIONING to STOPPED, on the region's clock. Services and RunTask only launch and stop;
// everything between is here and in task-stop.ts.
import type { AwsShape } from '../../region.ts';
import type { ClusterRecord, ContainerRecord, StopCode, Tag, TaskRecord, TaskSetRecord, Workload } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { ACTIVATING_MS, PROVISIONING_MS, PULL_MS, START_TIMEOUT_SECONDS, STARTING_MS } from '../limits.ts';
import { StartFailure } from '../runtime/task-runtime.ts';
import { containerExited } from './container-exit.ts';
import { watchHealth } from './container-health.ts';
import { openLogStream } from './container-logs.ts';
import { mayStart } from './container-order.ts';
import { wantedTargets } from './load-balancer-targets.ts';
import { createTaskRecord } from './new-task.ts';
import { checkResources } from './resource-checks.ts';
import { executionPrincipal, taskEnvironment } from './task-environment.ts';
import { taskEventDetail } from './task-shape.ts';
import { finishWhenOver, type StopCause, stopTask } from './task-stop.ts';

export interface LaunchRequest {
  readonly cluster: ClusterRecord;
  readonly workload: Workload;
  readonly taskSet: TaskSetRecord | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly overrides: AwsShape;
  readonly launchType: string;
  readonly capacityProviderName: string | undefined;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly enableExecuteCommand: boolean;
  readonly tags: readonly Tag[];
}

export interface TaskEngine {
  launch(request: LaunchRequest): TaskRecord;
  /** Stops a task; only the first cause counts. Its targets drain first. */
  stop(task: TaskRecord, cause: StopCause): void;
}

/** What the parts of the engine share. */
export interface EngineParts {
  readonly world: EcsWorld;
  /** Counts a change of a task, announces it, and tells the scheduler. */
  changed(task: TaskRecord): void;
  /** Tells the scheduler of something that is no change of the task to AWS (health). */
  noticed(task: TaskRecord): void;
  /** A target group has begun to drain a task. */
  deregistered(task: TaskRecord, targetGroupArn: string): void;
  start(task: TaskRecord, container: ContainerRecord): Promise<void>;
  continueStarts(task: TaskRecord): void;
}

export interface EngineListener {
  noticed(task: TaskRecord): void;
  deregistered(task: TaskRecord, targetGroupArn: string): void;
}

export function createTaskEngine(world: EcsWorld, listener: EngineListener): TaskEngine {
  const { clock } = world.region;
  const parts: EngineParts = {
    world,
    changed(task) {
      task.version++;
      announce(world, task);
      listener.noticed(task);
    },
    noticed: (task) => listener.noticed(task),
    deregistered: (task, targetGroupArn) => listener.deregistered(task, targetGroupArn),
    start: (task, container) => startContainer(parts, task, container),
    continueStarts: (task) => continueStarts(parts, task),
  };
  return {
    launch(request) {
      const task = createTaskRecord(world, request);
      task.taskSet?.tasks.add(task);
      request.cluster.tasks.set(task.id, task);
      announce(world, task);
      const begin = (): void => {
        prepare(parts, task).catch((error: unknown) => failStart(parts, task, undefined, error));
      };
      clock.schedule(PROVISIONING_MS, begin, 'ecs task provisioned');
      return task;
    },
    stop: (task, cause) => stopTask(parts, task, cause, { drain: true }),
  };
}

/** A call, so that each check looks again: tasks are stopped while their start is awaited. */
function isStopping(task: TaskRecord): boolean {
  return task.desiredStatus === 'STOPPED';
}

function announce(world: EcsWorld, task: TaskRecord): void {
  task.times.updatedAt = world.region.clock.now();
  world.region.emit({ source: 'aws.ecs', detailType: 'ECS Task State Change', resources: [task.arn], detail: taskEventDetail(task) });
}

/** PENDING: the address, the images; then the containers. */
async function prepare(parts: EngineParts, task: TaskRecord): Promise<void> {
  const { world } = parts;
  const { clock } = world.region;
  if (isStopping(task)) return;
  task.lastStatus = 'PENDING';
  task.networkInterface.status = 'ATTACHED';
  task.times.connectivityAt = clock.now();
  parts.changed(task);
  checkResources(task);
  task.times.pullStartedAt = clock.now();
  for (const container of task.containers) {
    await pullImage(world, task, container).catch((error: unknown) => failStart(parts, task, container, error));
    if (isStopping(task)) return;
  }
  await clock.sleep(PULL_MS);
  if (isStopping(task)) return;
  task.times.pullStoppedAt = clock.now();
  await clock.sleep(STARTING_MS);
  continueStarts(parts, task);
}

async function pullImage(world: EcsWorld, task: TaskRecord, container: ContainerRecord): Promise<void> {
  const { taskSet } = task;
  const given = String(container.definition['image']);
  const pinned = taskSet?.imageDigests.get(container.name);
  const image = pinned === undefined ? given : `${given.replace(/@.*$/, '').replace(/:[^/:]*$/, '')}@${pinned}`;
  const pulled = await world.region.clock.during(() => world.host.pull({ image, principal: executionPrincipal(task) }));
  container.imageDigest = pulled.imageDigest;
  // AWS documents one version for all tasks of a deployment for the ECS controller only; others follow a moved tag (unverified).
  const isConsistent = taskSet?.service.controller === 'ECS' && container.definition['versionConsistency'] !== 'disabled';
  if (isConsistent) taskSet.imageDigests.set(container.name, pulled.imageDigest);
}

/** Starts every container whose dependencies are met; the task runs when none is left. */
function continueStarts(parts: EngineParts, task: TaskRecord): void {
  if (isStopping(task) || task.lastStatus !== 'PENDING') return;
  const waiting = task.containers.filter((container) => container.startedAt === undefined && container.running === undefined);
  for (const container of waiting) {
    const answer = mayStart(task, container);
    if (answer.kind === 'impossible') {
      failStart(parts, task, container, new Error(answer.reason));
      return;
    }
    if (answer.kind === 'ready') {
      container.startedAt = parts.world.region.clock.now();
      parts.start(task, container).catch((error: unknown) => failStart(parts, task, container, error));
    } else if (container.timers.length === 0) {
      limitWait(parts, task, container);
    }
  }
  if (waiting.length === 0 && task.startsInFlight === 0) activate(parts, task);
}

/** A dependency that is not there after the startTimeout of the container waited for fails the task. */
function limitWait(parts: EngineParts, task: TaskRecord, container: ContainerRecord): void {
  const timeoutSeconds = Math.max(...task.containers.map((other) => Number(other.definition['startTimeout'] ?? START_TIMEOUT_SECONDS)));
  const giveUp = (): void => {
    if (container.startedAt !== undefined || isStopping(task)) return;
    failStart(parts, task, container, new Error(`Timed out waiting for the dependencies of container ${container.name}.`));
  };
  container.timers.push(parts.world.region.clock.schedule(timeoutSeconds * 1000, giveUp, 'ecs container dependency timeout'));
}

/** Source: ECS API, ContainerDefinition and TaskDefinition, `memory`. */
function memoryLimit(task: TaskRecord, container: ContainerRecord): { readonly memoryMiB?: number } {
  const taskMemory = task.overrides['memory'] ?? task.workload.taskDefinition.shape['memory'];
  const limits = [container.definition['memory'], taskMemory].map((limit) => Number(limit ?? Number.NaN)).filter((limit) => limit > 0);
  return limits.length === 0 ? {} : { memoryMiB: Math.min(...limits) };
}

async function startContainer(parts: EngineParts, task: TaskRecord, container: ContainerRecord): Promise<void> {
  const { world } = parts;
  for (const timer of container.timers.splice(0)) timer.cancel();
  task.startsInFlight++;
  try {
    const request = {
      taskArn: task.arn,
      image: { image: String(container.definition['image']), imageDigest: container.imageDigest ?? '' },
      definition: container.definition,
      environment: taskEnvironment(world, task),
      ...memoryLimit(task, container),
      address: task.networkInterface.address,
      output: await openLogStream(world, task, container),
    };
    container.running = await world.region.clock.during(() => world.host.start(request, (exit) => containerExited(parts, task, container, exit)));
    container.runtimeId = container.running.runtimeId;
    container.lastStatus = 'RUNNING';
    container.isSignalled = false;
  } finally {
    task.startsInFlight--;
  }
  if (isStopping(task)) {
    finishWhenOver(parts, task);
    return;
  }
  watchHealth(world, task, container, () => {
    parts.noticed(task);
    continueStarts(parts, task);
  });
  continueStarts(parts, task);
}

function activate(parts: EngineParts, task: TaskRecord): void {
  const run = (): void => {
    if (isStopping(task)) return;
    task.lastStatus = 'RUNNING';
    task.times.startedAt = parts.world.region.clock.now();
    parts.changed(task);
  };
  if (wantedTargets(task).length === 0) {
    run();
    return;
  }
  task.lastStatus = 'ACTIVATING';
  parts.changed(task);
  parts.world.region.clock.schedule(ACTIVATING_MS, run, 'ecs task activated');
}

/** A task whose container (or whose whole) could not start. */
function failStart(parts: EngineParts, task: TaskRecord, container: ContainerRecord | undefined, error: unknown): void {
  const text =
    error instanceof StartFailure ? `${error.category}: ${error.message}` : `Task failed to start: ${error instanceof Error ? error.message : String(error)}`;
  if (!(error instanceof StartFailure)) parts.world.region.log('ecs', `${task.arn}: ${text}`);
  if (container !== undefined) container.reason = text;
  const stopCode: StopCode = 'TaskFailedToStart';
  stopTask(parts, task, { stopCode, stoppedReason: text }, { drain: false });
  // It may have been on its way to STOPPED already, waiting for this start to end.
  finishWhenOver(parts, task);
}
