// The evidence of one metric against its two decision lines: how far it is from rolling back, how far from being good enough.

import type { MetricName } from '#core/health/comparison.ts';
import { type MetricReading, odds } from '#core/health/comparison-reading.ts';

export interface MetricView {
  readonly metric: MetricName;
  readonly title: string;
  readonly blue: SideView;
  readonly green: SideView;
  /** "1.3 times blue's (95 %: 0.8 to 2.1)"; absent where it cannot be said. */
  readonly ratio?: string;
  /** Against green; at the line it is rolled back. */
  readonly fail: LineView;
  /** For green; at the line it may go on. Absent where the metric is not asked. */
  readonly pass?: LineView;
}

export interface SideView {
  readonly bad: number;
  readonly requests: number;
  /** Percent; absent where nothing was seen. */
  readonly percent?: number;
}

export interface LineView {
  /** 0 to 1 of the way to the line. */
  readonly part: number;
  readonly now: string;
  readonly line: string;
}

const titles: Readonly<Record<MetricName, string>> = {
  errors: 'Failed requests',
  latency: "Slower than blue's p99",
  crashes: 'Crashed tasks',
  slo: 'Own limit',
};

export function evidenceView({ metric, blue, green, ratio, interval, evidence, limit, advance, advanceLimit }: MetricReading): MetricView {
  return {
    metric,
    title: titles[metric],
    blue: side(blue),
    green: side(green),
    ...(ratio === undefined || interval === undefined ? {} : { ratio: ratioText(ratio, interval) }),
    fail: line(evidence, limit),
    ...(advance === undefined || advanceLimit === undefined ? {} : { pass: line(advance, advanceLimit) }),
  };
}

function side({ bad, requests }: MetricReading['blue']): SideView {
  return requests === 0 ? { bad, requests } : { bad, requests, percent: (100 * bad) / requests };
}

/** Evidence and lines are logarithms of odds: halfway is the square root of the odds. */
function line(evidence: number, limit: number): LineView {
  return { part: Math.min(1, Math.max(0, evidence / limit)), now: odds(evidence), line: odds(limit) };
}

function ratioText(ratio: number, { low, high }: { readonly low: number; readonly high?: number }): string {
  const figure = (value: number): string => String(Number(value.toPrecision(2)));
  return `${figure(ratio)} times blue's (95 %: ${figure(low)} ${high === undefined ? 'and more' : `to ${figure(high)}`})`;
}
