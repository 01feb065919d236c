// Every few minutes: repair what a lost event or a dead function left undone.
import { sweep } from '#flows/sweep.ts';
import { logger } from '#runtime/logger.ts';
import { countMetrics } from '#runtime/metrics.ts';
import { observed } from '#runtime/observed-handler.ts';
import { portsOfThisFunction } from '#runtime/ports-of-this-function.ts';

export const handler = observed().handler(async () => {
  const { ports, configuration } = portsOfThisFunction();
  const report = await sweep(ports, configuration.account);
  logger.info('swept', { ...report });
  const { deployments, stuck, restarted, pushesFound, remediations, problems } = report;
  countMetrics({
    UnfinishedDeployments: deployments,
    StuckDeployments: stuck.length,
    SweeperRepairs: restarted.length + pushesFound.length + remediations.length,
    SweeperProblems: problems.length,
  });
  return report;
});
