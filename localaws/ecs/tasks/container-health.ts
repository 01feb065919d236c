// Container health checks (HEALTHCHECK of the task definition): Docker's rules on the region's clock, and what they make
// of a task's health.

import type { AwsShape } from '../../region.ts';
import type { ContainerRecord, HealthStatus, TaskRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';

export function hasHealthCheck(definition: Readonly<AwsShape>): boolean {
  const command: unknown[] = definition['healthCheck']?.['command'] ?? [];
  return command.length > 0 && command[0] !== 'NONE';
}

/** Checks a started container at its interval until it ends; calls `changed` when its health status does. */
export function watchHealth(world: EcsWorld, task: TaskRecord, container: ContainerRecord, changed: () => void): void {
  const running = container.running;
  if (running === undefined || !hasHealthCheck(container.definition)) return;
  const { clock } = world.region;
  const check: AwsShape = container.definition['healthCheck'];
  const intervalMs = Number(check['interval']) * 1000;
  const startPeriodMs = Number(check['startPeriod'] ?? 0) * 1000;
  const startedAt = clock.now();
  let failures = 0;

  const settle = (status: HealthStatus): void => {
    if (container.healthStatus === status) return;
    container.healthStatus = status;
    task.healthStatus = healthOf(task);
    changed();
  };
  const probe = async (): Promise<void> => {
    const isHealthy = await clock.during(() => running.checkHealth(check['command'], Number(check['timeout']) * 1000));
    if (container.running !== running) return;
    if (isHealthy) {
      failures = 0;
      settle('HEALTHY');
    } else if (container.healthStatus === 'HEALTHY' || clock.now() - startedAt >= startPeriodMs) {
      // Failures inside the start period do not count until the first success.
      failures++;
      if (failures >= Number(check['retries'])) settle('UNHEALTHY');
    }
    next();
  };
  const next = (): void => {
    const timer = clock.schedule(
      intervalMs,
      () => void probe().catch((error: unknown) => world.region.log('ecs', `health check: ${String(error)}`)),
      'ecs health check',
    );
    container.timers.push(timer);
  };
  next();
}

/** UNHEALTHY when an essential container is; HEALTHY when all essential ones with a check are; else UNKNOWN. */
export function healthOf(task: TaskRecord): HealthStatus {
  const essential = task.containers.filter((container) => container.definition['essential'] !== false);
  if (essential.some((container) => container.healthStatus === 'UNHEALTHY')) return 'UNHEALTHY';
  const checked = essential.filter((container) => hasHealthCheck(container.definition));
  return checked.length > 0 && checked.every((container) => container.healthStatus === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}
