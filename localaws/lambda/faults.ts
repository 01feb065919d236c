// For tests that break functions: a look at each invocation before it runs, and the power to kill one in the middle.

export interface LambdaFaults {
  /** Called before every attempt to run a function, retries included. A rejection fails the attempt as a crashed environment does. */
  beforeInvocation: ((functionName: string, requestId: string) => void | Promise<void>) | undefined;
  /** Kills every running environment of a function; answers how many there were. */
  killRunning(functionName: string): number;
  /** Used by the service. */
  attach(kill: (functionName: string) => number): void;
}

export function createLambdaFaults(): LambdaFaults {
  let kill: ((functionName: string) => number) | undefined;
  return {
    beforeInvocation: undefined,
    killRunning: (functionName) => kill?.(functionName) ?? 0,
    attach(given) {
      kill = given;
    },
  };
}
