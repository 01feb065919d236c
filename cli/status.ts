// weir status SERVICE [--watch]: what is it doing, and why.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { CommandFailure } from './command-failure.ts';
import { timeOfDay } from './figures.ts';
import { globalOptions, print } from './global-options.ts';
import { limitOption } from './limit-option.ts';
import { connect } from './operations-client.ts';
import { describeService, imageLabel, type ShownService, showOf } from './service-view.ts';
import { openScreen } from './watch-screen.ts';

const WATCH_MILLISECONDS = 2_000;
/** A watch ends by itself after this many looks (a day). */
const LOOKS_MAX = 43_200;
/** Looks at an idle service, in which a push just made may still begin its deployment. */
const LOOKS_BEFORE_BEGIN = 5;
/** Looks that may fail in a row: half a minute without network. */
const FAILED_LOOKS_MAX = 15;

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
      if (options.watch) view = await follow(view, () => showOf(client, service, limit), globals.json);
      if (globals.json || !options.watch) print(globals.json, view, () => describeService(view));
      exitAs(view);
    });
}

/** In a terminal the picture is redrawn; elsewhere each change is a line of its own. A look that fails is tried again. */
async function follow(first: ShownService, look: () => Promise<ShownService>, silent: boolean): Promise<ShownService> {
  const screen = process.stdout.isTTY && !silent ? openScreen(process.stdout) : undefined;
  let view = first;
  let shown: Shown = { deploymentId: undefined, entries: 0 };
  let hasRun = false;
  let failures = 0;
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const lines = describeService(view);
    if (screen !== undefined) screen.draw([...lines, ...(failures === 0 ? [] : [`could not look (${failures} time(s) in a row); trying again`])]);
    else if (!silent) for (const line of looks === 0 ? lines : newTimeline(view, shown)) process.stdout.write(`${line}\n`);
    shown = shownOf(view);
    hasRun ||= view.service.active !== undefined;
    // A push is heard of a second or two after it: whoever looks at once should see it begin.
    if (view.service.active === undefined && (hasRun || looks >= LOOKS_BEFORE_BEGIN)) {
      screen?.close(lines);
      return view;
    }
    await wait(WATCH_MILLISECONDS);
    try {
      view = await look();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!(error instanceof CommandFailure) || failures >= FAILED_LOOKS_MAX) throw error;
    }
  }
  return view;
}

function newestOf(view: ShownService): Deployment | undefined {
  return view.deployments.find((deployment) => deployment.id === view.service.active?.deploymentId) ?? view.deployments[0];
}

/** How much of which timeline has been printed, dropped entries among them. */
interface Shown {
  readonly deploymentId: string | undefined;
  readonly entries: number;
}

function shownOf(view: ShownService): Shown {
  const newest = newestOf(view);
  return { deploymentId: newest?.id, entries: newest === undefined ? 0 : newest.timeline.length + newest.timelineDropped };
}

function newTimeline(view: ShownService, shown: Shown): readonly string[] {
  const newest = newestOf(view);
  if (newest === undefined) return [];
  const isSame = newest.id === shown.deploymentId;
  const count = isSame ? newest.timeline.length + newest.timelineDropped - shown.entries : newest.timeline.length;
  const entries = count <= 0 ? [] : newest.timeline.slice(-count);
  return [...(isSame ? [] : [`${newest.id}  ${imageLabel(newest)}`]), ...entries.map((entry) => `  ${timeOfDay(entry.at)}  ${entry.text}`)];
}

function exitAs(view: ShownService): void {
  const newest = view.deployments[0];
  if (view.service.active !== undefined) process.exitCode = 4;
  else if (newest === undefined || newest.status === 'Succeeded' || !isTerminal(newest.status)) process.exitCode = 0;
  else process.exitCode = newest.status === 'RolledBack' ? 3 : newest.status === 'Refused' || newest.status === 'Superseded' ? 0 : 1;
}
