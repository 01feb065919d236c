// weir services: every service Weir knows.
import type { Command } from 'commander';
import { globalOptions, print } from './global-options.ts';
import { connect, type OperationsClient } from './operations-client.ts';

export function registerServices(program: Command): void {
  program
    .command('services')
    .description('list the services that have a manifest')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const keys = await serviceKeys(connect(globals));
      print(globals.json, keys, () => (keys.length === 0 ? ['No service has a manifest yet; run weir apply -f weir.yaml'] : keys));
    });
}

/** Pages asked for at the most: 100 services each. */
const PAGES_MAX = 100;

/** Every service Weir knows, as `cluster/service`. */
export async function serviceKeys(client: OperationsClient): Promise<readonly string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.ask<{ keys: string[]; after?: string }>('list-services', after === undefined ? {} : { after });
    keys.push(...answer.keys);
    after = answer.after;
    if (after === undefined) break;
  }
  return keys;
}
