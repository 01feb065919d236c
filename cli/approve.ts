// weir approve SERVICE: approves the deployment that waits for approval, or with --reject ends it.
import type { Command } from 'commander';
import type { ApproveAnswer } from '#flows/approve-deployment.ts';
import { describeApproval } from './approval-view.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';
import { showOf } from './service-view.ts';

interface ApproveOptions {
  readonly reason: string;
  readonly deployment?: string;
  readonly reject: boolean;
  readonly dryRun: boolean;
}

export function registerApprove(program: Command): void {
  program
    .command('approve')
    .description('approve the deployment that waits for it, or with --reject end it')
    .argument('<service>', 'cluster/service')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--reject', 'do not approve: one such answer ends the deployment', false)
    .option('--deployment <id>', 'only if this deployment is the one that runs')
    .option('--dry-run', 'say what waits for approval and answer nothing', false)
    .addHelpText(
      'after',
      '\nExamples:\n  weir approve prod/orders --reason "release notes read"\n  weir approve prod/orders --reject --reason "not before the sale"',
    )
    .action(async (service: string, options: ApproveOptions, command: Command) => {
      const globals = globalOptions(command);
      const client = connect(globals);
      if (options.dryRun) {
        const view = await showOf(client, service, 1);
        const running = view.deployments.find(({ id }) => id === view.service.active?.deploymentId);
        print(globals.json, { approval: running?.approval ?? null }, () =>
          running?.approval === undefined ? [`Nothing of ${service} waits for approval`] : [running.id, ...describeApproval(running.approval, view.now)],
        );
        return;
      }
      const answer = await client.ask<ApproveAnswer>('approve-deployment', {
        by: await client.caller(),
        serviceKey: service,
        reason: options.reason,
        approves: !options.reject,
        ...(options.deployment === undefined ? {} : { deploymentId: options.deployment }),
      });
      print(globals.json, answer, () => [describeApprovalAnswer(service, answer)]);
      if (answer.kind !== 'counted') throw new CommandFailure('the answer was not counted');
    });
}

export function describeApprovalAnswer(service: string, answer: ApproveAnswer): string {
  if (answer.kind === 'nothingRuns') return `No deployment of ${service} is running`;
  if (answer.kind === 'notCounted') return `${answer.deploymentId}: ${answer.why}`;
  if (!answer.approves) return `${answer.deploymentId} is not approved and ends`;
  return answer.missing === 0
    ? `${answer.deploymentId} is approved and goes on; follow it with: weir status ${service} --watch`
    : `${answer.deploymentId} has your approval; ${answer.missing} more needed`;
}
