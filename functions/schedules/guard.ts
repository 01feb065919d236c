// Once a minute: is every version whose deployment succeeded lately still healthy?
import { lookAtGuards } from '#flows/look-at-guards.ts';
import { logger } from '#runtime/logger.ts';
import { observed } from '#runtime/observed-handler.ts';
import { portsOfThisFunction } from '#runtime/ports-of-this-function.ts';

export const handler = observed().handler(async () => {
  const report = await lookAtGuards(portsOfThisFunction().ports);
  if (report.looks > 0) logger.info('looked at guard windows', { ...report });
  return report;
});
