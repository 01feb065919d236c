// weir status SERVICE [--watch]: what is it doing, and why.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { isTerminal } from '#core/deployment/deployment.ts';
import { globalOptions, print } from './global-options.ts';
import { limitOption } from './limit-option.ts';
import { connect } from './operations-client.ts';
import { describeService, type ShownService, showOf } from './service-view.ts';

const WATCH_MILLISECONDS = 2_000;
/** A watch ends by itself after this many looks (a day). */
const LOOKS_MAX = 43_200;

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('what a service is doing, and why')
    .argument('<service>', 'cluster/service')
    .option('--watch', 'follow until the running deployment ends', false)
    .option('--history <n>', 'number of deployments to look back', '5')
    .addHelpText('after', '\nExample:\n  weir status prod/orders --watch')
    .action(async (service: string, options: { watch: boolean; history: string }, command: Command) => {
      const globals = globalOptions(command);
      const limit = limitOption('--history', options.history);
      const client = connect(globals);
      let view = await showOf(client, service, limit);
      if (options.watch) view = await follow(view, () => showOf(client, service, limit));
      else print(globals.json, view, () => describeService(view));
      exitAs(view);
    });
}

/** In a terminal the picture is redrawn; elsewhere each change is a line of its own. */
async function follow(first: ShownService, look: () => Promise<ShownService>): Promise<ShownService> {
  let view = first;
  let shownLines = 0;
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    if (process.stdout.isTTY) {
      process.stdout.write(`\u001b[H\u001b[2J${describeService(view).join('\n')}\n`);
    } else {
      const lines = describeService(view);
      if (looks === 0) process.stdout.write(`${lines.join('\n')}\n`);
      else for (const line of newTimeline(view, shownLines)) process.stdout.write(`${line}\n`);
    }
    shownLines = timelineOf(view).length;
    if (view.service.active === undefined) return view;
    await wait(WATCH_MILLISECONDS);
    view = await look();
  }
  return view;
}

function timelineOf(view: ShownService): readonly { readonly at: number; readonly text: string }[] {
  const newest = view.deployments.find((deployment) => deployment.id === view.service.active?.deploymentId) ?? view.deployments[0];
  return newest?.timeline ?? [];
}

function newTimeline(view: ShownService, from: number): readonly string[] {
  return timelineOf(view)
    .slice(from)
    .map((entry) => `  ${new Date(entry.at).toISOString().slice(11, 19)}  ${entry.text}`);
}

function exitAs(view: ShownService): void {
  const newest = view.deployments[0];
  if (view.service.active !== undefined) process.exitCode = 4;
  else if (newest === undefined || newest.status === 'Succeeded' || !isTerminal(newest.status)) process.exitCode = 0;
  else process.exitCode = newest.status === 'RolledBack' ? 3 : newest.status === 'Refused' || newest.status === 'Superseded' ? 0 : 1;
}
