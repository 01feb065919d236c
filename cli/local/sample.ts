// weir local sample: the sample service on the local AWS that runs, ready to be onboarded. Never on anything but this machine.
import type { Command } from 'commander';
import { loopbackAddress } from '#localaws/traffic/loopback-address.ts';
import type { SampleDriver } from '../../examples/orders/set-up.ts';
import { CommandFailure } from '../command-failure.ts';
import { type GlobalOptions, globalOptions, print } from '../global-options.ts';
import { connect } from '../operations-client.ts';
import { DEFAULT_ENDPOINT } from './push.ts';

interface SampleVerbOptions {
  readonly driver: string;
  readonly port: string;
  readonly testPort: string;
}

const DRIVERS: readonly string[] = ['codedeploy', 'ecs'] satisfies SampleDriver[];

export function registerSample(local: Command): void {
  local
    .command('sample')
    .description('the sample service prod/orders on the local AWS: repository, cluster, load balancer, version 1.0.0')
    .option('--driver <kind>', 'what its deployments go through: codedeploy or ecs', 'codedeploy')
    .option('--port <number>', 'port of its production listener on 127.0.0.1', '18080')
    .option('--test-port <number>', 'port of its test listener', '18081')
    .addHelpText('after', '\nExample:\n  weir local sample')
    .action(async (options: SampleVerbOptions, command: Command) => {
      const globals = globalOptions(command);
      if (!DRIVERS.includes(options.driver)) throw new CommandFailure(`--driver takes ${DRIVERS.join(' or ')}, got ${options.driver}`, 2);
      const settings = { productionPort: portOption('--port', options.port), testPort: portOption('--test-port', options.testPort) };
      const url = await setUp(globals, { ...settings, driver: options.driver as SampleDriver });
      const made = { service: 'prod/orders', repository: 'team/orders', version: '1.0.0', url };
      print(globals.json, made, () => [
        `prod/orders runs version 1.0.0 of team/orders and serves on ${url}`,
        'next:',
        '  weir init prod/orders                          write weir.yaml from it',
        '  weir rehearse -f weir.yaml --scenario all      what that manifest would do',
        '  weir apply -f weir.yaml                        deploy pushes from now on',
        `  weir local traffic --rps 100 --seconds 600 ${url}/      requests, in another terminal`,
        '  weir local push examples/orders/v2 --repository team/orders --tag 2.0.0',
        '  weir status prod/orders --watch',
      ]);
    });
}

function portOption(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new CommandFailure(`${name} takes a port from 1 to 65535, got ${text}`, 2);
  return port;
}

/** @returns where it serves */
async function setUp(globals: GlobalOptions, settings: { productionPort: number; testPort: number; driver: SampleDriver }): Promise<string> {
  const endpointUrl = globals.endpointUrl ?? DEFAULT_ENDPOINT;
  try {
    loopbackAddress(new URL(endpointUrl.replace(/^https:/, 'http:')));
  } catch {
    throw new CommandFailure(`the sample is made on a local AWS only, not at ${endpointUrl}`, 2);
  }
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  const region = globals.region ?? 'us-east-1';
  const [, account = ''] = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):/.exec(await connect({ ...globals, region, endpointUrl }).caller()) ?? [];
  // Loaded here: other verbs start faster without it.
  const { startSample } = await import('./sample-service.ts');
  try {
    const { productionUrl } = await startSample({ endpointUrl, region, account }, settings);
    return productionUrl.replace(/\/$/, '');
  } catch (error) {
    if (error instanceof Error && error.name === 'RepositoryAlreadyExistsException')
      throw new CommandFailure('the sample is there already; a local AWS that is started again is empty');
    throw error;
  }
}
