// weir retry SERVICE [DEPLOYMENT]: the image of a deployment that did not succeed, once more.
import type { Command } from 'commander';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { RetryAnswer } from '#flows/retry-deployment.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';

export function registerRetry(program: Command): void {
  program
    .command('retry')
    .description('deploy the image of a deployment that did not succeed once more, quarantined or not')
    .argument('<service>', 'cluster/service')
    .argument('[deployment]', 'its id; the newest that failed, was rolled back or is held when not given')
    .requiredOption('--reason <text>', 'why it should go better now, for the record')
    .option('--dry-run', 'say what would be deployed and change nothing', false)
    .addHelpText('after', '\nExample:\n  weir retry prod/orders --reason "the database is back"')
    .action(async (service: string, deploymentId: string | undefined, options: { reason: string; dryRun: boolean }, command: Command) => {
      const globals = globalOptions(command);
      const client = connect(globals);
      const request = { by: await client.caller(), serviceKey: service, reason: options.reason };
      const planned = await client.ask<RetryAnswer>('retry-deployment', { ...request, dryRun: true, ...(deploymentId === undefined ? {} : { deploymentId }) });
      // By the id that was seen: a request that comes twice must not retry its own retry.
      const answer =
        options.dryRun || planned.kind !== 'planned'
          ? planned
          : await client.ask<RetryAnswer>('retry-deployment', { ...request, deploymentId: planned.retries });
      print(globals.json, answer, () => [describeRetry(service, answer)]);
      if (answer.kind !== 'deploying' && answer.kind !== 'planned') throw new CommandFailure('nothing is retried');
    });
}

export function describeRetry(service: string, answer: RetryAnswer): string {
  switch (answer.kind) {
    case 'planned':
      return `Would deploy ${answer.image} of ${answer.retries} (${answer.ended}) once more`;
    case 'deploying':
      return `${answer.deploymentId} deploys the image of ${answer.retries} once more; follow it with: weir status ${service} --watch`;
    case 'retriedBefore':
      return `${answer.by} retried ${answer.retries} before: ${answer.deploymentId} is ${answer.status}; weir retry ${service} ${answer.deploymentId} retries that one`;
    case 'refused':
      return `${answer.deploymentId} was refused: ${answer.reason}`;
    case 'notEnded':
      return `${answer.deploymentId} has not ended: ${answer.status}`;
    case 'succeeded':
      return `${answer.deploymentId} succeeded; there is nothing to retry`;
    case 'nothingToRetry':
      return `No deployment of ${service} failed, was rolled back or is held`;
    case 'unknownService':
      return `no manifest was applied for ${service}; run weir apply -f weir.yaml`;
    default:
      return assertNever(answer);
  }
}
