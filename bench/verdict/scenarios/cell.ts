// A cell of the benchmark: one combination of traffic, error rate, weight, disturbance and fault, repeated many times.
import type { Disturbance } from './disturbances.ts';

/** What green does to the error rate it would have as blue. */
export type Effect =
  | { readonly kind: 'times'; readonly factor: number }
  /** Added to the rate, 0..1. */
  | { readonly kind: 'plus'; readonly rate: number };

export type Group =
  /** Green is as blue, requests fail independently. */
  | 'identical'
  /** Green is as blue (or worse by less than anyone should care), the world is not steady. */
  | 'structured'
  /** The same with many more errors to see, so that every difference of the sides shows. */
  | 'structuredHeavy'
  /** Green is worse from the start. */
  | 'fault'
  /** Green becomes worse after 30 minutes. */
  | 'lateFault'
  /** Green is as blue under a disturbance: what `disturbedFault` is compared with. */
  | 'disturbed'
  | 'disturbedFault'
  /** Green is worse for 10 minutes. */
  | 'shortFault'
  /** Green is as blue, clients differ and stay on one side. */
  | 'stickyClients'
  /** Green is as blue, errors come in bursts of very different sizes. */
  | 'heavyBursts';

export interface Cell {
  readonly name: string;
  readonly group: Group;
  /** The row of a report the cell belongs to within its group. */
  readonly kind: string;
  /** Error rate of blue, 0..1. */
  readonly errorRate: number;
  /** Of both sides together. */
  readonly requestsPerSecond: number;
  /** Share of traffic on green, 0..1, minute by minute. */
  readonly greenShare: (minute: number) => number;
  readonly disturbance: Disturbance;
  readonly effect?: Effect;
  /** Minutes in which the effect is there; absent: all. */
  readonly faultMinutes?: { readonly from: number; readonly to: number };
  /** Name of the cell that differs from this one only in that nothing is wrong with green. */
  readonly partner?: string;
}

/** Minutes each deployment is watched. */
export const WATCHED_MINUTES = 60;

/** 0.0001 -> "0.01 %". */
export function percentText(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}

export function effectText(effect: Effect): string {
  if (effect.kind === 'times') return `x${effect.factor}`;
  const points = Number((100 * effect.rate).toPrecision(6));
  return `+${points} point${points === 1 ? '' : 's'}`;
}

/** Green's error rate where blue's would be `rate`. */
export function applyEffect(effect: Effect | undefined, rate: number): number {
  if (effect === undefined) return rate;
  return Math.min(1, effect.kind === 'times' ? rate * effect.factor : rate + effect.rate);
}
