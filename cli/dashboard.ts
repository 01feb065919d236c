// weir dashboard: serves the web page from this machine, with the credentials of whoever starts it.
import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { composeInspection } from '#runtime/compose-inspection.ts';
import { bundlePage } from '../dashboard/server/page-bundle.ts';
import type { TasksOf } from '../dashboard/server/reads.ts';
import { startDashboard } from '../dashboard/server/start-dashboard.ts';
import { CommandFailure } from './command-failure.ts';
import { type GlobalOptions, globalOptions, print } from './global-options.ts';
import { readAws } from './live-reads.ts';
import { connect } from './operations-client.ts';

const PORT = 7010;
/** Names of this machine that nobody else can reach. */
const loopbackNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

export function registerDashboard(program: Command): void {
  program
    .command('dashboard')
    .description('serve the dashboard on this machine, with your own credentials')
    .option('--port <n>', 'port on 127.0.0.1; 0 for any free one', String(PORT))
    .option('--host <address>', 'loopback only: whoever reaches the dashboard may do what you may', '127.0.0.1')
    .option('--open', 'open the address in a browser too; for a moment the list of processes shows it', false)
    .addHelpText(
      'after',
      '\nThe address has the token of this session; without it nothing is answered. Ctrl+C ends it.\n\nExamples:\n  weir dashboard\n  weir dashboard --port 0 --open\n  weir --endpoint-url http://127.0.0.1:4566 dashboard',
    )
    .action(async (options: { port: string; host: string; open: boolean }, command: Command) => {
      const globals = globalOptions(command);
      if (!loopbackNames.has(options.host)) {
        throw new CommandFailure(
          `the dashboard is served on 127.0.0.1 only, not on ${options.host}: whoever reaches it may do what you may. From elsewhere: ssh -L`,
          2,
        );
      }
      const port = portOption(options.port);
      const client = connect(globals);
      const whereabouts = { ...place(globals), caller: await client.caller() };
      const inspection = composeInspection({ region: globals.region, endpointUrl: globals.endpointUrl });
      const tasksOf: TasksOf = (cluster, service) => readAws(() => inspection.tasks(cluster, service));
      const dashboard = await startDashboard({ client, tasksOf, whereabouts, page: await bundlePage(), port });
      print(globals.json, { url: dashboard.url, port: dashboard.port }, () => [
        `The dashboard is at ${dashboard.url}`,
        `as ${whereabouts.caller}; anyone with this address may do what you may. Ctrl+C ends it.`,
      ]);
      if (options.open && !globals.json) openBrowser(dashboard.url);
      await interrupted();
      await dashboard.close();
    });
}

function portOption(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new CommandFailure('--port takes a whole number from 0 to 65535', 2);
  return port;
}

function place({ stage, region, endpointUrl }: GlobalOptions): { readonly stage: string; readonly region: string; readonly endpointUrl?: string } {
  return { stage, region: region ?? process.env['AWS_DEFAULT_REGION'] ?? "your profile's region", ...(endpointUrl === undefined ? {} : { endpointUrl }) };
}

/** Where there is a screen; that it does not open is no failure, the address is printed. */
function openBrowser(url: string): void {
  if (!process.stdout.isTTY) return;
  const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = { darwin: ['open'], win32: ['explorer.exe'] };
  const [program, ...first] = openers[process.platform] ?? ['xdg-open'];
  spawn(program, [...first, url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
