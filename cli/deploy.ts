// weir deploy IMAGE --service SERVICE: deploys an image that is in the repository already, as a push of it would.
import type { Command } from 'commander';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { DeployAnswer } from '#flows/deploy-image.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { connect } from './operations-client.ts';

export function registerDeploy(program: Command): void {
  program
    .command('deploy')
    .description("deploy an image that is in the service's repository, as a push of it would")
    .argument('<image>', 'tag or sha256:... digest')
    .requiredOption('--service <service>', 'cluster/service')
    .option('--force', 'also when the image is quarantined or the circuit breaker open; then as its trial. Needs --reason', false)
    .option('--bypass-freeze', 'also while the service is frozen or a freeze window is open. Needs --reason', false)
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'say what would become of it and deploy nothing', false)
    .addHelpText('after', '\nExample:\n  weir deploy 2.3.1 --service prod/orders --force --reason "it failed because the database was down"')
    .action(async (image: string, options: { service: string; force: boolean; reason?: string; dryRun: boolean; bypassFreeze: boolean }, command: Command) => {
      if (options.bypassFreeze && options.reason === undefined) throw new CommandFailure('--bypass-freeze needs --reason: it is recorded with who insisted', 2);
      if (options.force && options.reason === undefined) throw new CommandFailure('--force needs --reason: it is recorded with who insisted', 2);
      const globals = globalOptions(command);
      const client = connect(globals);
      const answer = await client.ask<DeployAnswer>('deploy-image', {
        by: await client.caller(),
        serviceKey: options.service,
        image,
        ...(options.force ? { force: options.reason } : {}),
        ...(options.bypassFreeze ? { bypassFreeze: options.reason } : {}),
        dryRun: options.dryRun,
      });
      print(globals.json, answer, () => [describeAnswer(options.service, image, answer)]);
      if (answer.kind === 'planned' && (answer.admission === 'start' || answer.admission === 'queue')) return;
      if (answer.kind !== 'asked' || (answer.admission !== 'start' && answer.admission !== 'queue')) throw new CommandFailure('nothing is deployed');
    });
}

function describeAnswer(service: string, image: string, answer: DeployAnswer): string {
  switch (answer.kind) {
    case 'unknownService':
      return `no manifest was applied for ${service}; run weir apply -f weir.yaml`;
    case 'unknownImage':
      return `there is no image ${image} in ${answer.repository}`;
    case 'planned':
      if (answer.admission === 'start') return `Would deploy ${answer.digest} now`;
      return answer.admission === 'queue'
        ? `Would let ${answer.digest} wait for the running deployment of ${service}`
        : `Would not deploy: ${answer.reason ?? answer.admission}`;
    case 'asked': {
      const { deploymentId, admission, reason } = answer;
      if (admission === 'start') return `Deploys ${image} as ${deploymentId}; follow it with: weir status ${service} --watch`;
      if (admission === 'queue') return `${deploymentId} waits for the running deployment of ${service}`;
      return `${deploymentId} is not deployed: ${reason ?? admission}`;
    }
    default:
      return assertNever(answer);
  }
}
