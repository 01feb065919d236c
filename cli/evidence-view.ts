// The comparison of green with blue in a few lines for a terminal: what was seen, and how far the evidence is from its decision lines.
import { type ComparisonReading, type MetricReading, odds } from '#core/health/comparison-reading.ts';

const GAUGE_WIDTH = 20;
const titles: Readonly<Record<MetricReading['metric'], string>> = {
  errors: 'failed requests',
  latency: "slower than blue's p99",
  crashes: 'crashed tasks',
  slo: 'own limit',
};

/** `[#######.............]`: how much of the way to a decision line is done. */
export function gauge(evidence: number, limit: number): string {
  const done = Math.round(GAUGE_WIDTH * Math.min(1, Math.max(0, evidence / limit)));
  return `[${'#'.repeat(done)}${'.'.repeat(GAUGE_WIDTH - done)}]`;
}

export function describeComparison(comparison: ComparisonReading): readonly string[] {
  if (comparison.minutes === 0) return [];
  return comparison.metrics.flatMap((metric) => [
    `    ${titles[metric.metric].padEnd(23)} green ${side(metric.green)}   blue ${side(metric.blue)}${ratio(metric)}`,
    `      against green ${gauge(metric.evidence, metric.limit)} ${odds(metric.evidence)} of ${odds(metric.limit)}${advance(metric)}`,
  ]);
}

function side({ requests, bad }: MetricReading['green']): string {
  return requests === 0 ? 'nothing seen' : `${bad} of ${requests} (${Number(((100 * bad) / requests).toPrecision(3))} %)`;
}

function ratio({ ratio: value, interval }: MetricReading): string {
  if (value === undefined || interval === undefined) return '';
  const high = interval.high === undefined ? '' : ` to ${Number(interval.high.toPrecision(2))}`;
  return `   x${Number(value.toPrecision(2))} (95 %: ${Number(interval.low.toPrecision(2))}${high === '' ? ' and more' : high})`;
}

function advance({ advance: evidence, advanceLimit }: MetricReading): string {
  if (evidence === undefined || advanceLimit === undefined) return '';
  return `   good enough ${gauge(evidence, advanceLimit)} ${odds(evidence)} of ${odds(advanceLimit)}`;
}
