// What the load balancer asks of the serving targets beside what the container says of itself.
import type { Manifest } from '#contracts/manifest.ts';
import type { ContainerHealthSettings, TargetHealthSituation } from '#core/remediation/runbooks/target-health.ts';
import type { Ports } from '#ports/ports.ts';
import type { DeployedContainer, ServingRevision } from './serving-revision.ts';

/** Defaults of a container's health check, seconds. Source: ECS API, HealthCheck. */
const INTERVAL_SECONDS = 30;
const TIMEOUT_SECONDS = 5;

/** undefined: the revision is behind no load balancer, or its target group is gone. */
export async function observeTargetHealth(
  ports: Ports,
  manifest: Manifest,
  serving: ServingRevision,
  container: DeployedContainer,
): Promise<TargetHealthSituation | undefined> {
  const targetGroup = serving.targetGroupArn;
  if (targetGroup === undefined) return undefined;
  const [check, unhealthy, tasks, capacity] = await Promise.all([
    ports.targetGroups.healthCheck(targetGroup),
    ports.targetGroups.unhealthy(targetGroup),
    ports.tasks.running(manifest.cluster, manifest.service),
    ports.capacity.observe(manifest.cluster, manifest.service),
  ]);
  if (check === undefined) return undefined;
  return {
    kind: 'targetHealth',
    targetGroup,
    unhealthyTargets: unhealthy.count,
    runningTasks: tasks.length,
    reasons: unhealthy.reasons,
    check,
    container: { name: container.name, ports: container.ports, healthCheck: healthCheckOf(container) },
    healthCheckGracePeriodSeconds: capacity?.healthCheckGracePeriodSeconds ?? 0,
  };
}

function healthCheckOf({ healthCheck }: DeployedContainer): ContainerHealthSettings['healthCheck'] {
  if (healthCheck === undefined) return undefined;
  const { command, interval, timeout, startPeriod } = healthCheck;
  return {
    command: Array.isArray(command) ? command.map(String) : [],
    intervalSeconds: Number(interval ?? INTERVAL_SECONDS),
    timeoutSeconds: Number(timeout ?? TIMEOUT_SECONDS),
    startPeriodSeconds: Number(startPeriod ?? 0),
  };
}
