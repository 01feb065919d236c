// Runs functions in this thread and in simulated time: for simulations, which have to do the same again and may not wait. Whoever
// asks for it brings the handlers; a function reaches the world only by what they were given, so it can be stopped at any call.
import type { Clock } from '../clock/clock.ts';
import type { CodeStore } from './code-package.ts';
import type { EnvironmentSpec, FunctionEnvironment, FunctionExecutor, Invocation, InvocationEnd, InvocationResult } from './function-executor.ts';
import { errorPayload } from './worker/error-payload.ts';

/** One invocation as its handler sees it. */
export interface RunningInvocation {
  readonly spec: EnvironmentSpec;
  readonly invocation: Invocation;
  /** Simulated epoch milliseconds at which it is ended. */
  readonly deadline: number;
  /** False once the environment was ended: nothing the function still does may have an effect. */
  readonly alive: () => boolean;
}

/** Runs the function's code on an event. What it does in the world it must not do once `alive` answers false. */
export type RunFunction = (running: RunningInvocation, event: unknown) => Promise<unknown>;

interface Current {
  readonly finish: (end: InvocationEnd) => void;
}

export function createInProcessExecutor(clock: Clock, run: RunFunction): FunctionExecutor {
  return { takesSimulatedTime: true, start: (spec) => startEnvironment(clock, run, spec) };
}

function startEnvironment(clock: Clock, run: RunFunction, spec: EnvironmentSpec): FunctionEnvironment {
  let usable = true;
  let fresh = true;
  let current: Current | undefined;
  const terminate = async (): Promise<void> => {
    usable = false;
    current?.finish({ kind: 'exited', reason: 'signal: killed' });
  };
  const invoke = (invocation: Invocation): Promise<InvocationResult> =>
    new Promise((resolve) => {
      const startedAt = clock.now();
      const initMs = fresh ? 0 : undefined;
      fresh = false;
      const deadline = clock.schedule(
        invocation.timeoutMs,
        () => {
          usable = false;
          finish({ kind: 'timedOut' });
        },
        `timeout of ${spec.functionName}`,
      );
      const finish = (end: InvocationEnd): void => {
        if (current !== mine) return;
        current = undefined;
        deadline.cancel();
        resolve({ end, log: [], durationMs: clock.now() - startedAt, initMs });
      };
      const mine: Current = { finish };
      current = mine;
      if (!usable) return finish({ kind: 'exited', reason: undefined });
      const running = { spec, invocation, deadline: startedAt + invocation.timeoutMs, alive: () => usable && current === mine };
      run(running, JSON.parse(invocation.payload)).then(
        (value) => finish({ kind: 'returned', payload: JSON.stringify(value ?? null) }),
        (error: unknown) => finish({ kind: 'failed', payload: errorPayload(error) }),
      );
    });
  return {
    invoke,
    get usable() {
      return usable;
    },
    terminate,
  };
}

/** For executors that bring their own code: takes any bytes and extracts none. */
export function createUnreadCodeStore(): CodeStore {
  return {
    add: async (zip) => ({ sha256: Buffer.from(zip).toString('base64').slice(0, 44), size: zip.byteLength, directory: '/var/task' }),
    home: async () => '/root',
    close: async () => undefined,
  };
}
