import { expect, test } from '@jest/globals';
import type { InstallationFacts } from '#core/installation/installation-facts.ts';
import { judgeInstallation } from '#core/installation/judge-installation.ts';

const facts: InstallationFacts = {
  stackName: 'weir-prod',
  stack: { status: 'UPDATE_COMPLETE', version: '1.0.0' },
  functions: [],
  rules: [],
  queues: [],
  tables: [],
  alarms: [],
  stateMachines: [],
};
const found = (changed: Partial<InstallationFacts>) => judgeInstallation({ ...facts, ...changed }, '1.0.0').map(({ level, check }) => `${level} ${check}`);

test.each<[string, Partial<InstallationFacts>, readonly string[]]>([
  ['all is well', {}, []],
  ['an older stack, without a version of its own', { stack: { status: 'CREATE_COMPLETE', version: undefined } }, []],
  ['another version', { stack: { status: 'CREATE_COMPLETE', version: '0.9.0' } }, ['warning version']],
  ['a stack that failed', { stack: { status: 'ROLLBACK_COMPLETE', version: '1.0.0' } }, ['fault stack']],
  ['a stack whose update was undone', { stack: { status: 'UPDATE_ROLLBACK_COMPLETE', version: '1.0.0' } }, ['warning stack']],
  ['a stack under way', { stack: { status: 'UPDATE_IN_PROGRESS', version: '1.0.0' } }, ['warning stack']],
  ['a table that is gone', { tables: [{ name: 't', status: 'deleted' }] }, ['fault tables']],
  [
    'an alarm',
    {
      alarms: [
        { name: 'a', state: 'ALARM', reason: 'r' },
        { name: 'b', state: 'OK', reason: '' },
      ],
    },
    ['fault alarms'],
  ],
  ['a failed execution', { stateMachines: [{ name: 'm', failedLately: 2 }], queues: [{ name: 'q', messages: 0 }] }, ['warning executions']],
])('%s', (_, changed, expected) => {
  expect(found(changed)).toEqual(expected);
});
