// Warm environments: reused, bounded, waited for, and ended when their code is old. With an executor that runs nothing.
import { describe, expect, test } from '@jest/globals';
import { createClock } from '#localaws/clock/clock.ts';
import { createEnvironmentPool, type EnvironmentPool, type PooledEnvironment } from '#localaws/lambda/environment-pool.ts';
import type { EnvironmentSpec, FunctionEnvironment, FunctionExecutor } from '#localaws/lambda/function-executor.ts';
import { ENVIRONMENTS_MAX, IDLE_PER_FUNCTION_MAX } from '#localaws/lambda/limits.ts';

interface Fake extends FunctionEnvironment {
  usable: boolean;
  ended: boolean;
}

function fakeExecutor(): { executor: FunctionExecutor; made: Fake[] } {
  const made: Fake[] = [];
  const start = (): Fake => {
    const fake: Fake = {
      usable: true,
      ended: false,
      invoke: () => Promise.reject(new Error('not used')),
      terminate() {
        fake.usable = false;
        fake.ended = true;
        return Promise.resolve();
      },
    };
    made.push(fake);
    return fake;
  };
  return { executor: { start }, made };
}

const time = createClock({ kind: 'virtual' }, 0).shared;
const spec = (functionName: string): EnvironmentSpec => ({
  functionName,
  version: '$LATEST',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  directory: '/nowhere',
  memoryMb: 128,
  variables: {},
  logFormat: 'Text',
  time,
});
const acquire = (pool: EnvironmentPool, key: object, name = 'f'): Promise<PooledEnvironment> => pool.acquire(key, () => Promise.resolve(spec(name)));
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the pool', () => {
  test('a released environment is used again by the same code, not by other code', async () => {
    const { executor, made } = fakeExecutor();
    const pool = createEnvironmentPool(executor);
    const [first, second] = [{}, {}];
    const one = await acquire(pool, first);
    pool.release(one);
    expect(await acquire(pool, first)).toBe(one);
    await acquire(pool, second);
    expect(made).toHaveLength(2);
  });

  test('one that is no longer usable is not kept, nor more than the limit of one function', async () => {
    const { executor, made } = fakeExecutor();
    const pool = createEnvironmentPool(executor);
    const key = {};
    const all = await Promise.all(Array.from({ length: IDLE_PER_FUNCTION_MAX + 2 }, () => acquire(pool, key)));
    const [broken] = made;
    if (broken !== undefined) broken.usable = false;
    for (const pooled of all) pool.release(pooled);
    expect(made.filter((fake) => fake.ended)).toHaveLength(2);
  });

  test('when all places are busy a call waits; an idle environment of another function makes room at once', async () => {
    const { executor, made } = fakeExecutor();
    const pool = createEnvironmentPool(executor);
    const busy = await Promise.all(Array.from({ length: ENVIRONMENTS_MAX }, (_, index) => acquire(pool, { index })));
    let got: PooledEnvironment | undefined;
    const waiting = acquire(pool, {}).then((pooled) => {
      got = pooled;
    });
    await settled();
    expect(got).toBeUndefined();
    const [first] = busy;
    if (first === undefined) throw new Error('nothing was acquired');
    pool.release(first);
    await waiting;
    expect(made[0]?.ended).toBe(true);
    expect(made).toHaveLength(ENVIRONMENTS_MAX + 1);
  });

  test('an environment that cannot be specified gives its place back', async () => {
    const pool = createEnvironmentPool(fakeExecutor().executor);
    await Promise.all(Array.from({ length: ENVIRONMENTS_MAX - 1 }, () => acquire(pool, {})));
    const failing = pool.acquire({}, async () => {
      await settled();
      throw new Error('no code');
    });
    const next = acquire(pool, {});
    await expect(failing).rejects.toThrow('no code');
    await expect(next).resolves.toBeDefined();
  });

  test('retiring ends what is idle, killing ends what runs, closing ends all and frees who waits', async () => {
    const { executor, made } = fakeExecutor();
    const pool = createEnvironmentPool(executor);
    const old = {};
    pool.release(await acquire(pool, old, 'old'));
    pool.retire(old);
    expect(made[0]?.ended).toBe(true);
    await acquire(pool, {}, 'victim');
    expect(pool.killRunning('victim')).toBe(1);
    expect(pool.killRunning('nobody')).toBe(0);
    expect(made[1]?.ended).toBe(true);
    await Promise.all(Array.from({ length: ENVIRONMENTS_MAX - 1 }, () => acquire(pool, {})));
    const waiting = acquire(pool, {});
    await pool.close();
    await expect(waiting).rejects.toThrow(/closing/);
    expect(made.every((fake) => fake.ended)).toBe(true);
  });
});
