// Is Weir itself installed and healthy? Called by `weir doctor` with what was read.
import type { Finding } from '#core/verify/verify-facts.ts';
import type { InstallationFacts } from './installation-facts.ts';

/** @param cliVersion of the command line that asks */
export function judgeInstallation(facts: InstallationFacts, cliVersion: string): readonly Finding[] {
  const { stack, stackName } = facts;
  if (stack === undefined) {
    return [
      fault(
        'stack',
        `there is no stack ${stackName} in this account and region`,
        'install Weir (npx serverless deploy --stage ...), or name its stage with --stage and its region with --region',
      ),
    ];
  }
  const findings = [
    ...judgeStack(stackName, stack, cliVersion),
    ...facts.functions
      .filter(({ state }) => state !== 'Active')
      .map(({ name, state }) => fault('functions', `function ${name} is ${state}`, 'deploy the stack again; its events tell what happened to it')),
    ...facts.rules
      .filter(({ enabled }) => !enabled)
      .map(({ name }) => fault('rules', `rule ${name} is disabled: what it would wake hears nothing`, `enable it: aws events enable-rule --name ${name}`)),
    ...facts.tables
      .filter(({ status }) => status !== 'ACTIVE')
      .map(({ name, status }) => fault('tables', `table ${name} is ${status}`, 'look at it in DynamoDB: nothing is decided without it')),
    ...facts.alarms
      .filter(({ state }) => state === 'ALARM')
      .map(({ name, reason }) => fault('alarms', `alarm ${name} is in ALARM: ${reason}`, 'docs/operations.md says what to do about each alarm')),
    ...facts.queues
      .filter(({ messages }) => messages > 0)
      .map(({ name, messages }) =>
        warning(
          'deadLetters',
          `${messages} message(s) in ${name}`,
          'read them: each holds an event nobody could handle. The sweeper repairs consequences; delete them once understood',
        ),
      ),
    ...facts.stateMachines
      .filter(({ failedLately }) => failedLately > 0)
      .map(({ name, failedLately }) =>
        warning(
          'executions',
          `${failedLately} execution(s) of ${name} failed in the last day`,
          'look at their input: weir explain says how the deployment went on',
        ),
      ),
  ];
  return [...findings.filter(({ level }) => level === 'fault'), ...findings.filter(({ level }) => level === 'warning')];
}

function judgeStack(name: string, { status, version }: NonNullable<InstallationFacts['stack']>, cliVersion: string): readonly Finding[] {
  // UPDATE_ROLLBACK_COMPLETE works, as it was before the update that failed. Source: CloudFormation user guide, stack status codes.
  const works = status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE' || status === 'UPDATE_ROLLBACK_COMPLETE';
  const underWay = status.endsWith('_IN_PROGRESS');
  return [
    ...(works || underWay ? [] : [fault('stack', `stack ${name} is ${status}`, 'look at its events in CloudFormation, and deploy it again')]),
    ...(underWay ? [warning('stack', `stack ${name} is ${status}`, 'wait for it, then ask again')] : []),
    ...(status === 'UPDATE_ROLLBACK_COMPLETE'
      ? [warning('stack', `the last update of stack ${name} failed and was undone`, 'look at its events in CloudFormation')]
      : []),
    ...(version === undefined || version === cliVersion
      ? []
      : [
          warning(
            'version',
            `stack ${name} is version ${version}, this command line ${cliVersion}`,
            'deploy the stack again, or use the command line of its version',
          ),
        ]),
  ];
}

function fault(check: string, problem: string, remedy: string): Finding {
  return { check, level: 'fault', problem, remedy };
}

function warning(check: string, problem: string, remedy: string): Finding {
  return { check, level: 'warning', problem, remedy };
}
