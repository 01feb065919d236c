import { describe, expect, test } from '@jest/globals';
import { machine, withBench } from './run-machine.ts';

const group = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });

describe('Parallel', () => {
  test('runs its branches at the same time and answers their outputs in order', () =>
    withBench({}, async (bench) => {
      const before = bench.region.clock.now();
      const branch = (name: string, seconds: number) =>
        group({ [name]: { Type: 'Wait', Seconds: seconds, Output: `{% '${name}' & $states.input %}`, End: true } });
      const { output, path } = await bench.run(
        machine({
          P: { Type: 'Parallel', Arguments: '{% $states.input.x %}', Branches: [branch('A', 20), branch('B', 10)], Output: '{% $states.result %}', End: true },
        }),
        { x: '!' },
      );
      expect(output).toEqual(['A!', 'B!']);
      expect(bench.region.clock.now() - before).toBe(20_000);
      expect(path).toEqual([
        'ExecutionStarted',
        'ParallelStateEntered P',
        'ParallelStateStarted',
        'WaitStateEntered A',
        'WaitStateEntered B',
        'WaitStateExited B',
        'WaitStateExited A',
        'ParallelStateSucceeded',
        'ParallelStateExited P',
        'ExecutionSucceeded',
      ]);
    }));

  test('a branch that fails ends the others, and a catcher sees its error', () =>
    withBench({}, async (bench) => {
      const before = bench.region.clock.now();
      const { output, path } = await bench.run(
        machine({
          P: {
            Type: 'Parallel',
            Branches: [
              group({ Slow: { Type: 'Wait', Seconds: 1000, End: true } }),
              group({ Soon: { Type: 'Wait', Seconds: 5, Next: 'Bad' }, Bad: { Type: 'Fail', Error: 'Boom', Cause: 'because' } }),
            ],
            Catch: [{ ErrorEquals: ['Boom'], Output: '{% $states.errorOutput %}', Next: 'After' }],
            End: true,
          },
          After: { Type: 'Pass', End: true },
        }),
      );
      expect(output).toEqual({ Error: 'Boom', Cause: 'because' });
      expect(bench.region.clock.now() - before).toBe(5000);
      expect(path.slice(5, 10)).toEqual(['WaitStateExited Soon', 'FailStateEntered Bad', 'WaitStateAborted', 'ParallelStateFailed', 'ParallelStateExited P']);
    }));

  test('branches read outer variables and keep their own to themselves', () =>
    withBench({}, async (bench) => {
      const { output } = await bench.run(
        machine({
          Set: { Type: 'Pass', Assign: { outer: 1 }, Next: 'P' },
          P: {
            Type: 'Parallel',
            Branches: [
              group({ A: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' }, Next: 'A2' }, A2: { Type: 'Pass', Output: '{% $inner %}', End: true } }),
            ],
            Next: 'Read',
          },
          Read: { Type: 'Pass', Output: '{% [$states.input, $exists($inner)] %}', End: true },
        }),
      );
      expect(output).toEqual([2, false]);
    }));

  test('is tried again as its retrier says', () =>
    withBench({}, async (bench) => {
      const { described, path } = await bench.run(
        machine({
          P: {
            Type: 'Parallel',
            Branches: [group({ Bad: { Type: 'Fail', Error: 'Boom' } })],
            Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
            End: true,
          },
        }),
      );
      expect(described['error']).toBe('Boom');
      expect(path.filter((step) => step.startsWith('Parallel'))).toEqual([
        'ParallelStateEntered P',
        'ParallelStateStarted',
        'ParallelStateFailed',
        'ParallelStateStarted',
        'ParallelStateFailed',
      ]);
    }));
});

describe('Map', () => {
  const processor = (states: Record<string, unknown>) => ({ ProcessorConfig: { Mode: 'INLINE' }, ...group(states) });

  test('runs at most MaxConcurrency iterations at the same time', () =>
    withBench({}, async (bench) => {
      const before = bench.region.clock.now();
      const { output } = await bench.run(
        machine({
          M: {
            Type: 'Map',
            Items: '{% [1..6] %}',
            MaxConcurrency: 2,
            ItemSelector: { index: '{% $states.context.Map.Item.Index %}', value: '{% $states.context.Map.Item.Value %}' },
            ItemProcessor: processor({ W: { Type: 'Wait', Seconds: 10, Output: '{% $states.input.index * 10 + $states.input.value %}', End: true } }),
            End: true,
          },
        }),
      );
      expect(output).toEqual([1, 12, 23, 34, 45, 56]);
      expect(bench.region.clock.now() - before).toBe(30_000);
    }));

  test('over no items succeeds with an empty result', () =>
    withBench({}, async (bench) => {
      const { output, path } = await bench.run(machine({ M: { Type: 'Map', ItemProcessor: processor({ P: { Type: 'Pass', End: true } }), End: true } }), []);
      expect(output).toEqual([]);
      expect(path.slice(1, -1)).toEqual(['MapStateEntered M', 'MapStateStarted', 'MapStateSucceeded', 'MapStateExited M']);
    }));

  test('fails with the error of the iteration that failed', () =>
    withBench({}, async (bench) => {
      const { described, path } = await bench.run(
        machine({
          M: {
            Type: 'Map',
            Items: [1, 2],
            ItemProcessor: processor({
              C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'Bad' }], Default: 'W' },
              Bad: { Type: 'Fail', Error: 'One' },
              W: { Type: 'Wait', Seconds: 60, End: true },
            }),
            End: true,
          },
        }),
      );
      expect(described).toMatchObject({ status: 'FAILED', error: 'One' });
      expect(path.slice(-4)).toEqual(['WaitStateAborted', 'MapIterationAborted', 'MapStateFailed', 'ExecutionFailed']);
      expect(path).toContain('MapIterationFailed');
    }));

  test('an ItemSelector that cannot be evaluated fails its iteration', () =>
    withBench({}, async (bench) => {
      const { path } = await bench.run(
        machine({ M: { Type: 'Map', Items: [1], ItemSelector: '{% $nothing %}', ItemProcessor: processor({ P: { Type: 'Pass', End: true } }), End: true } }),
      );
      expect(path.slice(2)).toEqual(['MapStateStarted', 'MapIterationStarted', 'EvaluationFailed', 'MapIterationFailed', 'MapStateFailed', 'ExecutionFailed']);
    }));

  test('tolerates as many failures as it is told, and no more', () =>
    withBench({}, async (bench) => {
      const definition = (count: number) =>
        machine({
          M: {
            Type: 'Map',
            Items: [1, 2, 3, 4],
            MaxConcurrency: 1,
            ToleratedFailureCount: count,
            ItemProcessor: processor({
              C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input % 2 = 0 %}', Next: 'Bad' }], Default: 'Ok' },
              Bad: { Type: 'Fail', Error: 'Even' },
              Ok: { Type: 'Pass', End: true },
            }),
            End: true,
          },
        });
      expect((await bench.run(definition(2))).output).toEqual([1, 3]);
      expect((await bench.run(definition(1))).described).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
    }));

  test.each([
    ['MaxConcurrency', '"two"'],
    ['ToleratedFailurePercentage', '101'],
  ])('checks what %s evaluates to', (field, value) =>
    withBench({}, async (bench) => {
      const { described, path } = await bench.run(
        machine({ M: { Type: 'Map', Items: [1], [field]: `{% ${value} %}`, ItemProcessor: processor({ P: { Type: 'Pass', End: true } }), End: true } }),
      );
      expect(described['error']).toBe('States.QueryEvaluationError');
      expect(path.slice(1)).toEqual(['MapStateEntered M', 'EvaluationFailed', 'MapStateFailed', 'ExecutionFailed']);
    }),
  );
});
