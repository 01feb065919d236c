// weir history SERVICE: its deployments, newest first, one line each.
import type { Command } from 'commander';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { formatSpan } from './figures.ts';
import { globalOptions, print } from './global-options.ts';
import { limitOption } from './limit-option.ts';
import { connect } from './operations-client.ts';
import { imageLabel, showOf } from './service-view.ts';

export function registerHistory(program: Command): void {
  program
    .command('history')
    .description('the deployments of a service, newest first')
    .argument('<service>', 'cluster/service')
    .option('--limit <n>', 'number of deployments, at most 50', '20')
    .addHelpText('after', '\nExample:\n  weir history prod/orders --limit 50')
    .action(async (service: string, options: { limit: string }, command: Command) => {
      const globals = globalOptions(command);
      const view = await showOf(connect(globals), service, limitOption('--limit', options.limit));
      const serving = view.service.lastSuccess?.deploymentId;
      print(globals.json, view.deployments.map(withoutMinutes), () =>
        view.deployments.length === 0
          ? [`${service} has no deployments yet`]
          : view.deployments.map((deployment) => historyLine(deployment, deployment.id === serving)),
      );
    });
}

/** The minutes of evidence are for weir replay. */
function withoutMinutes({ evidence: _evidence, ...deployment }: Deployment): Omit<Deployment, 'evidence'> {
  return deployment;
}

export function historyLine(deployment: Deployment, isServing: boolean): string {
  const { id, status, requestedAt, outcome, request } = deployment;
  const when = `${new Date(requestedAt).toISOString().slice(0, 16).replace('T', ' ')}Z`;
  const took = outcome === undefined ? '' : `  ${formatSpan(outcome.at - requestedAt)}`;
  const who = request.by === undefined ? request.source : `by ${request.by}`;
  const why = outcome === undefined ? '' : `  ${outcome.reason}`;
  return `${when}  ${isServing ? '*' : ' '} ${status.padEnd(11)}  ${imageLabel(deployment)}  ${id}${took}  ${who}${isTerminal(status) ? why : ''}`;
}
