// weir rollback SERVICE: back to what served before, by the same workflow.
import type { Command } from 'commander';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { RollbackAnswer, RollbackPlan } from '#flows/roll-back-service.ts';
import { describeAbort } from './abort.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';

export function registerRollback(program: Command): void {
  program
    .command('rollback')
    .description('go back to what served before: abort the running deployment, or deploy the last successful version before this one')
    .argument('<service>', 'cluster/service')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--dry-run', 'say where it would go back to and change nothing', false)
    .addHelpText(
      'after',
      '\nAll traffic at once where a test listener checks green first. Two in a row go two versions back. A freeze does not hold it up.\n\nExample:\n  weir rollback prod/orders --reason "orders of yesterday are missing"',
    )
    .action(async (service: string, options: { reason: string; dryRun: boolean }, command: Command) => {
      const globals = globalOptions(command);
      const client = connect(globals);
      const request = { by: await client.caller(), serviceKey: service, reason: options.reason };
      const planned = await client.ask<RollbackAnswer>('roll-back-service', { ...request, dryRun: true });
      if (options.dryRun || planned.kind !== 'planned') {
        print(globals.json, planned, () => [describeRollback(service, planned)]);
        if (planned.kind !== 'planned') throw new CommandFailure('nothing is rolled back');
        return;
      }
      const answer = await client.ask<RollbackAnswer>('roll-back-service', { ...request, ticket: planned.plan.ticket });
      print(globals.json, answer, () => [describeRollback(service, answer)]);
      if (!isUnderWay(answer)) throw new CommandFailure('nothing is rolled back');
    });
}

function isUnderWay(answer: RollbackAnswer): boolean {
  return answer.kind === 'deploying' || answer.kind === 'askedBefore' || (answer.kind === 'aborted' && answer.answer.kind === 'asked');
}

export function describeRollback(service: string, answer: RollbackAnswer): string {
  switch (answer.kind) {
    case 'planned':
      return `Would ${describePlan(answer.plan)}`;
    case 'aborted':
      return describeAbort(service, answer.answer);
    case 'deploying':
      return `${answer.deploymentId} goes back to ${answer.target.digest}${answer.target.deploymentId === undefined ? '' : ` of ${answer.target.deploymentId}`}; follow it with: weir status ${service} --watch`;
    case 'askedBefore':
      return `${answer.by} asked for this before: ${answer.deploymentId} is ${answer.status}`;
    case 'changed':
      return `${answer.why}. That is not what you saw: look again, and ask again if you still want it`;
    case 'refused':
      return `${answer.deploymentId} was refused: ${answer.reason}`;
    case 'nothingBefore':
      return answer.why;
    case 'unknownService':
      return `no manifest was applied for ${service}; run weir apply -f weir.yaml`;
    default:
      return assertNever(answer);
  }
}

function describePlan(plan: RollbackPlan): string {
  if (plan.kind === 'abort') return `abort ${plan.deploymentId}, which ${plan.requestedBy} asked for`;
  const { target, from } = plan;
  return `go back from ${from} to ${target.digest}${target.deploymentId === undefined ? ', which served before Weir' : ` of ${target.deploymentId}`}`;
}
