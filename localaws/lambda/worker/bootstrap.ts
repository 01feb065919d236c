// Runs inside each function's worker thread: what Lambda's Node.js runtime is to a real function. Started by entry.mjs.
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Invocation } from '../function-executor.ts';
import { errorPayload, unhandledRejectionPayload } from './error-payload.ts';
import { installFunctionOutput } from './function-output.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import type { WorkerMessage, WorkerStart } from './messages.ts';
import { installSimulatedDate } from './simulated-date.ts';

const start = workerData as WorkerStart;
const send = (message: WorkerMessage): void => parentPort?.postMessage(message);

installSimulatedDate(start.timeBuffer);
const output = installFunctionOutput(start.logFormat, (text) => send({ type: 'log', text }));
// Threads share the process's working directory; this is the part of it that a function can ask about.
process.cwd = () => start.directory;

/** Ends the environment as Lambda's runtime does on an error nobody caught. */
function crash(title: string, payload: string, exitCode: number): never {
  output.write('ERROR', `${title} \t${payload}`);
  send({ type: 'crashed', payload });
  process.exit(exitCode);
}

process.on('uncaughtException', (error) => crash('Uncaught Exception', errorPayload(error), 129));
process.on('unhandledRejection', (reason) => crash('Unhandled Promise Rejection', unhandledRejectionPayload(reason), 128));

function contextFor(invocation: Invocation): Record<string, unknown> {
  const deadline = performance.now() + invocation.timeoutMs;
  const environment = process.env;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: environment['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: environment['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: environment['AWS_LAMBDA_LOG_STREAM_NAME'],
    invokedFunctionArn: invocation.invokedFunctionArn,
    awsRequestId: invocation.requestId,
    clientContext: invocation.clientContext === undefined ? undefined : (JSON.parse(Buffer.from(invocation.clientContext, 'base64').toString()) as unknown),
    // Real time: the region's clock runs at real speed, or stands still, while a function runs.
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  };
}

async function run(handler: Handler, invocation: Invocation): Promise<void> {
  output.setRequestId(invocation.requestId);
  process.env['_X_AMZN_TRACE_ID'] = invocation.traceId;
  try {
    const result = await handler(JSON.parse(invocation.payload), contextFor(invocation));
    send({ type: 'returned', payload: serialize(result) });
  } catch (error) {
    const payload = errorPayload(error);
    output.write('ERROR', `Invoke Error \t${payload}`);
    send({ type: 'failed', payload });
  }
}

function serialize(result: unknown): string {
  try {
    // JSON.stringify has no text for functions and symbols; Lambda sends null for what has none.
    return (JSON.stringify(result === undefined ? null : result) as string | undefined) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

try {
  const handler = await loadHandler(start.directory, start.handler, start.runtime);
  let keeps = start.compileCache !== undefined;
  parentPort?.on('message', async (invocation: Invocation) => {
    await run(handler, invocation);
    // Not before: what an invocation makes V8 compile is kept with the rest.
    if (keeps) flushCompileCache();
    keeps = false;
  });
  send({ type: 'ready' });
} catch (error) {
  const payload = errorPayload(error);
  output.write('ERROR', `Uncaught Exception \t${payload}`);
  send({ type: 'initFailed', payload });
}
