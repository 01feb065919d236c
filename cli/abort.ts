// weir abort SERVICE: asks the running deployment to go back to blue.
import type { Command } from 'commander';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { AbortAnswer } from '#flows/abort-deployment.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';
import { showOf } from './service-view.ts';

export function registerAbort(program: Command): void {
  program
    .command('abort')
    .description('send all traffic back to blue and end the running deployment')
    .argument('<service>', 'cluster/service')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--deployment <id>', 'only if this deployment is the one that runs')
    .option('--dry-run', 'say what would be aborted and abort nothing', false)
    .addHelpText('after', '\nExample:\n  weir abort prod/orders --reason "checkout errors"')
    .action(async (service: string, options: { reason: string; deployment?: string; dryRun: boolean }, command: Command) => {
      const globals = globalOptions(command);
      const client = connect(globals);
      if (options.dryRun) {
        const running = (await showOf(client, service, 1)).service.active?.deploymentId;
        print(globals.json, { wouldAbort: running ?? null }, () => [
          running === undefined ? `No deployment of ${service} is running` : `Would abort ${running}`,
        ]);
        return;
      }
      const answer = await client.ask<AbortAnswer>('abort-deployment', {
        by: await client.caller(),
        serviceKey: service,
        reason: options.reason,
        ...(options.deployment === undefined ? {} : { deploymentId: options.deployment }),
      });
      print(globals.json, answer, () => [describeAbort(service, answer)]);
      if (answer.kind !== 'asked') throw new CommandFailure('nothing was aborted');
    });
}

export function describeAbort(service: string, answer: AbortAnswer): string {
  switch (answer.kind) {
    case 'asked':
      return [
        answer.before === undefined
          ? `Asked ${answer.deploymentId} to go back`
          : `${answer.before.by} asked ${answer.deploymentId} to go back before: ${answer.before.reason}`,
        ...(answer.over === undefined ? [] : [`this overrides what ${answer.over.by} asked before: ${answer.over.reason}`]),
        `follow it with: weir status ${service} --watch`,
      ].join('; ');
    case 'nothingRuns':
      return `No deployment of ${service} is running`;
    case 'ended':
      return `${answer.deploymentId} had already ended: ${answer.status}`;
    default:
      return assertNever(answer);
  }
}
