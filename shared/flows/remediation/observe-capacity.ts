// Where a service's tasks are started, whether Weir has shifted that, and how often it did lately.
import type { Manifest } from '#contracts/manifest.ts';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import type { CapacityShift, CapacitySituation } from '#core/remediation/runbooks/capacity.ts';
import type { Ports } from '#ports/ports.ts';

/** Remediations looked back through. */
const REMEDIATIONS_MAX = 50;
const DAY_MILLISECONDS = 86_400_000;

/**
 * @param seen what happened; undefined when only the time on demand is over
 * @param shifted the shift whose time is over
 */
export async function observeCapacity(
  ports: Ports,
  manifest: Manifest,
  serviceKey: string,
  seen: Pick<CapacitySituation, 'trigger' | 'events'> | undefined,
  shifted?: CapacityShift,
): Promise<CapacitySituation | undefined> {
  const { cluster, service } = manifest;
  const [observed, capacity, tasks, remediations] = await Promise.all([
    ports.ecs.describeService(cluster, service),
    ports.capacity.observe(cluster, service),
    ports.tasks.running(cluster, service),
    ports.remediations.list(serviceKey, REMEDIATIONS_MAX),
  ]);
  if (observed === undefined || capacity === undefined) return undefined;
  const shifts = remediations.filter((one) => one.action?.kind === 'shiftCapacity' && one.startedAt !== undefined);
  const on = shifted ?? shiftStillOn(shifts, ports.now());
  return {
    kind: 'capacity',
    trigger: seen?.trigger ?? 'interruption',
    events: seen?.events ?? 0,
    strategy: capacity.strategy,
    deploymentController: observed.deploymentController === 'CODE_DEPLOY' ? 'CODE_DEPLOY' : 'ECS',
    runningTasks: tasks.length,
    desiredTasks: observed.desiredCount,
    ...(on === undefined ? {} : { shifted: on }),
    recentShifts: shifts.filter((one) => ports.now() - (one.startedAt ?? 0) < DAY_MILLISECONDS).length,
  };
}

function shiftStillOn(shifts: readonly Remediation[], now: number): CapacityShift | undefined {
  for (const { action, status } of shifts) {
    if (action?.kind === 'shiftCapacity' && action.until > now && (status === 'Verifying' || status === 'Helped')) {
      return { previous: action.previous, until: action.until };
    }
  }
  return undefined;
}
