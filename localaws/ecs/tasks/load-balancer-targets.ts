// A task as a member of target groups, through the Elastic Load Balancing API only. Whatever the balancer does not confirm
// counts as not done: a task is never stopped while a request may still be on its way to it.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Principal } from '../../region.ts';
import { rolePrincipal, SCHEDULER_SESSION } from '../deployments/role-calls.ts';
import type { TargetRecord, TaskRecord } from '../ecs-records.ts';
import { ECS_PRINCIPAL, type EcsWorld } from '../ecs-world.ts';
import { DRAIN_MS_MAX, DRAIN_WATCH_MS } from '../limits.ts';

/** What a target group says of a target it does not have; in every other state a request may still come. */
const ABSENT_STATE = 'unused';

/** The (target group, container port) pairs a task belongs in. */
export function wantedTargets(task: TaskRecord): { targetGroupArn: string; port: number }[] {
  return task.workload.loadBalancers.flatMap((balancer) =>
    typeof balancer['targetGroupArn'] === 'string' ? [{ targetGroupArn: balancer['targetGroupArn'], port: Number(balancer['containerPort']) }] : [],
  );
}

/** Registers a task where it belongs and is not yet. Answers the groups it is new in, and those that failed with their error. */
export async function registerTargets(
  world: EcsWorld,
  task: TaskRecord,
): Promise<{ registered: string[]; failed: { targetGroupArn: string; error: string }[] }> {
  const registered: string[] = [];
  const failed: { targetGroupArn: string; error: string }[] = [];
  for (const wanted of wantedTargets(task)) {
    let target = task.targets.find((candidate) => candidate.targetGroupArn === wanted.targetGroupArn && candidate.port === wanted.port);
    if (target !== undefined && target.state !== 'registering') continue;
    if (target === undefined) {
      // Remembered before the answer: if the answer is lost, the target is still deregistered at the end.
      target = { ...wanted, state: 'registering', isRegistering: false, health: undefined, healthReason: undefined };
      task.targets.push(target);
    }
    target.isRegistering = true;
    try {
      await callBalancer(world, 'RegisterTargets', target, task);
      target.state = 'registered';
      registered.push(wanted.targetGroupArn);
    } catch (error) {
      failed.push({ targetGroupArn: wanted.targetGroupArn, error: error instanceof Error ? error.message : String(error) });
    } finally {
      target.isRegistering = false;
    }
  }
  return { registered, failed };
}

/** Reads the health of a registered target of each of `tasks`, one call per target group and port. */
export async function readTargetHealth(world: EcsWorld, tasks: readonly TaskRecord[]): Promise<void> {
  const groups = new Map<string, { target: TargetRecord; task: TaskRecord }[]>();
  for (const task of tasks) {
    for (const target of task.targets) {
      if (target.state !== 'registered') continue;
      const members = groups.get(target.targetGroupArn) ?? [];
      members.push({ target, task });
      groups.set(target.targetGroupArn, members);
    }
  }
  for (const [targetGroupArn, members] of groups) {
    const Targets = members.map(({ target, task }) => ({ Id: task.networkInterface.address, Port: target.port }));
    const principal = principalFor(members[0]?.task, targetGroupArn);
    const answer = await world.region.call('elasticloadbalancing', 'DescribeTargetHealth', { TargetGroupArn: targetGroupArn, Targets }, principal);
    for (const { target, task } of members) {
      const health = healthIn(answer, task, target);
      target.health = health?.['State'];
      target.healthReason = health?.['Description'] ?? health?.['Reason'];
    }
  }
}

/**
 * Takes a task out of its target groups and resolves when none of them drains it any more. Errors are tried again: only a
 * group that no longer exists, or the longest possible deregistration delay, ends the wait without the balancer's word.
 */
export async function drainTargets(world: EcsWorld, task: TaskRecord, deregistered: (targetGroupArn: string) => void): Promise<void> {
  const { clock } = world.region;
  const deadline = clock.now() + DRAIN_MS_MAX;
  while (clock.now() < deadline) {
    await clock.during(async () => {
      for (const target of task.targets) await drainTarget(world, task, target, deregistered);
    });
    if (task.targets.every((target) => target.state === 'gone')) return;
    await clock.sleep(DRAIN_WATCH_MS);
  }
  world.region.log('ecs', `${task.arn} is still draining after ${DRAIN_MS_MAX} ms; it is stopped all the same`);
}

async function drainTarget(world: EcsWorld, task: TaskRecord, target: TargetRecord, deregistered: (targetGroupArn: string) => void): Promise<void> {
  // A registration under way could arrive after the deregistration: its answer is waited for.
  if (target.state === 'gone' || target.isRegistering) return;
  try {
    if (target.state !== 'draining') {
      await callBalancer(world, 'DeregisterTargets', target, task);
      target.state = 'draining';
      deregistered(target.targetGroupArn);
    }
    const Targets = [{ Id: task.networkInterface.address, Port: target.port }];
    const principal = principalFor(task, target.targetGroupArn);
    const answer = await world.region.call('elasticloadbalancing', 'DescribeTargetHealth', { TargetGroupArn: target.targetGroupArn, Targets }, principal);
    const state = healthIn(answer, task, target)?.['State'];
    if (state === undefined || state === ABSENT_STATE) target.state = 'gone';
  } catch (error) {
    const isGroupGone = error instanceof AwsError && (error.code === 'TargetGroupNotFound' || error.code === 'InvalidTarget');
    if (isGroupGone) target.state = 'gone';
  }
}

function healthIn(answer: AwsShape, task: TaskRecord, target: TargetRecord): AwsShape | undefined {
  const descriptions: AwsShape[] = answer['TargetHealthDescriptions'] ?? [];
  return descriptions.find(({ Target }) => Target?.['Id'] === task.networkInterface.address && Number(Target?.['Port']) === target.port)?.['TargetHealth'];
}

async function callBalancer(world: EcsWorld, operation: string, target: TargetRecord, task: TaskRecord): Promise<void> {
  const Targets = [{ Id: task.networkInterface.address, Port: target.port }];
  const principal = principalFor(task, target.targetGroupArn);
  await world.region.call('elasticloadbalancing', operation, { TargetGroupArn: target.targetGroupArn, Targets }, principal);
}

/** The infrastructure role where the service names one in its advancedConfiguration, else ECS's own. */
function principalFor(task: TaskRecord | undefined, targetGroupArn: string): Principal {
  const balancer = task?.workload.loadBalancers.find((candidate) => candidate['targetGroupArn'] === targetGroupArn);
  const roleArn: unknown = balancer?.['advancedConfiguration']?.['roleArn'];
  return typeof roleArn === 'string' ? rolePrincipal(roleArn, SCHEDULER_SESSION) : ECS_PRINCIPAL;
}
