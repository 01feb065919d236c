// What people are told of a deployment's end: what happened, why, what Weir did, on what evidence, and what is left to do.
import type { Explanation } from '#core/deployment/explain.ts';

/** `weir explain` has them all. */
const LOG_LINES_MAX = 10;

export function outcomeText(explanation: Explanation): string {
  const { serviceKey, deploymentId, happened, why, causes, log, evidence, next } = explanation;
  return [
    happened,
    ...(why === undefined ? [] : [`Why: ${why}`]),
    ...causes.map(({ code, count, title, lastText }) => `${count} x ${code}: ${title} Last: ${lastText}`),
    ...(log === undefined ? [] : [`Last lines of ${log.container}:`, ...log.lines.slice(-LOG_LINES_MAX).map((line) => `  ${line}`)]),
    ...evidence.map((line) => `Evidence: ${line}`),
    ...next.map((line) => `Next: ${line}`),
    `More: weir explain ${serviceKey} ${deploymentId}`,
  ].join('\n');
}
