// weir breaker show|open|close SERVICE: may this service be deployed to, why not, until when; and a person's word on it.
import type { Command } from 'commander';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { ChangedBreaker } from '#flows/change-breaker.ts';
import { describeBreaker } from './breaker-view.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';
import { showOf } from './service-view.ts';

export function registerBreaker(program: Command): void {
  const breaker = program.command('breaker').description('the circuit breaker of a service: may it be deployed to');
  breaker
    .command('show', { isDefault: true })
    .description('its state, why, and until when')
    .argument('<service>', 'cluster/service')
    .action(async (service: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const view = await showOf(connect(globals), service, 1);
      const state = breakerOf(view.service);
      print(globals.json, state, () => [
        `${service}  ${describeBreaker(state, view.now)}`,
        ...view.service.quarantine
          .filter((entry) => entry.until > view.now)
          .map((entry) => `  quarantined until ${new Date(entry.until).toISOString()}: ${entry.digest}, ${entry.reason}`),
      ]);
    });
  breaker
    .command('open')
    .description('refuse pushes for a while')
    .argument('<service>', 'cluster/service')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--minutes <n>', "for how long; default: the manifest's cool-down")
    .option('--dry-run', 'say what it is now and change nothing', false)
    .action((service: string, options: ChangeOptions, command: Command) => change(service, 'open', options, command));
  breaker
    .command('close')
    .description('let pushes through again, and forget the failures counted so far')
    .argument('<service>', 'cluster/service')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--dry-run', 'say what it is now and change nothing', false)
    .addHelpText('after', '\nExample:\n  weir breaker close prod/orders --reason "the database is back"')
    .action((service: string, options: ChangeOptions, command: Command) => change(service, 'closed', options, command));
}

interface ChangeOptions {
  readonly reason: string;
  readonly minutes?: string;
  readonly dryRun: boolean;
}

async function change(service: string, to: 'open' | 'closed', options: ChangeOptions, command: Command): Promise<void> {
  const globals = globalOptions(command);
  const minutes = options.minutes === undefined ? undefined : Number(options.minutes);
  if (minutes !== undefined && !Number.isInteger(minutes)) throw new CommandFailure('--minutes takes a whole number', 2);
  const client = connect(globals);
  if (options.dryRun) {
    const view = await showOf(client, service, 1);
    const breaker = breakerOf(view.service);
    print(globals.json, { wouldBe: to, breaker }, () => [`is: ${describeBreaker(breaker, view.now)}`, `would be ${to}`]);
    return;
  }
  const changed = await client.ask<ChangedBreaker>('change-breaker', {
    by: await client.caller(),
    serviceKey: service,
    reason: options.reason,
    to,
    ...(minutes === undefined ? {} : { minutes }),
  });
  const { now } = await showOf(client, service, 1);
  print(globals.json, changed, () => [`was: ${describeBreaker(changed.before, now)}`, `now: ${describeBreaker(changed.breaker, now)}`]);
}
