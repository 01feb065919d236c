// weir doctor: is Weir itself installed and healthy in this account and region?
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { inspectInstallation } from '#adapters/installation/inspect-installation.ts';
import type { InstallationFacts } from '#core/installation/installation-facts.ts';
import { judgeInstallation } from '#core/installation/judge-installation.ts';
import type { Finding } from '#core/verify/verify-facts.ts';
import { describeFinding } from './finding-view.ts';
import { globalOptions, print } from './global-options.ts';
import { readAws } from './live-reads.ts';
import { projectRoot } from './packaged-stack.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('is Weir itself installed and healthy: stack, functions, rules, table, dead letters, alarms, versions')
    .addHelpText('after', '\nReads only. Exit code 1 when something is wrong.\n\nExample:\n  weir --stage prod doctor')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { stage, region, endpointUrl } = globals;
      const facts = await readAws(() => inspectInstallation({ region, endpointUrl }, `weir-${stage}`, Date.now()));
      const findings = judgeInstallation(facts, cliVersion());
      print(globals.json, { facts, findings }, () => describeInstallation(facts, findings));
      if (findings.some(({ level }) => level === 'fault')) process.exitCode = 1;
    });
}

function cliVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version;
}

function describeInstallation(facts: InstallationFacts, findings: readonly Finding[]): readonly string[] {
  const { stackName, stack, functions, rules, queues, tables, alarms, stateMachines } = facts;
  if (stack === undefined) return findings.flatMap(describeFinding);
  const count = (parts: readonly unknown[], what: string): string => `${parts.length} ${what}`;
  const parts = [
    count(functions, 'functions'),
    count(rules, 'rules'),
    count(tables, 'table'),
    count(queues, 'dead-letter queues'),
    count(stateMachines, 'state machines'),
    count(alarms, 'alarms'),
  ];
  return [
    `${stackName}: version ${stack.version ?? 'unknown'}, ${stack.status}; looked at ${parts.join(', ')}`,
    ...(findings.length === 0 ? ['nothing is wrong'] : findings.flatMap(describeFinding)),
  ];
}
