// GetMetricStatistics, the older way to read one metric.
import type { AwsShape, Operation, Region } from '../../region.ts';
import { STATISTICS_DATAPOINTS_MAX } from '../limits.ts';
import { invalidCombination, isGiven, missing, oneOf, requiredText, requiredTimestamp, texts } from '../request-members.ts';
import type { Bin } from './metric-bin.ts';
import { alignSpan, parsePeriod } from './metric-query.ts';
import type { MetricStore } from './metric-store.ts';
import { parseDimensions, parseNamespace, UNITS } from './put-metric-data.ts';
import { parseStatistic, statisticValue } from './statistic.ts';

const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];

export function getMetricStatistics(region: Region, store: MetricStore): Operation {
  return {
    handle(input) {
      const metric = { namespace: parseNamespace(input), name: requiredText(input, 'MetricName'), dimensions: parseDimensions(input) };
      if (!isGiven(input, 'Period')) throw missing('Period');
      const span = alignSpan(
        { startMs: requiredTimestamp(input, 'StartTime'), endMs: requiredTimestamp(input, 'EndTime') },
        parsePeriod(input, 'Period'),
        region.clock.now(),
      );
      const simple = texts(input, 'Statistics');
      const extended = texts(input, 'ExtendedStatistics');
      if (simple.length + extended.length === 0) throw missing('Statistics');
      const wrong = simple.find((name) => !STATISTICS.includes(name));
      if (wrong !== undefined) oneOf({ Statistics: wrong }, 'Statistics', STATISTICS);
      const parsedExtended = extended.map((name) => [name, parseStatistic(name)] as const);
      const count = Math.ceil((span.end - span.start) / span.period);
      if (count > STATISTICS_DATAPOINTS_MAX) {
        throw invalidCombination(
          `You have requested up to ${count} datapoints, which exceeds the limit of ${STATISTICS_DATAPOINTS_MAX}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
        );
      }
      const asked = oneOf(input, 'Unit', UNITS);
      const describe = (unit: string, at: number, bin: Bin): AwsShape => ({
        Timestamp: new Date(at * 1_000),
        ...Object.fromEntries(simple.map((name) => [name, statisticValue(parseStatistic(name), bin)])),
        Unit: unit,
        ...(extended.length === 0
          ? {}
          : { ExtendedStatistics: Object.fromEntries(parsedExtended.map(([name, statistic]) => [name, statisticValue(statistic, bin)])) }),
      });
      const units = asked === undefined ? store.units(metric) : [asked];
      const points = units.flatMap((unit) => [...store.read(metric, unit, span)].map(([at, bin]) => ({ at, unit, bin })));
      points.sort((a, b) => a.at - b.at);
      return { Label: metric.name, Datapoints: points.map(({ at, unit, bin }) => describe(unit, at, bin)) };
    },
  };
}
