// The active health checks: one loop per target of a group in use, on the region's clock, over real sockets.
import { request as httpRequest } from 'node:http';
import type { Timer } from '../clock/clock.ts';
import type { Region } from '../region.ts';
import { CHECK_REAL_TIMEOUT_MS_MIN, FIRST_CHECK_DELAY_MS } from './limits.ts';
import { type HealthCheckSettings, type LoadBalancing, loadBalancersUsing, type Target, type TargetGroup } from './load-balancing-state.ts';
import { afterCheck, type CheckResult, FIRST_CHECKS, NOT_IN_USE, REGISTERING } from './target-health.ts';

export interface HealthChecker {
  /** Starts and stops loops so that exactly the targets that are to be checked are. Cheap; called after every change. */
  refresh(group: TargetGroup): void;
  refreshAll(): void;
  close(): void;
}

export interface HealthCheckerOptions {
  /** Least real milliseconds a check gets, whatever the clock's speed. */
  readonly realTimeoutMsMin?: number;
  readonly checkTarget?: CheckTarget;
}

/** Asks a target whether it is well. Never rejects. */
export type CheckTarget = (region: Region, target: Target, settings: HealthCheckSettings, timeoutMs: number) => CheckResult | Promise<CheckResult>;

interface Loop {
  readonly target: Target;
  timer: Timer | undefined;
  stopped: boolean;
}

export function createHealthChecker(region: Region, state: LoadBalancing, options: HealthCheckerOptions = {}): HealthChecker {
  const loops = new Map<Target, Loop>();
  const ask = options.checkTarget ?? checkTarget;
  const realTimeoutMsMin = options.realTimeoutMsMin ?? CHECK_REAL_TIMEOUT_MS_MIN;

  const stop = (target: Target): void => {
    const loop = loops.get(target);
    if (loop === undefined) return;
    loop.stopped = true;
    loop.timer?.cancel();
    loops.delete(target);
  };

  const again = (group: TargetGroup, loop: Loop, delayMs: number): void => {
    loop.timer = region.clock.schedule(delayMs, () => check(group, loop), `health check of ${loop.target.id}:${loop.target.port}`);
  };

  const check = (group: TargetGroup, loop: Loop): void => {
    const startedAt = region.clock.now();
    const { target } = loop;
    const settings = group.healthCheck;
    if (target.health === REGISTERING) target.health = FIRST_CHECKS;
    const work = async (): Promise<CheckResult> => ask(region, target, settings, realTimeoutMs(region, settings, realTimeoutMsMin));
    region.clock.during(work).then(
      (result) => {
        if (loop.stopped) return;
        apply(region, group, target, result);
        again(group, loop, Math.max(0, settings.intervalSeconds * 1_000 - (region.clock.now() - startedAt)));
      },
      (error: unknown) => region.log('elasticloadbalancing', `health check failed to run: ${String(error)}`),
    );
  };

  const refresh = (group: TargetGroup): void => {
    const isUsed = state.targetGroups.has(group.arn) && loadBalancersUsing(state, group.arn).length > 0;
    for (const target of group.targets.values()) {
      if (target.health.state === 'draining') {
        stop(target);
      } else if (!isUsed) {
        stop(target);
        target.health = NOT_IN_USE;
      } else if (!loops.has(target)) {
        target.health = REGISTERING;
        const loop: Loop = { target, timer: undefined, stopped: false };
        loops.set(target, loop);
        again(group, loop, FIRST_CHECK_DELAY_MS);
      }
    }
    // Targets that left the group altogether (a deleted group, one deregistered while unused).
    if (!isUsed) for (const target of group.targets.values()) stop(target);
  };

  return {
    refresh,
    refreshAll() {
      for (const group of state.targetGroups.values()) refresh(group);
    },
    close() {
      for (const target of [...loops.keys()]) stop(target);
    },
  };
}

/**
 * The clock is held during a check, so it runs at real speed meanwhile. Waiting the configured timeout in real time would
 * let one hanging target slow a fast clock to a crawl; waiting it in simulated time would fail healthy targets, since
 * processes do not speed up with the clock. Hence: simulated, but never less than a floor of real time.
 */
function realTimeoutMs(region: Region, settings: HealthCheckSettings, floorMs: number): number {
  const { mode } = region.clock;
  const simulated = settings.timeoutSeconds * 1_000;
  if (mode.kind === 'real') return simulated;
  return Math.max(floorMs, mode.kind === 'scaled' ? simulated / mode.speed : 0);
}

function apply(region: Region, group: TargetGroup, target: Target, result: CheckResult): void {
  const before = target.health;
  target.health = afterCheck(before, result, group.healthCheck);
  if (before.state === target.health.state) return;
  region.log(
    'elasticloadbalancing',
    `${group.name} ${target.id}:${target.port} ${before.state} -> ${target.health.state} ${target.health.reason ?? ''}`.trim(),
  );
  if (target.health.state !== 'healthy' || group.attributes.get('slow_start.duration_seconds') === '0') return;
  // The first targets of a group do not start slowly: there is nobody else to take the requests.
  const others = [...group.targets.values()].some((other) => other !== target && other.health.state === 'healthy');
  target.slowStartFrom = others ? region.clock.now() : undefined;
}

/** One real check. Never rejects. */
export function checkTarget(region: Region, target: Target, settings: HealthCheckSettings, timeoutMs: number): Promise<CheckResult> {
  const port = settings.port === 'traffic-port' ? target.port : Number(settings.port);
  const address = region.network.resolve(target.id, port);
  if (address === undefined) return Promise.resolve({ kind: 'failed' });
  return new Promise((resolve) => {
    const request = httpRequest({
      host: address.host,
      port: address.port,
      path: settings.path,
      headers: { host: `${target.id}:${port}`, 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
      agent: false,
    });
    // Real I/O needs a real limit: the clock stands still or runs at real speed while this check holds it.
    const limit = setTimeout(() => finish({ kind: 'timeout' }), timeoutMs);
    const finish = (result: CheckResult): void => {
      clearTimeout(limit);
      resolve(result);
      request.destroy();
    };
    request.on('response', (response) => {
      response.on('error', () => undefined);
      finish({ kind: 'answered', status: response.statusCode ?? 0 });
    });
    request.on('error', () => finish({ kind: 'failed' }));
    request.end();
  });
}
