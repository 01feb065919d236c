import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
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

const { States: states } = parse(readProjectFile('statemachines/deploy.asl.yaml')) as { States: Readonly<Record<string, State>> };
const tasks = Object.entries(states).filter(([, state]) => state.Type === 'Task');
/** Kinds that a Choice compares `next.kind` with. */
const kindsOf = (state: State): readonly string[] => (state.Choices ?? []).flatMap((choice) => /next\.kind = '([^']*)'/.exec(choice.Condition)?.[1] ?? []);
const deciding = Object.entries(states).filter(([, state]) => state.Type === 'Choice' && kindsOf(state).length > 0);

const kebabCase = (name: string): string => name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

describe('statemachines/deploy.asl.yaml', () => {
  test('every Task state has a step function of its name, and every step function its state', () => {
    const steps = projectFiles('functions/steps/*.ts').map((file) => basename(file, '.ts'));
    expect(tasks.map(([name]) => kebabCase(name)).toSorted()).toEqual(steps);
    expect(tasks.filter(([name, state]) => state.Arguments?.FunctionName !== `\${${name}Function}`)).toEqual([]);
  });

  test.each(tasks)('%s says what it does, how long it may take, what is tried again and what happens then', (_name, state) => {
    expect(state).toMatchObject({ Comment: expect.any(String), TimeoutSeconds: expect.anything() });
    const tried = state.Retry?.filter((retry) => retry.MaxAttempts !== 0) ?? [];
    expect(tried.length).toBeGreaterThan(0);
    expect(tried.filter((retry) => retry.JitterStrategy !== 'FULL')).toEqual([]);
    expect(state.Catch?.map((catcher) => catcher.ErrorEquals)).toEqual([['States.ALL']]);
  });

  test('the Choices know every answer a step can give, and no other', () => {
    const handled = new Set(deciding.flatMap(([, state]) => kindsOf(state)));
    // `stop` is what every Choice does when nothing else fits.
    expect([...handled, 'stop'].toSorted()).toEqual([...workflowNextKinds].toSorted());
  });

  test('a Choice looks at nothing but where the step said to go, and stops otherwise', () => {
    for (const [, state] of deciding) {
      expect(kindsOf(state)).toHaveLength(state.Choices?.length ?? 0);
      expect(state.Default).toBe('Stopped');
    }
    const others = Object.values(states).filter((state) => state.Type === 'Choice' && kindsOf(state).length === 0);
    expect(others.flatMap((state) => state.Choices?.map((choice) => choice.Condition))).toEqual(['{% $states.input.resume %}']);
  });
});
