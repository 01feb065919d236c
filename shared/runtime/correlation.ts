// What one invocation is about: the ids of services, deployments and remediations that its log lines, metrics and trace carry. Every
// access to a deployment's or a service's record says so by itself (observed-stores.ts), so that no handler can forget.
import { logger } from './logger.ts';
import { markMetrics } from './metrics.ts';
import { tracing } from './tracing.ts';

/** Ids of one kind that one invocation names; the sweeper may see hundreds. X-Ray takes 1,000 characters of an annotation. */
const CORRELATED_MAX = 10;
const ANNOTATION_LENGTH_MAX = 1_000;

export type CorrelationKey = 'serviceKey' | 'deploymentId' | 'remediationId';

const seen = new Map<CorrelationKey, Set<string>>();

/** From now on this invocation is about these too. Several of one kind stand side by side, separated by a space. */
export function correlate(ids: { readonly [K in CorrelationKey]?: string | undefined }): void {
  for (const key of ['serviceKey', 'deploymentId', 'remediationId'] as const) {
    const id = ids[key];
    if (id !== undefined) add(key, id);
  }
}

function add(key: CorrelationKey, id: string): void {
  const known = seen.get(key) ?? new Set();
  if (known.has(id) || known.size >= CORRELATED_MAX) return;
  seen.set(key, known.add(id));
  const value = [...known].join(' ');
  logger.appendKeys({ [key]: value });
  markMetrics(key, value);
  tracing?.tracer.putAnnotation(key, value.slice(0, ANNOTATION_LENGTH_MAX));
}

/** Each invocation begins with nothing. */
export const forgetCorrelation = { before: (): void => seen.clear() };
