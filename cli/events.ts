// weir events SERVICE [DEPLOYMENT]: what happened, in the order it happened, over several deployments.
import type { Command } from 'commander';
import type { Deployment } from '#core/deployment/deployment.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { limitOption } from './limit-option.ts';
import { connect } from './operations-client.ts';
import { showOf } from './service-view.ts';

interface ShownEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly deploymentId: string;
  readonly type: string;
  readonly text: string;
}

export function registerEvents(program: Command): void {
  program
    .command('events')
    .description('what happened to a service, oldest first: decisions, requests and who made them')
    .argument('<service>', 'cluster/service')
    .argument('[deployment]', 'only of this deployment')
    .option('--deployments <n>', 'number of deployments to look back, at most 50', '5')
    .addHelpText('after', '\nExamples:\n  weir events prod/orders\n  weir --json events prod/orders 20261123T090112-3f0c2a91be')
    .action(async (service: string, deploymentId: string | undefined, options: { deployments: string }, command: Command) => {
      const globals = globalOptions(command);
      const view = await showOf(connect(globals), service, limitOption('--deployments', options.deployments), deploymentId);
      const wanted = deploymentId === undefined ? view.deployments : view.deployments.filter(({ id }) => id === deploymentId);
      if (deploymentId !== undefined && wanted.length === 0) throw new CommandFailure(`${service} has no deployment ${deploymentId}`);
      const events = eventsOf(wanted);
      print(globals.json, events, () => (events.length === 0 ? [`${service} has no deployments yet`] : events.map(eventLine)));
    });
}

export function eventsOf(deployments: readonly Deployment[]): readonly ShownEvent[] {
  return deployments
    .flatMap(({ id, timeline }) => timeline.map((entry) => ({ ...entry, deploymentId: id })))
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, deploymentId, type, text }) => ({ at: new Date(at).toISOString(), deploymentId, type, text }));
}

function eventLine({ at, deploymentId, text }: ShownEvent): string {
  return `${at.slice(0, 19).replace('T', ' ')}Z  ${deploymentId}  ${text}`;
}
