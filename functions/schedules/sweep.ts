// Every few minutes: repair what a lost event or a dead function left undone.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { sweep } from '#flows/sweep.ts';
import { logger } from '#runtime/logger.ts';
import { portsOfThisFunction } from '#runtime/ports-of-this-function.ts';

export const handler = middy()
  .use(injectLambdaContext(logger, { clearState: true }))
  .handler(async () => {
    const { ports, configuration } = portsOfThisFunction();
    const report = await sweep(ports, configuration.account);
    logger.info('swept', { ...report });
    return report;
  });
