// weir remediation list|approve|reject: what Weir did about incidents, and the answer to what it proposes.
import type { Command } from 'commander';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { AnsweredRemediation } from '#flows/remediation/answer-remediation.ts';
import type { ShownRemediation } from '#flows/remediation/list-remediations.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';

const LIST_MAX = 50;

export function registerRemediation(program: Command): void {
  const remediation = program.command('remediation').description('what Weir does about incidents outside of deployments');
  remediation
    .command('list')
    .description('remediations of a service, newest first')
    .argument('<service>', 'cluster/service')
    .option('--limit <n>', 'number of remediations', '10')
    .action(async (service: string, options: { limit: string }, command: Command) => {
      const globals = globalOptions(command);
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) throw new CommandFailure(`--limit takes a whole number from 1 to ${LIST_MAX}`, 2);
      const listed = await connect(globals).ask<readonly ShownRemediation[]>('list-remediations', { serviceKey: service, limit });
      print(globals.json, listed, () => (listed.length === 0 ? [`Nothing had to be remedied on ${service}`] : listed.flatMap(describeRemediation)));
    });
  registerAnswer(remediation, 'approve', 'do what is proposed');
  registerAnswer(remediation, 'reject', 'leave undone what is proposed');
}

function registerAnswer(remediation: Command, verb: 'approve' | 'reject', description: string): void {
  remediation
    .command(verb)
    .description(description)
    .argument('<id>', 'cluster/service/id, as weir remediation list shows it')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--dry-run', 'show what is proposed and answer nothing', false)
    .addHelpText('after', `\nExample:\n  weir remediation ${verb} prod/orders/20261123T090000-3f0c2a91be --reason "known leak, fix on its way"`)
    .action(async (id: string, options: { reason: string; dryRun: boolean }, command: Command) => {
      const globals = globalOptions(command);
      const { serviceKey, remediationId } = splitId(id);
      const client = connect(globals);
      if (options.dryRun) {
        const listed = await client.ask<readonly ShownRemediation[]>('list-remediations', { serviceKey, limit: LIST_MAX });
        const found = listed.find((remediation) => remediation.id === remediationId);
        if (found === undefined) throw new CommandFailure(`There is no remediation ${id} among the newest ${LIST_MAX}`);
        print(globals.json, found, () => [...describeRemediation(found), `would ${verb} it`]);
        return;
      }
      const request = { by: await client.caller(), serviceKey, remediationId, reason: options.reason };
      const answer = await client.ask<AnsweredRemediation>(`${verb}-remediation`, request);
      print(globals.json, answer, () => [describeAnswer(id, answer)]);
      if (answer.kind !== 'answered') throw new CommandFailure(`nothing was ${verb === 'approve' ? 'approved' : 'rejected'}`);
    });
}

function splitId(id: string): { readonly serviceKey: string; readonly remediationId: string } {
  const [, serviceKey, remediationId] = /^([^/]+\/[^/]+)\/([^/]+)$/.exec(id) ?? [];
  if (serviceKey === undefined || remediationId === undefined) throw new CommandFailure(`${id} is not of the form cluster/service/id`, 2);
  return { serviceKey, remediationId };
}

function describeRemediation(remediation: ShownRemediation): readonly string[] {
  const { serviceKey, id, status, runbook, why, held, evidence, timeline, deploymentId } = remediation;
  return [
    `${serviceKey}/${id}  ${runbook ?? '-'}  ${status}`,
    ...(why === undefined ? [] : [`  ${why}`]),
    ...(held === undefined ? [] : [`  not done by itself: ${held}`]),
    ...evidence.map((line) => `  ${line}`),
    ...(deploymentId === undefined ? [] : [`  deployment ${deploymentId}`]),
    ...timeline.map((entry) => `  ${new Date(entry.at).toISOString().slice(0, 19)}Z  ${entry.text}`),
    ...(status === 'Proposed' ? [`  answer with: weir remediation approve ${serviceKey}/${id} --reason "..."`] : []),
  ];
}

function describeAnswer(id: string, answer: AnsweredRemediation): string {
  switch (answer.kind) {
    case 'answered':
      return answer.answer.approve ? `Approved ${id}; follow it with: weir remediation list ${splitId(id).serviceKey}` : `Rejected ${id}`;
    case 'answeredBefore':
      return `${id} was ${answer.answer.approve ? 'approved' : 'rejected'} before by ${answer.answer.by}: ${answer.answer.why}`;
    case 'notProposed':
      return `${id} is not proposed: ${answer.status}`;
    case 'unknown':
      return `There is no remediation ${id}`;
    default:
      return assertNever(answer);
  }
}
