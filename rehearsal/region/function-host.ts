// Runs Weir's own handlers, from their sources, for the local Lambda of a simulation: many functions beside each other in one thread,
// each in a sandbox of its own whose time, randomness and way to AWS belong to the simulation. Nothing here decides what goes wrong;
// that is the gate's business.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AwsClientSettings } from '#adapters/aws-clients.ts';
import { handOverShapes } from '#localaws/endpoint/in-process-client.ts';
import type { SdkRequest, SdkResponse } from '#localaws/endpoint/in-process-handler.ts';
import type { RunFunction, RunningInvocation } from '#localaws/lambda/in-process-executor.ts';
import type { HttpProbe } from '#ports/checks.ts';
import type { Ports } from '#ports/ports.ts';
import { composePorts, type Observe, unobserved } from '#runtime/compose-ports.ts';
import { type Configuration, readConfiguration } from '#runtime/configuration.ts';
import { findSandboxWith } from '#runtime/ports-of-this-function.ts';

type RetryStrategy = Exclude<NonNullable<AwsClientSettings['retryStrategy']>, { readonly retry: unknown }>;

/** What the simulation gives one invocation. Everything it does in the world goes through here. */
export interface Surroundings {
  readonly running: RunningInvocation;
  /** The function's own clock, which may be wrong. */
  now(): number;
  random(): number;
  writeId(): string;
  /** Resolves after simulated milliseconds; never when the function was killed meanwhile. */
  sleep(milliseconds: number): Promise<void>;
  schedule(milliseconds: number, task: () => void): { cancel(): void };
  /** One HTTP request of an SDK client. Never settles when the function was killed meanwhile. */
  send(request: SdkRequest): Promise<{ response: SdkResponse }>;
  readonly probe: HttpProbe;
  readonly retries: RetryStrategy;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

const current = new AsyncLocalStorage<Surroundings>();
const PROJECT_ROOT = join(import.meta.dirname, '..', '..');

function here(): Surroundings {
  const surroundings = current.getStore();
  if (surroundings === undefined) throw new Error('a handler ran outside its simulated function');
  return surroundings;
}

/** A retry strategy as the SDK makes it, unused: what one function spends of its retries must not be missing in another. */
export async function freshRetryStrategy(): Promise<() => RetryStrategy> {
  const made = (await new DynamoDBClient({ region: 'us-east-1', maxAttempts: 4 }).config.retryStrategy()) as RetryStrategy;
  const Strategy = made.constructor as new (attemptsMax: number) => RetryStrategy;
  return () => new Strategy(4);
}

const SIMULATED_ENDPOINT = new URL('https://aws.simulation.invalid/');

const clients: AwsClientSettings = {
  region: 'us-east-1',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  credentials: { accessKeyId: 'ofTheFunction', secretAccessKey: 'unused' },
  requestHandler: {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: (request: SdkRequest) => here().send(request) as never,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  },
  retryStrategy: {
    mode: 'standard',
    acquireInitialRetryToken: (scope: string) => here().retries.acquireInitialRetryToken(scope),
    refreshRetryTokenForRetry: (token: never, info: never) => here().retries.refreshRetryTokenForRetry(token, info),
    recordSuccess: (token: never) => here().retries.recordSuccess(token),
  } as never,
  // Nobody looks up the host, or who the client says it is.
  endpointProvider: () => ({ url: SIMULATED_ENDPOINT, properties: {}, headers: {} }),
  defaultUserAgentProvider: async () => [],
  // Without methods: the SDK then leaves out the copies of inputs and outputs that it makes for its log.
  logger: {} as never,
  // Who calls is known from the environment that calls; a signature would only cost time.
  signer: { sign: async (request: SdkRequest) => request } as never,
};

export interface LoadOptions {
  /** All now, so that each run finds the same, or each as it is first invoked, which is sooner for a single run; now when absent. */
  readonly functions?: 'now' | 'invoked';
  /**
   * How the SDK's commands reach the region: handed over as they are, or written out as on the wire, which takes nearly twice the time.
   * Handed over when absent.
   */
  readonly commands?: 'handed over' | 'on the wire';
}

/** Makes the handlers run where the simulation says; what was loaded last in a thread counts. */
export async function loadFunctions({ functions: when = 'now', commands = 'handed over' }: LoadOptions): Promise<RunFunction> {
  const handlers = new Map<string, Handler>();
  const load = async (source: string): Promise<Handler> => {
    const { handler } = (await import(pathToFileURL(join(PROJECT_ROOT, `${source}.ts`)).href)) as { handler: Handler };
    handlers.set(source, handler);
    return handler;
  };
  const sources = globSync('functions/*/*.ts', { cwd: PROJECT_ROOT }).map((file) => file.slice(0, -'.ts'.length).replaceAll('\\', '/'));
  if (when === 'now') for (const source of sources) await load(source);
  const made = new Map<string, { configuration: Configuration; ports: Ports }>();
  findSandboxWith(() => {
    const { variables } = here().running.spec;
    const key = JSON.stringify(Object.entries(variables).filter(([name]) => name.startsWith('WEIR_')));
    const known = made.get(key);
    if (known !== undefined) return known;
    const configuration = readConfiguration(variables);
    const sandbox = { configuration, ports: simulatedPorts(configuration, commands === 'handed over' ? handOverShapes : (client) => client) };
    made.set(key, sandbox);
    return sandbox;
  });
  useSimulatedGlobals();
  return (running, event) => {
    // `.build/functions/steps/plan/index.handler`
    const source = dirname(running.spec.handler).replace(/^\.build\//, '');
    if (!sources.includes(source)) throw new Error(`there is no handler ${source} (${basename(running.spec.handler)})`);
    const handler = handlers.get(source);
    // A module belongs to the thread, not to the function that happens to need it first.
    if (handler === undefined) return current.exit(() => load(source)).then((loaded) => loaded(event, contextOf(running)));
    return handler(event, contextOf(running));
  };
}

/** Runs work as the function of these surroundings. */
export function runIn<T>(surroundings: Surroundings, work: () => Promise<T>): Promise<T> {
  return current.run(surroundings, work);
}

function simulatedPorts(configuration: Configuration, client: Observe['client']): Ports {
  return composePorts(
    configuration,
    {
      log: { info: () => undefined, warn: () => undefined },
      now: () => here().now(),
      sleep: (milliseconds) => here().sleep(milliseconds),
      sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
      writeId: () => here().writeId(),
    },
    { clients, probe: { send: (request) => here().probe.send(request) }, observe: { ...unobserved, client } },
  );
}

function contextOf({ spec, invocation, deadline }: RunningInvocation): object {
  return {
    functionName: spec.functionName,
    functionVersion: spec.version,
    memoryLimitInMB: String(spec.memoryMb),
    logGroupName: `/aws/lambda/${spec.functionName}`,
    logStreamName: 'simulation',
    invokedFunctionArn: invocation.invokedFunctionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - here().now()),
  };
}

/** The SDK waits between its attempts with timers and dice of the process. */
function useSimulatedGlobals(): void {
  const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
  const realRandom = Math.random;
  globalThis.setTimeout = ((task: (...values: unknown[]) => void, milliseconds = 0, ...values: unknown[]) => {
    const surroundings = current.getStore();
    return surroundings === undefined ? realSetTimeout(task, milliseconds, ...values) : surroundings.schedule(milliseconds, () => task(...values));
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((timer: unknown) => {
    if (typeof timer === 'object' && timer !== null && 'cancel' in timer) (timer as { cancel(): void }).cancel();
    else realClearTimeout(timer as NodeJS.Timeout);
  }) as typeof clearTimeout;
  Math.random = () => current.getStore()?.random() ?? realRandom();
}
