// The load balancer's metrics of a simulated minute: what its listener's real weights and the versions behind it make of steady traffic.
// CloudWatch may miss a minute or learn of it late, as it does.

import { balancerData, publishBalancerData } from '#rehearsal/region/balancer-metrics.ts';
import type { SimulatedService } from '#rehearsal/region/sample-service.ts';
import type { Truth } from '#rehearsal/region/truth.ts';
import type { AwsShape, Region } from '../../../localaws/region.ts';

const MINUTE = 60_000;
const LATENCY_SECONDS = 0.05;

export interface Load {
  /** Minutes from now on that CloudWatch never gets. */
  miss(minutes: number): void;
  /** Minutes from now on that CloudWatch gets so many minutes late. */
  delay(minutes: number, lateMinutes: number): void;
  stop(): void;
}

export interface LoadOptions {
  readonly requestsPerMinute: number;
  /** Share of a version's requests that are answered 5xx. */
  readonly errorShareOf: (digest: string) => number;
}

export function simulateLoad(region: Region, service: SimulatedService, truth: Truth, options: LoadOptions): Load {
  const { clock } = region;
  let stopped = false;
  let missed = 0;
  let late = { minutes: 0, by: 0 };
  const tick = async (): Promise<void> => {
    const minute = Math.floor((clock.now() - 1) / MINUTE) * MINUTE;
    const counted = await countMinute(service, truth, options, minute);
    if (missed > 0) {
      missed--;
      return;
    }
    if (late.minutes <= 0) return publishBalancerData(region, counted);
    late = { ...late, minutes: late.minutes - 1 };
    clock.schedule(late.by * MINUTE, () => void clock.during(() => publishBalancerData(region, counted)), 'late metrics');
  };
  const next = (): void => {
    if (stopped) return;
    void clock.during(tick);
    clock.schedule(MINUTE, next, 'metrics of a minute');
  };
  clock.schedule(MINUTE - (clock.now() % MINUTE), next, 'metrics of a minute');
  return {
    miss(minutes) {
      missed += minutes;
    },
    delay(minutes, by) {
      late = { minutes, by };
    },
    stop() {
      stopped = true;
    },
  };
}

async function countMinute(service: SimulatedService, truth: Truth, options: LoadOptions, minute: number): Promise<AwsShape[]> {
  const digests = await truth.digests();
  const data: AwsShape[] = [];
  for (const [targetGroupArn, share] of await truth.weights()) {
    const digest = digests.get(targetGroupArn);
    const requests = Math.round((options.requestsPerMinute * share) / 100);
    if (digest === undefined) continue;
    const errors = Math.round(requests * options.errorShareOf(digest));
    const seconds = new Map([[LATENCY_SECONDS, requests]]);
    data.push(...balancerData(service.productionListenerArn, { targetGroupArn, requests, errors, seconds }, minute));
  }
  return data;
}
