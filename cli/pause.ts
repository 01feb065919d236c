// weir pause|resume SERVICE: a person holds the traffic of the running deployment where it is, and lets it go on.
import type { Command } from 'commander';
import { assertNever } from '#core/deployment/assert-never.ts';
import { pauseChanges } from '#core/deployment/pause-state.ts';
import type { PauseAnswer, ResumeAnswer } from '#flows/pause-deployment.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect, type OperationsClient } from './operations-client.ts';
import { showOf } from './service-view.ts';

interface PauseOptions {
  readonly reason: string;
  readonly deployment?: string;
  readonly dryRun: boolean;
}

const pauseHelp = `
Traffic stays where it is until somebody resumes it; evidence against green still takes it back. Only the ecs driver can hold traffic:
CodeDeploy shifts by its own clock, and the answer says so. ECS ends a stage after 24 hours, paused or not.

Example:
  weir pause prod/orders --reason "payment team is looking at the logs"`;

export function registerPause(program: Command): void {
  register(program, 'pause', 'hold the traffic of the running deployment where it is', pauseHelp).action(
    async (service: string, options: PauseOptions, command: Command) => {
      const answer = await ask<PauseAnswer>('pause', service, options, command);
      if (answer === undefined) return;
      print(globalOptions(command).json, answer, () => [describePause(service, answer)]);
      if (answer.kind !== 'paused') throw new CommandFailure('nothing was paused');
    },
  );
}

export function registerResume(program: Command): void {
  register(program, 'resume', 'let a paused deployment go on', '\nExample:\n  weir resume prod/orders --reason "logs are clean"').action(
    async (service: string, options: PauseOptions, command: Command) => {
      const answer = await ask<ResumeAnswer>('resume', service, options, command);
      if (answer === undefined) return;
      print(globalOptions(command).json, answer, () => [describeResume(service, answer)]);
      if (answer.kind !== 'resumed') throw new CommandFailure('nothing was resumed');
    },
  );
}

function register(program: Command, verb: string, description: string, help: string): Command {
  return program
    .command(verb)
    .description(description)
    .argument('<service>', 'cluster/service')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--deployment <id>', 'only if this deployment is the one that runs')
    .option('--dry-run', `say what would be ${verb}d and change nothing`, false)
    .addHelpText('after', help);
}

/** Asks about the deployment that was seen, with what was seen of its pauses; undefined after a dry run. */
async function ask<Answer>(verb: 'pause' | 'resume', service: string, options: PauseOptions, command: Command): Promise<Answer | undefined> {
  const globals = globalOptions(command);
  const client: OperationsClient = connect(globals);
  const view = await showOf(client, service, 1, options.deployment);
  const running = options.deployment ?? view.service.active?.deploymentId;
  if (options.dryRun) {
    const what = running === undefined ? `No deployment of ${service} is running` : `Would ${verb} ${running}`;
    print(globals.json, { [`would${verb === 'pause' ? 'Pause' : 'Resume'}`]: running ?? null }, () => [what]);
    return undefined;
  }
  const seen = pauseChanges(view.deployments.find(({ id }) => id === running) ?? {});
  return client.ask<Answer>(`${verb}-deployment`, {
    by: await client.caller(),
    serviceKey: service,
    reason: options.reason,
    ...(running === undefined ? {} : { deploymentId: running, seen }),
  });
}

export function describePause(service: string, answer: PauseAnswer): string {
  switch (answer.kind) {
    case 'paused':
      return answer.first
        ? `Paused ${answer.deploymentId}; let it go on with: weir resume ${service} --reason "..."`
        : `${answer.deploymentId} is paused already, by ${answer.by}: ${answer.reason}`;
    case 'resumedSince':
      return `${answer.pausedBy} paused ${answer.deploymentId} before, and ${answer.by} has resumed it since: ${answer.reason}. Look again, and ask again if you still want it paused`;
    case 'cannotHold':
      return `${answer.deploymentId} cannot be paused: ${answer.why}`;
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

export function describeResume(service: string, answer: ResumeAnswer): string {
  switch (answer.kind) {
    case 'resumed':
      return answer.first
        ? `Resumed ${answer.deploymentId}; follow it with: weir status ${service} --watch`
        : `${answer.deploymentId} was resumed before, by ${answer.by}: ${answer.reason}`;
    case 'pausedSince':
      return `${answer.by} paused ${answer.deploymentId} after you looked: ${answer.reason}. It stays paused; ask again if you still want it to go on`;
    case 'notPaused':
      return `${answer.deploymentId} is not paused`;
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
