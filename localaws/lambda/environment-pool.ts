// Warm environments: kept between invocations, bounded in number, waited for when all are busy.
import type { EnvironmentSpec, FunctionEnvironment, FunctionExecutor } from './function-executor.ts';
import { ENVIRONMENTS_MAX, IDLE_PER_FUNCTION_MAX } from './limits.ts';

export interface PooledEnvironment {
  readonly environment: FunctionEnvironment;
  readonly spec: EnvironmentSpec;
  /** Identity of the code and settings it was made from. */
  readonly key: object;
}

export interface EnvironmentPool {
  /** A warm environment made for `key`, or a new one; waits while too many are busy. */
  acquire(key: object, specify: () => Promise<EnvironmentSpec>): Promise<PooledEnvironment>;
  release(pooled: PooledEnvironment): void;
  /** Ends the idle environments of a key: its code or settings are no longer the function's. */
  retire(key: object): void;
  /** Ends the running environments of a function; answers how many. */
  killRunning(functionName: string): number;
  close(): Promise<void>;
}

export function createEnvironmentPool(executor: FunctionExecutor): EnvironmentPool {
  const busy = new Set<PooledEnvironment>();
  /** Oldest use first. */
  let idle: PooledEnvironment[] = [];
  const waiting: (() => void)[] = [];
  /** Places promised to callers whose environment is being specified. */
  let promised = 0;
  let closed = false;

  const end = (pooled: PooledEnvironment): void => {
    pooled.environment.terminate().catch(() => undefined);
  };

  /** Takes a warm environment of the key, or a place for a new one, or neither. */
  const take = (key: object): PooledEnvironment | 'place' | undefined => {
    idle = idle.filter((pooled) => pooled.environment.usable);
    const warm = idle.findLastIndex((pooled) => pooled.key === key);
    if (warm >= 0) return idle.splice(warm, 1)[0];
    if (busy.size + promised + idle.length >= ENVIRONMENTS_MAX) {
      const oldest = idle.shift();
      if (oldest === undefined) return undefined;
      end(oldest);
    }
    return 'place';
  };

  const acquire = async (key: object, specify: () => Promise<EnvironmentSpec>): Promise<PooledEnvironment> => {
    let taken = take(key);
    // Ends: each release wakes one waiter, and a running invocation is bounded by its timeout.
    while (taken === undefined) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (closed) throw new Error('localaws: the region is closing');
      taken = take(key);
    }
    if (taken !== 'place') {
      busy.add(taken);
      return taken;
    }
    promised++;
    try {
      const spec = await specify();
      if (closed) throw new Error('localaws: the region is closing');
      const pooled = { environment: executor.start(spec), spec, key };
      busy.add(pooled);
      return pooled;
    } catch (error) {
      // The place is free again for whoever waits.
      waiting.shift()?.();
      throw error;
    } finally {
      promised--;
    }
  };

  return {
    acquire,
    release(pooled) {
      busy.delete(pooled);
      const kept = pooled.environment.usable && !closed && idle.filter((other) => other.key === pooled.key).length < IDLE_PER_FUNCTION_MAX;
      if (kept) idle.push(pooled);
      else end(pooled);
      waiting.shift()?.();
    },
    retire(key) {
      for (const pooled of idle) if (pooled.key === key) end(pooled);
      idle = idle.filter((pooled) => pooled.key !== key);
    },
    killRunning(functionName) {
      const running = [...busy].filter((pooled) => pooled.spec.functionName === functionName);
      for (const pooled of running) end(pooled);
      return running.length;
    },
    async close() {
      closed = true;
      for (const wake of waiting.splice(0)) wake();
      await Promise.allSettled([...busy, ...idle].map((pooled) => pooled.environment.terminate()));
      idle = [];
    },
  };
}
