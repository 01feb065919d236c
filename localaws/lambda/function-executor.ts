// The seam between Lambda's rules and how code is really run: worker threads by default, something deterministic in simulations.
import type { SharedTime } from '../clock/clock.ts';

export interface EnvironmentSpec {
  readonly functionName: string;
  readonly version: string;
  /** `path/file.export`. */
  readonly handler: string;
  readonly runtime: string;
  /** Where the function's zip lies extracted. */
  readonly directory: string;
  readonly memoryMb: number;
  /** The whole process environment the function sees. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logFormat: 'Text' | 'JSON';
  readonly time: SharedTime;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  readonly clientContext: string | undefined;
  readonly timeoutMs: number;
}

/**
 * How an invocation ended. `exited`: the environment is gone (crash, process.exit, out of memory, killed); reason as AWS words
 * it, undefined when there was none. `timedOut`: the environment was ended for it.
 */
export type InvocationEnd =
  | { readonly kind: 'returned'; readonly payload: string }
  | { readonly kind: 'failed'; readonly payload: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'exited'; readonly reason: string | undefined };

export interface InvocationResult {
  readonly end: InvocationEnd;
  /** What the function wrote, in Lambda's format, one text per write. */
  readonly log: readonly string[];
  readonly durationMs: number;
  /** Only for the first invocation of an environment. */
  readonly initMs: number | undefined;
}

/** One execution environment. It runs one invocation at a time and keeps its module scope between them. */
export interface FunctionEnvironment {
  /** Never rejects: whatever happens to the function is a result. */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** False once it can take no further invocation. */
  readonly usable: boolean;
  /** Ends it at once; an invocation under way ends as `exited` with `signal: killed`. */
  terminate(): Promise<void>;
}

export interface FunctionExecutor {
  /** Functions take simulated time: the region's clock goes on while they run. Otherwise it stands still or runs at real speed for them. */
  readonly takesSimulatedTime?: boolean;
  /** Begins to make an environment; loading goes on in the background and its failure shows in the first invocation. */
  start(spec: EnvironmentSpec): FunctionEnvironment;
}
