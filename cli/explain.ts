// weir explain SERVICE [DEPLOYMENT|TASK]: what happened, why, on what evidence, and what to do next.
import type { Command } from 'commander';
import { type Explanation, explainDeployment } from '#core/deployment/explain.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { TaskExplanation } from '#flows/explain-task.ts';
import { describeBreaker } from './breaker-view.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';
import { type ShownService, showOf } from './service-view.ts';
import { describeTask, taskIdOf } from './task-view.ts';

export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('what happened to a deployment or a task, why, on what evidence, and what to do next')
    .argument('<service>', 'cluster/service')
    .argument('[what]', 'id of a deployment, or id or ARN of a task; the newest deployment when not given')
    .addHelpText('after', '\nExamples:\n  weir explain prod/orders 20261123T090112-3f0c2a91be\n  weir explain prod/orders 5f0c2a91be5f0c2a91be5f0c2a91be5f')
    .action(async (service: string, what: string | undefined, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const taskId = what === undefined ? undefined : taskIdOf(what);
      if (taskId !== undefined) {
        const explained = await connect(globals).ask<TaskExplanation>('explain-task', { serviceKey: service, taskId });
        return print(globals.json, explained, () => describeTask(service, explained));
      }
      const deploymentId = what;
      const view = await showOf(connect(globals), service, 1, deploymentId);
      const explanation = explainShown(view, deploymentId);
      print(globals.json, explanation, () => describeExplanation(explanation, view));
    });
}

function explainShown(view: ShownService, deploymentId: string | undefined): Explanation {
  const deployment = deploymentId === undefined ? view.deployments[0] : view.deployments.find(({ id }) => id === deploymentId);
  if (deployment === undefined) {
    throw new CommandFailure(
      deploymentId === undefined ? `${view.service.key} has no deployments yet` : `${view.service.key} has no deployment ${deploymentId}`,
    );
  }
  return explainDeployment(deployment, view.service, view.now);
}

export function describeExplanation(explanation: Explanation, view: Pick<ShownService, 'service' | 'now'>): readonly string[] {
  const { deploymentId, image, status, happened, why, evidence, causes, log, decisions, next } = explanation;
  return [
    `${deploymentId}  ${image}  ${status}`,
    '',
    happened,
    ...(why === undefined ? [] : [`Why: ${why}`]),
    ...section(
      'Why tasks crashed',
      causes.flatMap(({ code, count, title, lastText, lastTaskId, remedy }) => [
        `${count} x ${code}: ${title}`,
        `  last: ${lastText} (task ${lastTaskId})`,
        `  remedy: ${remedy}`,
      ]),
    ),
    ...(log === undefined ? [] : section(`Last lines of ${log.container} in task ${log.taskId} (${log.group} ${log.stream})`, log.lines)),
    ...section('Evidence', evidence),
    ...section(
      'Decisions',
      decisions.map(({ at, text }) => `${new Date(at).toISOString().slice(11, 19)}  ${text}`),
    ),
    ...section('Next', next),
    '',
    describeBreaker(breakerOf(view.service), view.now),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
