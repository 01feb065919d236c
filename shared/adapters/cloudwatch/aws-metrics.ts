// Health evidence from CloudWatch.
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Metrics } from '#ports/health-sources.ts';
import { baselineReader } from './read-baseline.ts';
import { evidenceReader } from './read-evidence.ts';

export function createAwsMetrics(client: CloudWatchClient): Metrics {
  return { evidence: evidenceReader(client), baseline: baselineReader(client) };
}
