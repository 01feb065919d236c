// How many tasks each task set of an externally deployed service should have: its scale, of the service's desired count.
import type { ServiceRecord } from '../ecs-records.ts';

export function planScale(service: ServiceRecord): void {
  for (const taskSet of service.taskSets) {
    const isEnding = taskSet.status === 'DRAINING' || service.status !== 'ACTIVE';
    // AWS rounds up. The product is rounded to a millionth first, so that 7 % of 100 is 7 and not 8.
    const exact = Math.round(service.desiredCount * taskSet.scalePercent * 1e6) / 1e8;
    taskSet.computedDesiredCount = isEnding ? 0 : Math.ceil(exact);
  }
}
