import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { remediationNextKinds } from '#contracts/remediation-workflow.ts';
import { workflowNextKinds } from '#contracts/workflow.ts';
import { projectFiles, readProjectFile } from './project-files.ts';

interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Arguments?: { readonly FunctionName: string };
  readonly TimeoutSeconds?: number | string;
  readonly Retry?: readonly { readonly MaxAttempts?: number; readonly JitterStrategy?: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Choices?: readonly { readonly Condition: string }[];
  readonly Default?: string;
}

/** Kinds that a Choice compares `next.kind` with. */
const kindsOf = (state: State): readonly string[] => (state.Choices ?? []).flatMap((choice) => /next\.kind = '([^']*)'/.exec(choice.Condition)?.[1] ?? []);
const kebabCase = (name: string): string => name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const statesOf = (file: string): Readonly<Record<string, State>> => parse(readProjectFile(file)).States;
const tasksOf = (file: string): readonly (readonly [string, State])[] => Object.entries(statesOf(file)).filter(([, state]) => state.Type === 'Task');

/** `conditions`: what other Choices may look at. */
const machines = [
  { file: 'statemachines/deploy.asl.yaml', kinds: workflowNextKinds, conditions: ['{% $states.input.resume %}'] },
  { file: 'statemachines/remediate.asl.yaml', kinds: remediationNextKinds, conditions: [] },
] as const;

test('every Task state has a step function of its name, and every step function its state', () => {
  const steps = projectFiles('functions/steps/*.ts').map((file) => basename(file, '.ts'));
  const tasks = machines.flatMap(({ file }) => tasksOf(file));
  expect(tasks.map(([name]) => kebabCase(name)).toSorted()).toEqual(steps);
  expect(tasks.filter(([name, state]) => state.Arguments?.FunctionName !== `\${${name}Function}`)).toEqual([]);
});

describe.each(machines)('$file', ({ file, kinds, conditions }) => {
  const states = statesOf(file);
  const deciding = Object.entries(states).filter(([, state]) => state.Type === 'Choice' && kindsOf(state).length > 0);

  test.each([...tasksOf(file)])('%s says what it does, how long it may take, what is tried again and what happens then', (_name, state) => {
    expect(state).toMatchObject({ Comment: expect.any(String), TimeoutSeconds: expect.anything() });
    const tried = state.Retry?.filter((retry) => retry.MaxAttempts !== 0) ?? [];
    expect(tried.length).toBeGreaterThan(0);
    expect(tried.filter((retry) => retry.JitterStrategy !== 'FULL')).toEqual([]);
    expect(state.Catch?.map((catcher) => catcher.ErrorEquals)).toEqual([['States.ALL']]);
  });

  test('the Choices know every answer a step can give, and no other', () => {
    const handled = new Set(deciding.flatMap(([, state]) => kindsOf(state)));
    // `stop` is what every Choice does when nothing else fits.
    expect([...handled, 'stop'].toSorted()).toEqual([...kinds].toSorted());
  });

  test('a Choice looks at nothing but where the step said to go, and stops otherwise', () => {
    for (const [, state] of deciding) {
      expect(kindsOf(state)).toHaveLength(state.Choices?.length ?? 0);
      expect(state.Default).toBe('Stopped');
    }
    const others = Object.values(states).filter((state) => state.Type === 'Choice' && kindsOf(state).length === 0);
    expect(others.flatMap((state) => state.Choices?.map((choice) => choice.Condition))).toEqual([...conditions]);
  });
});
