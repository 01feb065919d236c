// In which order the containers of a task start and stop: `dependsOn`, both ways round.
import type { AwsShape } from '../../region.ts';
import type { ContainerRecord, TaskRecord } from '../ecs-records.ts';

/** `ready`: may start now. `waiting`: a dependency is not there yet. `impossible`: it never will be, with the reason. */
export type StartAnswer = { kind: 'ready' } | { kind: 'waiting' } | { kind: 'impossible'; reason: string };

export function mayStart(task: TaskRecord, container: ContainerRecord): StartAnswer {
  for (const dependency of dependenciesOf(container)) {
    const on = task.containers.find((candidate) => candidate.name === dependency['containerName']);
    const condition = String(dependency['condition']);
    if (on === undefined || isMet(on, condition)) continue;
    if (on.lastStatus === 'STOPPED' || (condition === 'HEALTHY' && on.healthStatus === 'UNHEALTHY')) {
      return { kind: 'impossible', reason: `Dependency did not complete: container ${on.name} did not reach ${condition}.` };
    }
    return { kind: 'waiting' };
  }
  return { kind: 'ready' };
}

function isMet(on: ContainerRecord, condition: string): boolean {
  if (condition === 'START') return on.runtimeId !== undefined;
  if (condition === 'HEALTHY') return on.lastStatus === 'RUNNING' && on.healthStatus === 'HEALTHY';
  if (condition === 'COMPLETE') return on.lastStatus === 'STOPPED' && on.runtimeId !== undefined;
  return on.lastStatus === 'STOPPED' && on.exitCode === 0;
}

/** Whether a container may be told to stop: all that depend on it have ended. */
export function mayStop(task: TaskRecord, container: ContainerRecord): boolean {
  return task.containers.every(
    (other) => other.running === undefined || !dependenciesOf(other).some((dependency) => dependency['containerName'] === container.name),
  );
}

/** A container on a circle of dependencies, if there is one. */
export function circularDependency(containers: readonly AwsShape[]): string | undefined {
  const remaining = new Map(containers.map((container) => [String(container['name']), new Set(dependencyNames(container))]));
  for (let round = 0; round <= containers.length; round++) {
    for (const [name, names] of remaining) {
      if ([...names].every((other) => !remaining.has(other))) remaining.delete(name);
    }
  }
  return remaining.keys().next().value;
}

function dependencyNames(container: AwsShape): string[] {
  return (container['dependsOn'] ?? []).map((dependency: AwsShape) => String(dependency['containerName']));
}

function dependenciesOf(container: ContainerRecord): AwsShape[] {
  return container.definition['dependsOn'] ?? [];
}
