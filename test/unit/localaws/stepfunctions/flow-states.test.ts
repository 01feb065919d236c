import { describe, expect, test } from '@jest/globals';
import { machine, withBench } from './run-machine.ts';

describe('Wait', () => {
  test('sleeps the computed seconds on the region clock and nothing else', () =>
    withBench({}, async (bench) => {
      const before = bench.region.clock.now();
      const { described } = await bench.run(machine({ W: { Type: 'Wait', Seconds: '{% $states.input.seconds * 60 %}', End: true } }), { seconds: 90 });
      expect(described['status']).toBe('SUCCEEDED');
      expect(bench.region.clock.now() - before).toBe(90 * 60 * 1000);
    }));

  test('until a timestamp in the past is over at once', () =>
    withBench({}, async (bench) => {
      const { described } = await bench.run(machine({ W: { Type: 'Wait', Timestamp: '2016-03-05T21:29:29.243167252Z', End: true } }));
      expect(described['stopDate']).toEqual(described['startDate']);
    }));

  test.each([
    ['Seconds', -1],
    ['Seconds', 1.5],
    ['Timestamp', '2026-02-30T00:00:00Z'],
    ['Timestamp', '2026-02-03 00:00:00Z'],
  ])('fails the evaluation of %s when it is %p', (field, value) =>
    withBench({}, async (bench) => {
      const { described, path } = await bench.run(machine({ W: { Type: 'Wait', [field]: '{% $states.input.value %}', End: true } }), { value });
      expect(described['error']).toBe('States.QueryEvaluationError');
      expect(path).toEqual(['ExecutionStarted', 'WaitStateEntered W', 'EvaluationFailed', 'ExecutionFailed']);
    }),
  );
});

describe('Choice', () => {
  const choice = { Type: 'Choice', Choices: [{ Condition: '{% $states.input.go %}', Next: 'Yes', Output: { took: 'rule' }, Assign: { by: 'rule' } }] };
  const yes = { Type: 'Pass', Output: { by: '{% $by %}', input: '{% $states.input %}' }, End: true };

  test('takes the Output and Assign of the rule that matched, else those of the state', () =>
    withBench({}, async (bench) => {
      const definition = machine({ C: { ...choice, Default: 'Yes', Output: { took: 'default' }, Assign: { by: 'state' } }, Yes: yes });
      expect((await bench.run(definition, { go: true })).output).toEqual({ by: 'rule', input: { took: 'rule' } });
      expect((await bench.run(definition, { go: false })).output).toEqual({ by: 'state', input: { took: 'default' } });
    }));

  test('without match and Default fails with States.NoChoiceMatched', () =>
    withBench({}, async (bench) => {
      const { described, path } = await bench.run(machine({ C: choice, Yes: yes }), { go: false });
      expect(described['error']).toBe('States.NoChoiceMatched');
      expect(path).toEqual(['ExecutionStarted', 'ChoiceStateEntered C', 'ExecutionFailed']);
    }));

  test('a Condition that is no boolean is an evaluation error', () =>
    withBench({}, async (bench) => {
      const { described } = await bench.run(machine({ C: choice, Yes: yes }), { go: 'yes' });
      expect(described['error']).toBe('States.QueryEvaluationError');
      expect(described['cause']).toContain("Expected 'boolean', but was 'string' for value: \"yes\"");
    }));
});

describe('Fail, Succeed and Pass', () => {
  test('Fail evaluates Error and Cause', () =>
    withBench({}, async (bench) => {
      const { described } = await bench.run(machine({ F: { Type: 'Fail', Error: "{% 'E' & $states.input.n %}", Cause: '{% $string($states.input) %}' } }), {
        n: 7,
      });
      expect(described).toMatchObject({ status: 'FAILED', error: 'E7', cause: '{"n":7}' });
    }));

  test('Fail whose Error is no text is an evaluation error', () =>
    withBench({}, async (bench) => {
      const { path } = await bench.run(machine({ F: { Type: 'Fail', Error: '{% 1 %}' } }));
      expect(path).toEqual(['ExecutionStarted', 'FailStateEntered F', 'EvaluationFailed', 'ExecutionFailed']);
    }));

  test('Succeed may shape the output of the execution', () =>
    withBench({}, async (bench) => {
      const { output, path } = await bench.run(machine({ S: { Type: 'Succeed', Output: { twice: '{% $states.input.n * 2 %}' } } }), { n: 4 });
      expect(output).toEqual({ twice: 8 });
      expect(path).toEqual(['ExecutionStarted', 'SucceedStateEntered S', 'SucceedStateExited S', 'ExecutionSucceeded']);
    }));

  test('Assign and Output are both evaluated from what the state was entered with', () =>
    withBench({}, async (bench) => {
      const { output } = await bench.run(
        machine({
          A: { Type: 'Pass', Assign: { n: 1 }, Next: 'B' },
          B: { Type: 'Pass', Assign: { n: '{% $n + 1 %}', m: '{% $n %}' }, Output: '{% $n %}', Next: 'C' },
          C: { Type: 'Pass', Output: ['{% $states.input %}', '{% $n %}', '{% $m %}'], End: true },
        }),
      );
      expect(output).toEqual([1, 2, 1]);
    }));

  test('an error inside of an expression is told in the words of the expression language', () =>
    withBench({}, async (bench) => {
      const { described } = await bench.run(machine({ P: { Type: 'Pass', Output: { a: "{% 1 + 'x' %}" }, End: true } }));
      expect(described['cause']).toBe(
        "An error occurred while executing the state 'P' (entered at the event id #2). The JSONata expression '1 + 'x'' specified for the field 'Output/a' threw an error during evaluation. T2002: The right side of the \"+\" operator must evaluate to a number",
      );
    }));

  test('an output above 256 KiB fails with States.DataLimitExceeded', () =>
    withBench({}, async (bench) => {
      const { described } = await bench.run(machine({ P: { Type: 'Pass', Output: "{% $pad('', 262143, 'x') %}", End: true } }));
      expect(described).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    }));

  test('the context object names execution, state and state machine', () =>
    withBench({}, async (bench) => {
      const { output, described } = await bench.run(machine({ P: { Type: 'Pass', Output: '{% $states.context %}', End: true } }), { a: 1 });
      expect(output).toEqual({
        Execution: {
          Id: described['executionArn'],
          Input: { a: 1 },
          Name: described['name'],
          RoleArn: 'arn:aws:iam::000000000000:role/machine',
          StartTime: '2026-01-01T00:00:00.000Z',
          RedriveCount: 0,
        },
        State: { EnteredTime: '2026-01-01T00:00:00.000Z', Name: 'P', RetryCount: 0 },
        StateMachine: { Id: described['stateMachineArn'], Name: 'machine-1' },
      });
    }));
});

describe('JSONPath states between JSONata states', () => {
  test('hand data along with plain references and variables', () =>
    withBench({}, async (bench) => {
      const { output } = await bench.run(
        {
          StartAt: 'Path',
          States: {
            Path: { Type: 'Pass', Parameters: { 'name.$': '$.user.name', fixed: 1 }, ResultPath: '$.made', Assign: { 'who.$': '$.name' }, Next: 'Nata' },
            Nata: { Type: 'Pass', QueryLanguage: 'JSONata', Output: { who: '{% $who %}', made: '{% $states.input.made %}' }, Next: 'Out' },
            Out: { Type: 'Pass', OutputPath: '$.made.name', End: true },
          },
        },
        { user: { name: 'ada' } },
      );
      expect(output).toBe('ada');
    }));

  test('a reference that leads nowhere is a runtime error', () =>
    withBench({}, async (bench) => {
      const { described } = await bench.run({
        StartAt: 'Nata',
        States: { Nata: { Type: 'Pass', QueryLanguage: 'JSONata', Next: 'Out' }, Out: { Type: 'Pass', OutputPath: '$.no.such', End: true } },
      });
      expect(described).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    }));
});

describe('limits of an execution', () => {
  test('its timeout ends it as TIMED_OUT wherever it waits', () =>
    withBench({}, async (bench) => {
      const before = bench.region.clock.now();
      const { described, path } = await bench.run(machine({ W: { Type: 'Wait', Seconds: 600, End: true } }, { TimeoutSeconds: 60 }));
      expect(described['status']).toBe('TIMED_OUT');
      expect(bench.region.clock.now() - before).toBe(60_000);
      expect(path.slice(-2)).toEqual(['WaitStateAborted', 'ExecutionTimedOut']);
    }));

  test('the 25,000th event is its failure', () =>
    withBench({}, async (bench) => {
      const arn = await bench.start(
        machine({ P: { Type: 'Pass', Next: 'C' }, C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'E' }], Default: 'P' }, E: { Type: 'Succeed' } }),
      );
      const described = await bench.finish(arn);
      expect(described).toMatchObject({ status: 'FAILED', cause: 'The execution reached the maximum number of history events (25000).' });
      const { events } = await bench.call('GetExecutionHistory', { executionArn: arn, reverseOrder: true, maxResults: 1 });
      expect(events[0]).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
    }));
});
