// weir promote SERVICE: lets green stay without waiting for more evidence.
import type { Command } from 'commander';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { PromoteAnswer } from '#flows/promote-deployment.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';
import { showOf } from './service-view.ts';

export function registerPromote(program: Command): void {
  program
    .command('promote')
    .description('let green stay without waiting for more evidence')
    .argument('<service>', 'cluster/service')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--deployment <id>', 'only if this deployment is the one that runs')
    .option('--dry-run', 'say what would be promoted and promote nothing', false)
    .addHelpText(
      'after',
      '\nThe bake time ends as soon as green has all traffic. Evidence against green still rolls it back.\n\nExample:\n  weir promote prod/orders --reason "checked the dashboards, quiet hour"',
    )
    .action(async (service: string, options: { reason: string; deployment?: string; dryRun: boolean }, command: Command) => {
      const globals = globalOptions(command);
      const client = connect(globals);
      if (options.dryRun) {
        const running = (await showOf(client, service, 1)).service.active?.deploymentId;
        print(globals.json, { wouldPromote: running ?? null }, () => [
          running === undefined ? `No deployment of ${service} is running` : `Would promote ${running}`,
        ]);
        return;
      }
      const answer = await client.ask<PromoteAnswer>('promote-deployment', {
        by: await client.caller(),
        serviceKey: service,
        reason: options.reason,
        ...(options.deployment === undefined ? {} : { deploymentId: options.deployment }),
      });
      print(globals.json, answer, () => [describePromote(service, answer)]);
      if (answer.kind !== 'asked') throw new CommandFailure('nothing was promoted');
    });
}

export function describePromote(service: string, answer: PromoteAnswer): string {
  switch (answer.kind) {
    case 'asked':
      if (answer.pausedBy !== undefined)
        return `${answer.deploymentId} needs no more evidence, but ${answer.pausedBy} paused it: weir resume ${service} --reason "..." lets it go on`;
      return answer.allTrafficOnGreen
        ? `${answer.deploymentId} may keep all traffic; blue ends now`
        : `${answer.deploymentId} needs no more evidence once it has all traffic; follow it with: weir status ${service} --watch`;
    case 'nothingRuns':
      return `No deployment of ${service} is running`;
    case 'ended':
      return `${answer.deploymentId} had already ended: ${answer.status}`;
    case 'goesBack':
      return `${answer.deploymentId} goes back to blue: ${answer.why}`;
    default:
      return assertNever(answer);
  }
}
