// Runs one invocation: concurrency, an environment, the function, its log, and the answer in Lambda's words. Both synchronous
// calls and the attempts of asynchronous ones come through here.
import { AwsError } from '../endpoint/aws-error.ts';
import type { Region } from '../region.ts';
import type { CodeStore } from './code-package.ts';
import { createEnvironmentPool, type EnvironmentPool } from './environment-pool.ts';
import type { LambdaFaults } from './faults.ts';
import type { EnvironmentSpec, FunctionExecutor, InvocationEnd, InvocationResult } from './function-executor.ts';
import { createFunctionLogs, exitText, type LogStream } from './function-logs.ts';
import type { FunctionRecord, FunctionVersion } from './function-records.ts';
import type { FunctionStore, ResolvedFunction } from './function-store.ts';
import { RESPONSE_BYTES_MAX } from './limits.ts';

export interface InvocationAnswer {
  readonly functionError: 'Unhandled' | undefined;
  /** JSON. */
  readonly payload: string;
  readonly executedVersion: string;
  /** Base64 tail of the log. */
  readonly logTail: string;
}

export interface Invoker {
  /** @throws AwsError TooManyRequestsException when concurrency is used up */
  run(target: ResolvedFunction, requestId: string, payload: string, clientContext: string | undefined): Promise<InvocationAnswer>;
  /** Forgets the warm environments of a version that is no longer in use. */
  retire(version: FunctionVersion): void;
  close(): Promise<void>;
}

export interface InvokerParts {
  readonly region: Region;
  readonly store: FunctionStore;
  readonly code: CodeStore;
  readonly executor: FunctionExecutor;
  readonly faults: LambdaFaults;
  /** Whether functions' logs go to CloudWatch Logs. */
  readonly sendsLogs: boolean;
}

export function createInvoker(parts: InvokerParts): Invoker {
  const { region, store, faults } = parts;
  const pool: EnvironmentPool = createEnvironmentPool(parts.executor);
  const logs = createFunctionLogs(region, parts.sendsLogs);
  const streams = new WeakMap<EnvironmentSpec, LogStream>();
  faults.attach((functionName) => pool.killRunning(functionName));

  const specify = async (record: FunctionRecord, version: FunctionVersion): Promise<EnvironmentSpec> => {
    const stream = logs.newStream(version);
    const spec: EnvironmentSpec = {
      functionName: record.name,
      version: version.version,
      handler: version.settings.Handler,
      runtime: version.settings.Runtime,
      directory: version.code.directory,
      memoryMb: version.settings.MemorySize,
      variables: variablesFor(region, record, version, stream, await parts.code.home()),
      logFormat: version.settings.logFormat,
      time: region.clock.shared,
    };
    streams.set(spec, stream);
    return spec;
  };

  const attempt = async (
    target: ResolvedFunction,
    requestId: string,
    payload: string,
    clientContext: string | undefined,
  ): Promise<{ result: InvocationResult; stream: LogStream }> => {
    const { record, version } = target;
    const pooled = await pool.acquire(version, () => specify(record, version));
    const stream = streams.get(pooled.spec) ?? logs.newStream(version);
    try {
      const traceId = `Root=1-${Math.floor(region.clock.now() / 1000).toString(16)}-${region.ids.hex(24)};Parent=${region.ids.hex(16)};Sampled=0`;
      const timeoutMs = version.settings.Timeout * 1000;
      const invoking = pooled.environment.invoke({ requestId, payload, invokedFunctionArn: target.invokedArn, traceId, clientContext, timeoutMs });
      return { result: await invoking, stream };
    } finally {
      pool.release(pooled);
    }
  };

  return {
    async run(target, requestId, payload, clientContext) {
      const { record, version } = target;
      throttle(store, record);
      record.inFlight++;
      try {
        const crashed = await crashedByFault(faults, record.name, requestId);
        const { result, stream } =
          crashed === undefined ? await attempt(target, requestId, payload, clientContext) : { result: crashed, stream: logs.newStream(version) };
        const { tail } = logs.deliver(record.name, version, stream, requestId, result);
        return { ...answerOf(version, requestId, result.end), executedVersion: version.version, logTail: tail };
      } finally {
        record.inFlight--;
      }
    },
    retire: (version) => pool.retire(version),
    close: () => pool.close(),
  };
}

function throttle(store: FunctionStore, record: FunctionRecord): void {
  const reserved = record.reservedConcurrency;
  let inUse = 0;
  if (reserved === undefined) for (const other of store.functions.values()) inUse += other.reservedConcurrency === undefined ? other.inFlight : 0;
  const isFull = reserved === undefined ? inUse >= store.unreservedConcurrency() : record.inFlight >= reserved;
  if (!isFull) return;
  throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
    httpStatus: 429,
    members: { Reason: reserved === undefined ? 'ConcurrentInvocationLimitExceeded' : 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
  });
}

async function crashedByFault(faults: LambdaFaults, functionName: string, requestId: string): Promise<InvocationResult | undefined> {
  try {
    await faults.beforeInvocation?.(functionName, requestId);
    return undefined;
  } catch {
    return { end: { kind: 'exited', reason: 'signal: killed' }, log: [], durationMs: 0, initMs: undefined };
  }
}

function answerOf(version: FunctionVersion, requestId: string, end: InvocationEnd): { functionError: 'Unhandled' | undefined; payload: string } {
  const failed = (errorType: string, errorMessage: string) => ({ functionError: 'Unhandled' as const, payload: JSON.stringify({ errorType, errorMessage }) });
  switch (end.kind) {
    case 'returned':
      if (Buffer.byteLength(end.payload) > RESPONSE_BYTES_MAX) {
        return failed('Function.ResponseSizeTooLarge', `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`);
      }
      return { functionError: undefined, payload: end.payload };
    case 'failed':
      return { functionError: 'Unhandled', payload: end.payload };
    case 'timedOut':
      return failed('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${version.settings.Timeout.toFixed(2)} seconds`);
    case 'exited':
      return failed('Runtime.ExitError', `RequestId: ${requestId} Error: ${exitText(end.reason)}`);
  }
}

/** The environment a function sees: nothing of this process's own. */
function variablesFor(region: Region, record: FunctionRecord, version: FunctionVersion, stream: LogStream, home: string): Record<string, string> {
  const credentials = region.credentialsFor(version.settings.Role, record.name);
  return {
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
    // Keeps the SDK from reading this machine's own ~/.aws.
    HOME: home,
    AWS_ENDPOINT_URL: region.internalUrl,
    ...version.settings.variables,
    _HANDLER: version.settings.Handler,
    AWS_REGION: region.name,
    AWS_DEFAULT_REGION: region.name,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.settings.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.settings.MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: stream.group,
    AWS_LAMBDA_LOG_STREAM_NAME: stream.name,
    LAMBDA_TASK_ROOT: version.code.directory,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}
