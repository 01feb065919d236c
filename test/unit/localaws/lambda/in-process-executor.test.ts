// Functions in this thread and in simulated time: they take as long as the clock says, end at their limit, and can be killed between two
// things they do.
import { describe, expect, test } from '@jest/globals';
import { type Clock, createClock } from '#localaws/clock/clock.ts';
import type { EnvironmentSpec, InvocationResult } from '#localaws/lambda/function-executor.ts';
import { createInProcessExecutor, type RunFunction } from '#localaws/lambda/in-process-executor.ts';

function specOf(clock: Clock): EnvironmentSpec {
  return {
    functionName: 'orders',
    version: '$LATEST',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    directory: '/var/task',
    memoryMb: 128,
    variables: { TABLE: 'records' },
    logFormat: 'Text',
    time: clock.shared,
  };
}

const invocation = { requestId: 'one', payload: '{"n":1}', invokedFunctionArn: 'arn', traceId: 'trace', clientContext: undefined, timeoutMs: 60_000 };

async function finish(clock: Clock, invoking: Promise<InvocationResult>): Promise<InvocationResult> {
  let result: InvocationResult | undefined;
  void invoking.then((value) => {
    result = value;
  });
  await clock.runUntil(() => result !== undefined, 3_600_000);
  return result as InvocationResult;
}

describe('a function in this thread', () => {
  test('takes simulated time and answers what it returns', async () => {
    const clock = createClock({ kind: 'virtual' }, 0);
    const run: RunFunction = async ({ spec }, event) => {
      await clock.sleep(5_000);
      return { event, table: spec.variables['TABLE'] };
    };
    const environment = createInProcessExecutor(clock, run).start(specOf(clock));
    const result = await finish(clock, environment.invoke(invocation));
    expect(result).toMatchObject({ end: { kind: 'returned', payload: '{"event":{"n":1},"table":"records"}' }, durationMs: 5_000, initMs: 0 });
    expect((await finish(clock, environment.invoke(invocation))).initMs).toBeUndefined();
  });

  test('fails with its error', async () => {
    const clock = createClock({ kind: 'virtual' }, 0);
    const environment = createInProcessExecutor(clock, async () => {
      throw Object.assign(new Error('too many'), { name: 'RetryableError' });
    }).start(specOf(clock));
    const { end } = await finish(clock, environment.invoke(invocation));
    expect(end.kind === 'failed' && JSON.parse(end.payload)).toMatchObject({ errorType: 'RetryableError', errorMessage: 'too many' });
    expect(environment.usable).toBe(true);
  });

  test('is ended at its limit', async () => {
    const clock = createClock({ kind: 'virtual' }, 0);
    const environment = createInProcessExecutor(clock, () => new Promise(() => undefined)).start(specOf(clock));
    expect((await finish(clock, environment.invoke(invocation))).end).toEqual({ kind: 'timedOut' });
    expect(clock.now()).toBe(60_000);
    expect(environment.usable).toBe(false);
  });

  test('knows that it was killed before it can do the next thing', async () => {
    const clock = createClock({ kind: 'virtual' }, 0);
    const did: string[] = [];
    const environment = createInProcessExecutor(clock, async ({ alive }) => {
      did.push('first');
      await clock.sleep(1_000);
      if (alive()) did.push('second');
    }).start(specOf(clock));
    const invoking = environment.invoke(invocation);
    clock.schedule(500, () => void environment.terminate());
    expect((await finish(clock, invoking)).end).toEqual({ kind: 'exited', reason: 'signal: killed' });
    await clock.runUntil(() => clock.now() >= 1_000, 10_000);
    expect(did).toEqual(['first']);
  });
});
