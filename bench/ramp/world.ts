// The traffic of one deployment, drawn once and the same for every ramp that is tried on it: what a ramp decides is how much of it green
// gets. Requests arrive by the tick, Poisson with a Gamma factor per minute; each fails by chance.
import type { Baseline } from '#core/health/evidence.ts';
import { binomial } from '../verdict/random/binomial.ts';
import { gamma } from '../verdict/random/gamma.ts';
import { poisson } from '../verdict/random/poisson.ts';
import { randomSource } from '../verdict/random/random-source.ts';
import { applyEffect, type Cell } from '../verdict/scenarios/cell.ts';
import { drawDeployment } from '../verdict/scenarios/deployment.ts';
import { baselineOf } from '../verdict/weir-decider.ts';

/** One tick: how often the hook of a held step is asked again. */
export const TICK_SECONDS = 15;
export const TICKS_PER_MINUTE = 60 / TICK_SECONDS;
/** Minutes differ in traffic by 20 % (standard deviation) beyond what Poisson counts do. */
const TRAFFIC_SHAPE = 25;

export interface TickTraffic {
  readonly requests: number;
  readonly errors: number;
}

export interface RampWorld {
  readonly baseline: Baseline | undefined;
  /** Ticks of a minute that had passed when green got its first traffic, 0 to 3. */
  readonly firstTick: number;
  /** What both sides do in a tick, counted from green's first, when green has this share, percent. */
  traffic(tick: number, greenPercent: number): { readonly blue: TickTraffic; readonly green: TickTraffic };
}

export function drawWorld(cell: Cell, seed: number, repetition: number): RampWorld {
  const stream = (...name: readonly (string | number)[]) => randomSource(seed, cell.name, repetition, ...name);
  const { history } = drawDeployment(cell, stream('history'));
  const firstTick = Math.floor(stream('offset').uniform() * TICKS_PER_MINUTE);
  const factors = new Map<number, number>();
  const factorOf = (minute: number): number => {
    const known = factors.get(minute) ?? gamma(stream('minute', minute), TRAFFIC_SHAPE) / TRAFFIC_SHAPE;
    factors.set(minute, known);
    return known;
  };
  return {
    baseline: baselineOf(history),
    firstTick,
    traffic(tick, greenPercent) {
      const random = stream('tick', tick);
      const expected = TICK_SECONDS * cell.requestsPerSecond * factorOf(Math.floor((firstTick + tick) / TICKS_PER_MINUTE));
      const requests = poisson(random, expected);
      const onGreen = binomial(random, requests, greenPercent / 100);
      const count = (of: number, rate: number): TickTraffic => ({ requests: of, errors: binomial(random, of, rate) });
      return { blue: count(requests - onGreen, cell.errorRate), green: count(onGreen, applyEffect(cell.effect, cell.errorRate)) };
    },
  };
}
