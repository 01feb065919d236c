// One look at a task set: register what runs, replace what is sick, stop what is too much, start what is missing.
import type { ServiceRecord, Tag, TaskRecord, TaskSetRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { TASKS_STARTED_PER_LOOK } from '../limits.ts';
import { addServiceEvent, emitServiceAction, subjectOf, taskList } from '../services/service-events.ts';
import { readTargetHealth, registerTargets } from '../tasks/load-balancer-targets.ts';
import { subnetFor } from '../tasks/run-task.ts';
import type { TaskEngine } from '../tasks/task-engine.ts';
import { noteRefusedPlacement } from './start-throttle.ts';
import { ailmentOf, isServing } from './task-condition.ts';

export async function lookAtTaskSet(world: EcsWorld, engine: TaskEngine, taskSet: TaskSetRecord): Promise<void> {
  await registerRunning(world, taskSet);
  try {
    await readTargetHealth(world, wantedTasks(taskSet));
  } catch (error) {
    // The balancer's last word stands until it can be asked again.
    world.region.log('ecs', `target health of ${taskSet.arn}: ${String(error)}`);
  }
  stopAiling(world, engine, taskSet);
  stopSurplus(world, engine, taskSet);
  startMissing(world, engine, taskSet);
}

function wantedTasks(taskSet: TaskSetRecord): TaskRecord[] {
  return [...taskSet.tasks].filter((task) => task.desiredStatus === 'RUNNING');
}

async function registerRunning(world: EcsWorld, taskSet: TaskSetRecord): Promise<void> {
  const registered = new Map<string, number>();
  const failed = new Map<string, string>();
  for (const task of wantedTasks(taskSet)) {
    if (task.lastStatus !== 'RUNNING') continue;
    const outcome = await registerTargets(world, task);
    for (const arn of outcome.registered) registered.set(arn, (registered.get(arn) ?? 0) + 1);
    for (const { targetGroupArn, error } of outcome.failed) failed.set(targetGroupArn, error);
  }
  for (const [arn, count] of registered) addServiceEvent(world, taskSet.service, `${subjectOf(taskSet)} registered ${count} targets in (target-group ${arn})`);
  for (const [arn, error] of failed)
    addServiceEvent(world, taskSet.service, `${subjectOf(taskSet)} failed to register targets in (target-group ${arn}) with (error ${error})`);
}

function stopAiling(world: EcsWorld, engine: TaskEngine, taskSet: TaskSetRecord): void {
  const now = world.region.clock.now();
  for (const task of wantedTasks(taskSet)) {
    const ailment = ailmentOf(taskSet.service, task, now);
    if (ailment === undefined) continue;
    addServiceEvent(world, taskSet.service, ailment.message);
    stopTasks(world, engine, taskSet, [task], ailment.stoppedReason);
  }
}

function stopSurplus(world: EcsWorld, engine: TaskEngine, taskSet: TaskSetRecord): void {
  const tasks = wantedTasks(taskSet);
  const surplus = tasks.length - taskSet.computedDesiredCount;
  if (surplus <= 0) return;
  // Those that serve nobody first, then the youngest (AWS balances zones; which task it picks is not documented).
  const order = tasks.map((task, age) => ({ task, age, rank: isServing(task) ? 2 : task.lastStatus === 'RUNNING' ? 1 : 0 }));
  order.sort((a, b) => a.rank - b.rank || b.age - a.age);
  const chosen = order.slice(0, surplus).map(({ task }) => task);
  stopTasks(world, engine, taskSet, chosen, `Scaling activity initiated by (deployment ${taskSet.id})`);
}

function stopTasks(world: EcsWorld, engine: TaskEngine, taskSet: TaskSetRecord, tasks: readonly TaskRecord[], stoppedReason: string): void {
  const draining = tasks.filter((task) => task.targets.length > 0);
  for (const task of tasks) engine.stop(task, { stopCode: 'ServiceSchedulerInitiated', stoppedReason });
  const subject = subjectOf(taskSet);
  if (draining.length > 0) {
    addServiceEvent(
      world,
      taskSet.service,
      `(service ${taskSet.service.name}, taskSet ${taskSet.id}) has begun draining connections on ${draining.length} tasks.`,
    );
  }
  addServiceEvent(world, taskSet.service, `${subject} has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`);
}

function startMissing(world: EcsWorld, engine: TaskEngine, taskSet: TaskSetRecord): void {
  const { service } = taskSet;
  // A deployment that has failed launches no tasks; what it has goes on running.
  if (taskSet.rollout.state === 'FAILED' || world.region.clock.now() < taskSet.startThrottle.notBefore) return;
  const missing = Math.min(taskSet.computedDesiredCount - wantedTasks(taskSet).length, TASKS_STARTED_PER_LOOK);
  const started: TaskRecord[] = [];
  for (let index = 0; index < missing; index++) {
    const task = startTask(world, engine, taskSet);
    if (task === undefined) break;
    started.push(task);
  }
  if (started.length > 0) addServiceEvent(world, service, `${subjectOf(taskSet)} has started ${started.length} tasks: ${taskList(started)}.`);
}

/** Starts one task where there is room; undefined, and said so, where there is none. */
function startTask(world: EcsWorld, engine: TaskEngine, taskSet: TaskSetRecord): TaskRecord | undefined {
  const { service, workload } = taskSet;
  const subnetId = subnetFor(workload, taskSet.tasks.size);
  const tasksByProvider = new Map<string, number>();
  for (const { capacityProviderName } of taskSet.tasks) {
    if (capacityProviderName !== undefined) tasksByProvider.set(capacityProviderName, (tasksByProvider.get(capacityProviderName) ?? 0) + 1);
  }
  const answer = world.placement({ workload, subnetId, tasksByProvider });
  if (answer.kind === 'refused') {
    noteRefusedPlacement(world, taskSet);
    addServiceEvent(world, service, refusalMessage(service, answer));
    const providers =
      answer.capacityProviderName === undefined ? {} : { capacityProviderArns: [world.region.arn('ecs', `capacity-provider/${answer.capacityProviderName}`)] };
    emitServiceAction(world, service, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', { ...providers, reason: answer.reason });
    return undefined;
  }
  const { launchType, capacityProviderName, availabilityZone } = answer;
  return engine.launch({
    cluster: service.cluster,
    workload,
    taskSet,
    group: `service:${service.name}`,
    startedBy: taskSet.id,
    overrides: {},
    launchType,
    capacityProviderName,
    availabilityZone,
    subnetId,
    enableExecuteCommand: service.enableExecuteCommand,
    tags: taskTags(service, taskSet),
  });
}

function refusalMessage(service: ServiceRecord, answer: { reason: string; message: string }): string {
  const why = answer.reason.startsWith('RESOURCE:FARGATE')
    ? `Reason: ${answer.message}`
    : `because no container instance met all of its requirements. Reason: ${answer.message}`;
  return `(service ${service.name}) was unable to place a task ${why} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;
}

function taskTags(service: ServiceRecord, taskSet: TaskSetRecord): Tag[] {
  const managed = service.enableECSManagedTags
    ? [
        { key: 'aws:ecs:clusterName', value: service.cluster.name },
        { key: 'aws:ecs:serviceName', value: service.name },
      ]
    : [];
  const propagated =
    service.propagateTags === 'SERVICE' ? service.tags : service.propagateTags === 'TASK_DEFINITION' ? taskSet.workload.taskDefinition.tags : [];
  return [...managed, ...propagated];
}
