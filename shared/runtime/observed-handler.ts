// The stack of middleware that every function has: structured logs with the request's ids, what the invocation is about, metrics, and
// the trace where there is one. All shells begin with it.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { forgetCorrelation } from './correlation.ts';
import { logger } from './logger.ts';
import { publishMetrics } from './metrics.ts';
import { tracing } from './tracing.ts';

export function observed() {
  const stack = middy()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(forgetCorrelation)
    .use(publishMetrics);
  return tracing === undefined ? stack : stack.use(tracing.middleware);
}
