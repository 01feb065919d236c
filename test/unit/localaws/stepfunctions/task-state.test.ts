import { describe, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import type { AwsShape } from '#localaws/region.ts';
import { type Bench, machine, ROLE, withBench } from './run-machine.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:work';
const answer = (payload: unknown): AwsShape => ({ StatusCode: 200, ExecutedVersion: '$LATEST', Payload: JSON.stringify(payload) });
const functionError = (payload: unknown): AwsShape => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(payload) });

describe('a function as a task', () => {
  test('lambda:invoke answers the parsed payload with the metadata of the call', () =>
    withBench({ lambda: { Invoke: (input) => answer({ got: JSON.parse(input['Payload']), name: input['FunctionName'] }) } }, async (bench) => {
      const { output, path, events } = await bench.run(
        machine({
          T: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: { FunctionName: FUNCTION, Payload: { n: '{% $states.input.n %}' } },
            TimeoutSeconds: 30,
            End: true,
          },
        }),
        { n: 3 },
      );
      expect(output).toMatchObject({
        ExecutedVersion: '$LATEST',
        Payload: { got: { n: 3 }, name: FUNCTION },
        StatusCode: 200,
        SdkHttpMetadata: { HttpStatusCode: 200 },
      });
      expect(path.slice(2, 5)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSucceeded']);
      expect(events[2]?.['taskScheduledEventDetails']).toMatchObject({ resourceType: 'lambda', resource: 'invoke', region: 'us-east-1', timeoutInSeconds: 30 });
    }));

  test('an ARN as the Resource gives and takes plain payloads', () =>
    withBench({ lambda: { Invoke: (input) => answer({ got: JSON.parse(input['Payload']) }) } }, async (bench) => {
      const { output, path } = await bench.run(machine({ T: { Type: 'Task', Resource: FUNCTION, End: true } }), { n: 3 });
      expect(output).toEqual({ got: { n: 3 } });
      expect(path.slice(2, 5)).toEqual(['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded']);
    }));

  test('an error of the function is its errorType, and a payload without one is Lambda.Unknown', () =>
    withBench({ lambda: { Invoke: (input) => functionError(JSON.parse(input['Payload'])) } }, async (bench) => {
      const definition = machine({ T: { Type: 'Task', Resource: FUNCTION, End: true } });
      const named = await bench.run(definition, { errorType: 'NotToday', errorMessage: 'no' });
      expect(named.described).toMatchObject({ status: 'FAILED', error: 'NotToday', cause: '{"errorType":"NotToday","errorMessage":"no"}' });
      expect(named.path.slice(-2)).toEqual(['LambdaFunctionFailed', 'ExecutionFailed']);
      expect(
        (await bench.run(machine({ T: { Type: 'Task', Resource: FUNCTION, Comment: 'again', End: true } }), { errorMessage: 'no' })).described['error'],
      ).toBe('Lambda.Unknown');
    }));

  test.each([
    ['ResourceNotFoundException', 404, 'Lambda.ResourceNotFoundException'],
    ['TooManyRequestsException', 429, 'Lambda.TooManyRequestsException'],
    ['ServiceException', 500, 'Lambda.ServiceException'],
    ['AccessDeniedException', 403, 'Lambda.AWSLambdaException'],
  ])('a call refused with %s (%d) is %s', (code, httpStatus, name) =>
    withBench({ lambda: { Invoke: () => Promise.reject(new AwsError(code, 'refused', { httpStatus })) } }, async (bench) => {
      const { described } = await bench.run(
        machine({ T: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: FUNCTION }, End: true } }),
      );
      expect(described['error']).toBe(name);
      expect(described['cause']).toContain(`refused (Service: AWSLambda; Status Code: ${httpStatus}; Error Code: ${code}; Request ID: `);
    }),
  );

  test('neither takes nor gives more than 256 KiB', () =>
    withBench({ lambda: { Invoke: () => answer('x'.repeat(262_144)) } }, async (bench) => {
      const given = await bench.run(machine({ T: { Type: 'Task', Resource: FUNCTION, End: true } }));
      expect(given.described['error']).toBe('States.DataLimitExceeded');
      expect(given.path.slice(-2)).toEqual(['LambdaFunctionFailed', 'ExecutionFailed']);
      const taken = await bench.run(machine({ T: { Type: 'Task', Resource: FUNCTION, Arguments: "{% $pad('', 262143, 'x') %}", End: true } }));
      expect(taken.described['error']).toBe('States.DataLimitExceeded');
      expect(taken.path).not.toContain('LambdaFunctionScheduled');
    }));

  test('is called as the role of the state machine', () =>
    withBench({ lambda: { Invoke: (_input, principal) => answer(principal) } }, async (bench) => {
      const { output, described } = await bench.run(machine({ T: { Type: 'Task', Resource: FUNCTION, End: true } }));
      expect(output).toEqual({ kind: 'role', roleArn: ROLE, sessionName: described['name'] });
    }));
});

describe('Retry and Catch', () => {
  test('wait as long as the retrier says, count attempts and then go to the catcher', async () => {
    const at: number[] = [];
    let now = (): number => 0;
    await withBench(
      {
        lambda: {
          Invoke: () => {
            at.push(now());
            return functionError({ errorType: 'Flaky', errorMessage: 'x' });
          },
        },
      },
      async (bench) => {
        now = () => bench.region.clock.now();
        const { output } = await bench.run(
          machine({
            T: {
              Type: 'Task',
              Resource: FUNCTION,
              Retry: [
                { ErrorEquals: ['Other'], MaxAttempts: 9 },
                { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 },
              ],
              Catch: [{ ErrorEquals: ['States.ALL'], Assign: { tries: '{% $states.context.State.RetryCount %}' }, Next: 'After' }],
              End: true,
            },
            After: { Type: 'Pass', Output: { tries: '{% $tries %}', error: '{% $states.input.Error %}' }, End: true },
          }),
        );
        expect(output).toEqual({ tries: 3, error: 'Flaky' });
      },
    );
    expect(at.map((moment) => moment - (at[0] ?? 0))).toEqual([0, 2000, 8000, 18_000]);
  });
  test('States.ALL does not catch States.Runtime', () =>
    withBench({ lambda: { Invoke: () => answer({}) } }, async (bench) => {
      const { described } = await bench.run(
        machine({
          T: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: { Payload: 1 },
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }],
            End: true,
          },
          After: { Type: 'Pass', End: true },
        }),
      );
      expect(described).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      expect(described['cause']).toContain("[The required field 'FunctionName' is missing]");
    }));

  test('an evaluation error of the task can be caught', () =>
    withBench({ lambda: { Invoke: () => answer({}) } }, async (bench) => {
      const { path } = await bench.run(
        machine({
          T: {
            Type: 'Task',
            Resource: FUNCTION,
            Output: '{% $nothing %}',
            Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'After' }],
            End: true,
          },
          After: { Type: 'Pass', End: true },
        }),
      );
      expect(path.slice(4, 7)).toEqual(['LambdaFunctionSucceeded', 'EvaluationFailed', 'TaskStateExited T']);
    }));
});

describe('a task that waits for its token', () => {
  const waiting = (extra: AwsShape = {}): AwsShape =>
    machine({
      T: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Arguments: { QueueUrl: 'q', MessageBody: { token: '{% $states.context.Task.Token %}' } },
        End: true,
        ...extra,
      },
    });

  const withQueue = (work: (bench: Bench, tokens: string[]) => Promise<void>): Promise<void> => {
    const tokens: string[] = [];
    const SendMessage = (input: AwsShape): AwsShape => {
      tokens.push(JSON.parse(input['MessageBody']).token);
      return { MessageId: 'm' };
    };
    return withBench({ sqs: { SendMessage } }, (bench) => work(bench, tokens));
  };

  test('goes on with the output sent, while the clock is free', () =>
    withQueue(async (bench, tokens) => {
      const arn = await bench.start(waiting());
      await bench.region.clock.runUntil(() => tokens.length === 1, 1000);
      await bench.call('SendTaskHeartbeat', { taskToken: tokens[0] });
      await bench.call('SendTaskSuccess', { taskToken: tokens[0], output: '{"ok":true}' });
      expect(await bench.finish(arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}' });
      expect((await bench.events(arn)).map(({ type }) => type).slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
      await expect(bench.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' })).rejects.toMatchObject({ code: 'TaskTimedOut' });
    }));

  test('fails with the error sent', () =>
    withQueue(async (bench, tokens) => {
      const arn = await bench.start(waiting());
      await bench.region.clock.runUntil(() => tokens.length === 1, 1000);
      await bench.call('SendTaskFailure', { taskToken: tokens[0], error: 'Rejected', cause: 'no' });
      expect(await bench.finish(arn)).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'no' });
    }));

  test('times out, is tried again with a new token, and the old one is dead', () =>
    withQueue(async (bench, tokens) => {
      const arn = await bench.start(waiting({ TimeoutSeconds: '{% 60 %}', Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }] }));
      await bench.region.clock.runUntil(() => tokens.length === 2, 100_000);
      expect(tokens[0]).not.toBe(tokens[1]);
      await expect(bench.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' })).rejects.toMatchObject({ code: 'TaskTimedOut' });
      const described = await bench.finish(arn);
      expect(described).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
      const events = await bench.events(arn);
      expect(events.filter(({ type }) => type === 'TaskTimedOut')).toHaveLength(2);
    }));

  test('a missed heartbeat ends it; every heartbeat starts the time anew', () =>
    withQueue(async (bench, tokens) => {
      const { clock } = bench.region;
      const startedAt = clock.now();
      const arn = await bench.start(waiting({ TimeoutSeconds: 3600, HeartbeatSeconds: 30 }));
      await clock.runUntil(() => tokens.length === 1, 1000);
      clock.schedule(25_000, () => {
        bench.call('SendTaskHeartbeat', { taskToken: tokens[0] }).catch(() => undefined);
      });
      expect(await bench.finish(arn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
      expect(clock.now() - startedAt).toBe(55_000);
    }));

  test('refuses tokens that never were and outputs that are no JSON', () =>
    withQueue(async (bench, tokens) => {
      await expect(bench.call('SendTaskSuccess', { taskToken: 'made-up', output: '1' })).rejects.toMatchObject({ code: 'InvalidToken' });
      await expect(bench.call('SendTaskFailure', {})).rejects.toMatchObject({ code: 'ValidationException' });
      const arn = await bench.start(waiting());
      await bench.region.clock.runUntil(() => tokens.length === 1, 1000);
      await expect(bench.call('SendTaskSuccess', { taskToken: tokens[0], output: '{' })).rejects.toMatchObject({ code: 'InvalidOutput' });
      await bench.call('StopExecution', { executionArn: arn, error: 'Enough', cause: 'tired' });
      expect(await bench.call('DescribeExecution', { executionArn: arn })).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'tired' });
      await expect(bench.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' })).rejects.toMatchObject({ code: 'TaskTimedOut' });
    }));

  test('may be told before the call that handed the token out has answered', () => {
    let bench: Bench | undefined;
    const Invoke = async (input: AwsShape): Promise<AwsShape> => {
      await bench?.call('SendTaskSuccess', { taskToken: JSON.parse(input['Payload']).token, output: '"early"' });
      return answer({});
    };
    return withBench({ lambda: { Invoke } }, async (made) => {
      bench = made;
      const { output } = await made.run(
        machine({
          T: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            Arguments: { FunctionName: 'work', Payload: { token: '{% $states.context.Task.Token %}' } },
            End: true,
          },
        }),
      );
      expect(output).toBe('early');
    });
  });
});
