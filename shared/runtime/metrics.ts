// Metrics of Weir itself in CloudWatch's embedded metric format: log lines that CloudWatch reads metrics from, so no call, no permission
// and no waiting. Dimensions: service and Stack. Outside Lambda nobody reads them, and none are written.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';

/** The stack and its table have one name. */
const { AWS_LAMBDA_FUNCTION_NAME: functionName, WEIR_TABLE: stack } = process.env;

const metrics = new Metrics({ namespace: 'Weir', serviceName: 'weir', ...(stack === undefined ? {} : { defaultDimensions: { Stack: stack } }) });

export function countMetrics(counts: Readonly<Record<string, number>>): void {
  if (functionName === undefined) return;
  for (const [name, value] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, value);
}

/** A member of the lines this invocation writes; no dimension, which would be a metric of its own for every deployment. */
export function markMetrics(key: string, value: string): void {
  metrics.addMetadata(key, value);
}

const publish = (): void => {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  metrics.clearMetadata();
};

/** Powertools' own middleware would warn after every invocation that counted nothing. */
export const publishMetrics = {
  before: ({ context }: { readonly context: Context }): void => {
    if (functionName !== undefined) metrics.captureColdStartMetric(context.functionName);
  },
  after: publish,
  onError: publish,
};
