// weir local up: starts the local AWS with Weir's packaged stack in it, until Ctrl-C.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ClockMode } from '#localaws/clock/clock.ts';
import { CommandFailure } from '../command-failure.ts';
import { globalOptions } from '../global-options.ts';
import { packagedStack } from '../packaged-stack.ts';

interface UpOptions {
  readonly port: string;
  readonly speed: string;
  readonly account: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly stack: boolean;
  readonly verbose: boolean;
}

export function registerUp(local: Command): void {
  local
    .command('up')
    .description('start the local AWS; prints a line beginning with "ready" when it serves')
    .option('--port <number>', 'port of the AWS endpoint on 127.0.0.1', '4566')
    .option('--speed <factor>', 'simulated seconds per second while nothing is computed (1 = real time)', '1')
    .option('--account <id>', 'account id', '000000000000')
    .option('--tls-cert <file>', 'certificate (PEM) for https')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--no-stack', 'without Weir in it: only the AWS services')
    .option('--verbose', 'print what the services log', false)
    .addHelpText('after', '\nExample:\n  weir local up --port 4566 --speed 60')
    .action((options: UpOptions, command: Command) => up(options, globalOptions(command).region ?? 'us-east-1'));
}

async function up(options: UpOptions, region: string): Promise<void> {
  const clock = clockMode(options.speed);
  const port = wholeNumber('--port', options.port, 0, 65_535);
  if (!/^\d{12}$/.test(options.account)) throw new CommandFailure(`--account takes 12 digits, got ${options.account}`, 2);
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) throw new CommandFailure('--tls-cert and --tls-key go together', 2);
  const tls = options.tlsCert === undefined || options.tlsKey === undefined ? undefined : { cert: readPem(options.tlsCert), key: readPem(options.tlsKey) };
  const stack = options.stack ? packagedStack() : undefined;
  // Loaded here and not with the command line: everything else starts faster without it.
  const { startLocalAws } = await import('#localaws/start-local-aws.ts');
  const startedAt = performance.now();
  const localAws = await startLocalAws({
    clock,
    port,
    account: options.account,
    region,
    ...(tls === undefined ? {} : { tls }),
    ...(stack === undefined ? {} : { stack }),
    ...(options.verbose ? { log: (source: string, message: string) => process.stderr.write(`${source}: ${message}\n`) } : {}),
  }).catch((error: unknown) => {
    throw new CommandFailure(startFailure(error, port));
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`ready ${localAws.endpointUrl} (account ${options.account}, region ${region}, speed ${options.speed}, ${seconds} s)\n`);
  process.stdout.write(
    `  export AWS_ENDPOINT_URL=${localAws.endpointUrl} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n`,
  );
  await untilStopped();
  await localAws.close();
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

function clockMode(speed: string): ClockMode {
  const factor = Number(speed);
  if (!(factor >= 1 && factor <= 100_000)) throw new CommandFailure(`--speed takes a number from 1 to 100000, got ${speed}`, 2);
  return factor === 1 ? { kind: 'real' } : { kind: 'scaled', speed: factor };
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new CommandFailure(`${option} takes a whole number from ${min} to ${max}, got ${text}`, 2);
  return value;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandFailure(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}

function startFailure(error: unknown, port: number): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.includes('EADDRINUSE') ? `port ${port} is in use; stop what uses it or choose another with --port` : `the local AWS could not start: ${text}`;
}
