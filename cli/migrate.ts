// weir migrate SERVICE --to ecs|codedeploy: shows the service's move from one driver to the other, hook by hook and step by step, and
// with --yes performs it.
import { type Command, Option } from 'commander';
import type { Manifest } from '#contracts/manifest.ts';
import { migratedManifest } from '#contracts/migrated-manifest.ts';
import { readManifest, userHookFunctions } from '#contracts/stored-manifest.ts';
import { type DriverKind, driverKinds, driverName } from '#core/deployment/driver-kind.ts';
import { describeMigrationStep, type Migration, planMigration } from '#core/migration/migration.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { type AwsOfService, connectAws, observeService } from './migration/aws-service.ts';
import { type Move, performMigration } from './migration/perform.ts';
import { connect, type OperationsClient } from './operations-client.ts';
import { showOf } from './service-view.ts';

export interface MigrateOptions {
  readonly to: DriverKind;
  readonly loadBalancerRole?: string;
  readonly application?: string;
  readonly deploymentGroup?: string;
  readonly yes: boolean;
}

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('move a service to the other driver: shows how, and with --yes does it')
    .argument('<service>', 'cluster/service')
    .addOption(new Option('--to <driver>', 'the driver to move to').choices(driverKinds).makeOptionMandatory())
    .option('--load-balancer-role <arn>', 'to ecs: role as which ECS changes the listener rules')
    .option('--application <name>', 'to codedeploy: the CodeDeploy application')
    .option('--deployment-group <name>', 'to codedeploy: its deployment group for the service')
    .option('--yes', 'perform it', false)
    .addHelpText(
      'after',
      '\nUses your own credentials for ECS, the load balancer and CodeDeploy.\n\nExamples:\n  weir migrate prod/orders --to ecs\n  weir migrate prod/orders --to ecs --load-balancer-role arn:aws:iam::111122223333:role/ecs-lb --yes',
    )
    .action(async (service: string, options: MigrateOptions, command: Command) => {
      const globals = globalOptions(command);
      const say = globals.json ? () => undefined : (line: string) => void process.stdout.write(`${line}\n`);
      const move = await migrate(connectAws(globals), connect(globals), service, options, say);
      print(globals.json, move.migration, () => []);
    });
}

/** @param say told every line for a person, as it comes to be true */
export async function migrate(
  aws: AwsOfService,
  client: OperationsClient,
  serviceKey: string,
  options: MigrateOptions,
  say: (line: string) => void,
): Promise<Move> {
  const move = await planMove(aws, client, serviceKey, options);
  for (const line of describeMigration(serviceKey, move.migration)) say(line);
  const { problems, steps } = move.migration;
  if (steps.length === 0) return move;
  if (!options.yes) {
    say(`\nNothing was changed. ${problems.length === 0 ? '--yes performs it.' : 'Solve the problems first.'}`);
    return move;
  }
  if (problems.length > 0) throw new CommandFailure(`the move is not possible as things stand: ${problems.join('; ')}`);
  say('\nDone:');
  await performMigration(aws, client, move, (line) => say(`  ${line}`));
  say(`\nChange weir.yaml to the same, or the next weir apply moves it back: ${JSON.stringify({ driver: move.after.driver, strategy: move.after.strategy })}`);
  return move;
}

async function planMove(aws: AwsOfService, client: OperationsClient, serviceKey: string, options: MigrateOptions): Promise<Move> {
  const { service } = await showOf(client, serviceKey, 1);
  const before = readManifest(service.manifest);
  const names = {
    application: options.application ?? before.driver.application,
    deploymentGroup: options.deploymentGroup ?? before.driver.deploymentGroup,
  };
  const weirsOwn = service.active === undefined ? undefined : `deployment ${service.active.deploymentId}`;
  const seen = await observeService(aws, { cluster: before.cluster, service: before.service, ...names }, before.driver.kind, weirsOwn);
  const planned = planMigration(options.to, seen.observation, userHookFunctions(before));
  const after = migratedManifest(before, options.to, names);
  const problems = [
    ...planned.problems,
    ...(after.ok ? [] : [after.problem]),
    ...(planned.steps.some(({ kind }) => kind === 'toEcs') && options.loadBalancerRole === undefined
      ? ['give --load-balancer-role: a role for ecs.amazonaws.com with AmazonECSInfrastructureRolePolicyForLoadBalancers']
      : []),
  ];
  const migration: Migration = { ...planned, problems: planned.steps.length === 0 ? [] : problems };
  return { migration, seen, before: thawed(before), after: after.ok ? thawed(after.value) : before, loadBalancerRole: options.loadBalancerRole };
}

/** A move that was interrupted has left its own reason: it is not to stay. */
function thawed(manifest: Manifest): Manifest {
  return manifest.frozen !== false && manifest.frozen.reason.endsWith('(weir migrate)') ? { ...manifest, frozen: false } : manifest;
}

function describeMigration(serviceKey: string, { to, problems, steps, hooks, notes }: Migration): readonly string[] {
  const from: DriverKind = to === 'ecs' ? 'codedeploy' : 'ecs';
  if (steps.length === 0) return [`${serviceKey}: ${notes.join(' ')}`];
  return [
    `${serviceKey}: from ${driverName(from)} to ${driverName(to)}`,
    '',
    'Hooks, one by one:',
    ...hooks.map((move) => `  ${move.from.padEnd(48)} -> ${move.to}${move.userFunction === undefined ? '' : `, with your function ${move.userFunction}`}`),
    '',
    'Steps:',
    ...steps.map((step, index) => `  ${index + 1}. ${describeMigrationStep(step, to)}`),
    '',
    'Notes:',
    ...notes.map((note) => `  ${note}`),
    ...(problems.length === 0 ? [] : ['', 'Problems:', ...problems.map((problem) => `  ${problem}`)]),
  ];
}
