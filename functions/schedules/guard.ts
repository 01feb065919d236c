// Once a minute: is every version whose deployment succeeded lately still healthy?
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { lookAtGuards } from '#flows/look-at-guards.ts';
import { logger } from '#runtime/logger.ts';
import { portsOfThisFunction } from '#runtime/ports-of-this-function.ts';

export const handler = middy()
  .use(injectLambdaContext(logger, { clearState: true }))
  .handler(async () => {
    const report = await lookAtGuards(portsOfThisFunction().ports);
    if (report.looks > 0) logger.info('looked at guard windows', { ...report });
    return report;
  });
