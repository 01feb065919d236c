// PutMetricData: checks a whole request, then adds its samples. Namespaces of AWS are for AWS services only.
import type { AwsShape, Operation, Principal, Region } from '../../region.ts';
import { DIMENSIONS_MAX, METRIC_DATA_PER_PUT_MAX, TIMESTAMP_AGE_SECONDS_MAX, TIMESTAMP_AHEAD_SECONDS_MAX, VALUE_MAX, VALUES_PER_DATUM_MAX } from '../limits.ts';
import {
  integer,
  invalidCombination,
  invalidValue,
  isGiven,
  missing,
  number,
  oneOf,
  requiredNumber,
  requiredText,
  shape,
  shapes,
  timestamp,
} from '../request-members.ts';
import type { Dimension, MetricStore, Sample } from './metric-store.ts';

const SCALES = ['', 'Kilo', 'Mega', 'Giga', 'Tera'] as const;
const RATES = SCALES.flatMap((scale) => ['Bytes', 'Bits'].map((unit) => (scale === '' ? unit : `${scale}${unit.toLowerCase()}`)));

export const UNITS: readonly string[] = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  ...RATES,
  'Percent',
  'Count',
  ...RATES.map((unit) => `${unit}/Second`),
  'Count/Second',
  'None',
];

/** A namespace, as every operation that names one takes it. */
export function parseNamespace(input: AwsShape): string {
  const namespace = requiredText(input, 'Namespace');
  if (namespace.startsWith(':')) throw invalidValue('The value for parameter Namespace is invalid: it must not start with a colon.');
  return namespace;
}

/** Dimensions in one order, so that a metric is the same however a caller lists them. */
export function parseDimensions(input: AwsShape): readonly Dimension[] {
  const given = shapes(input, 'Dimensions');
  if (given.length > DIMENSIONS_MAX) throw invalidValue(`The collection Dimensions must not have a size greater than ${DIMENSIONS_MAX}.`);
  const dimensions = given.map((dimension) => ({ Name: requiredText(dimension, 'Name'), Value: requiredText(dimension, 'Value', 1_024) }));
  if (new Set(dimensions.map(({ Name }) => Name)).size < dimensions.length) throw invalidValue('No two dimensions of a metric may have the same name.');
  return dimensions.sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

function parseDatum(namespace: string, datum: AwsShape, index: number, now: number): Sample {
  const at = timestamp(datum, 'Timestamp') ?? now;
  const member = `MetricData.member.${index + 1}`;
  if (at < now - TIMESTAMP_AGE_SECONDS_MAX * 1_000)
    throw invalidValue(`The parameter ${member}.Timestamp must specify a time no more than two weeks in the past.`);
  if (at > now + TIMESTAMP_AHEAD_SECONDS_MAX * 1_000)
    throw invalidValue(`The parameter ${member}.Timestamp must specify a time no more than two hours in the future.`);
  const name = requiredText(datum, 'MetricName');
  const resolution = integer(datum, 'StorageResolution', { min: 1, max: 60 }) ?? 60;
  if (resolution !== 1 && resolution !== 60)
    throw invalidValue(`The value ${resolution} for parameter ${member}.StorageResolution is invalid. It must be 1 or 60.`);
  return {
    metric: { namespace, name, dimensions: parseDimensions(datum) },
    at: Math.floor(at / 1_000),
    unit: oneOf(datum, 'Unit', UNITS) ?? 'None',
    highResolution: resolution === 1,
    ...parseSamples(datum, member),
  };
}

function parseSamples(datum: AwsShape, member: string): Pick<Sample, 'values' | 'set'> {
  const set = shape(datum, 'StatisticValues');
  const given = [isGiven(datum, 'Value'), isGiven(datum, 'Values'), set !== undefined].filter((isThere) => isThere).length;
  if (given === 0) throw missing(`${member}.Value`);
  if (given > 1)
    throw invalidCombination(
      `The parameters ${member}.Value, ${member}.Values and ${member}.StatisticValues are mutually exclusive and you have specified more than one.`,
    );
  const checked = (value: number): number => {
    if (!Number.isFinite(value) || Math.abs(value) > VALUE_MAX) throw invalidValue(`The value ${value} for parameter ${member}.Value is invalid.`);
    return value;
  };
  if (set !== undefined) {
    const [count, sum, min, max] = ['SampleCount', 'Sum', 'Minimum', 'Maximum'].map((name) => checked(requiredNumber(set, name)));
    if (count === undefined || sum === undefined || min === undefined || max === undefined || count <= 0 || min > max) {
      throw invalidValue(`The value for parameter ${member}.StatisticValues is invalid.`);
    }
    return { values: [], set: { count, sum, min, max } };
  }
  if (!isGiven(datum, 'Values')) return { values: [{ value: checked(requiredNumber(datum, 'Value')), count: 1 }], set: undefined };
  const values = numbers(datum, 'Values', member);
  const counts = isGiven(datum, 'Counts') ? numbers(datum, 'Counts', member) : values.map(() => 1);
  if (values.length > VALUES_PER_DATUM_MAX) throw invalidValue(`The collection ${member}.Values must not have a size greater than ${VALUES_PER_DATUM_MAX}.`);
  if (counts.length !== values.length) throw invalidValue(`The parameters ${member}.Values and ${member}.Counts must be of the same size.`);
  return {
    values: values.map((value, index) => {
      const count = counts[index] ?? 0;
      if (count <= 0) throw invalidValue(`The value ${count} for parameter ${member}.Counts is invalid.`);
      return { value: checked(value), count };
    }),
    set: undefined,
  };
}

function numbers(datum: AwsShape, name: string, member: string): number[] {
  const given: unknown = datum[name];
  if (!Array.isArray(given) || given.length === 0) throw invalidValue(`The collection ${member}.${name} must not be empty.`);
  return given.map((value) => number({ [name]: value }, name) ?? Number.NaN);
}

function refuseAwsNamespace(namespace: string, principal: Principal): void {
  if (namespace.startsWith('AWS/') && principal.kind !== 'service') throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
}

export function putMetricData(region: Region, store: MetricStore): Operation {
  return {
    handle(input, call) {
      const namespace = parseNamespace(input);
      refuseAwsNamespace(namespace, call.principal);
      const data = [...shapes(input, 'MetricData'), ...shapes(input, 'EntityMetricData').flatMap((entity) => shapes(entity, 'MetricData'))];
      if (data.length === 0) throw missing('MetricData');
      if (data.length > METRIC_DATA_PER_PUT_MAX) throw invalidValue(`The collection MetricData must not have a size greater than ${METRIC_DATA_PER_PUT_MAX}.`);
      const now = region.clock.now();
      const samples = data.map((datum, index) => parseDatum(namespace, datum, index, now));
      for (const sample of samples) store.add(sample, Math.floor(now / 1_000));
      return {};
    },
  };
}
