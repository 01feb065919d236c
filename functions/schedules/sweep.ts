// Every few minutes: repair what a lost event or a dead function left undone.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { sweep } from '#flows/sweep.ts';
import { embeddedMetrics, writeMetrics } from '#runtime/embedded-metrics.ts';
import { logger } from '#runtime/logger.ts';
import { portsOfThisFunction } from '#runtime/ports-of-this-function.ts';

export const handler = middy()
  .use(injectLambdaContext(logger, { clearState: true }))
  .handler(async () => {
    const { ports, configuration } = portsOfThisFunction();
    const report = await sweep(ports, configuration.account);
    logger.info('swept', { ...report });
    const { deployments, stuck, restarted, pushesFound, remediations, problems } = report;
    const counts = {
      UnfinishedDeployments: deployments,
      StuckDeployments: stuck.length,
      SweeperRepairs: restarted.length + pushesFound.length + remediations.length,
      SweeperProblems: problems.length,
    };
    // The stack and its table have one name.
    writeMetrics(embeddedMetrics(configuration.table, counts, ports.now()));
    return report;
  });
