// The log of each invocation: START, what the function wrote, END and REPORT; sent to CloudWatch Logs with the function's own
// role, as Lambda does, so that a missing permission shows in the same way: no log.
import type { AwsShape, Principal, Region } from '../region.ts';
import type { InvocationResult } from './function-executor.ts';
import type { FunctionVersion } from './function-records.ts';
import { LOG_RESULT_BYTES_MAX } from './limits.ts';

export interface LogStream {
  readonly group: string;
  readonly name: string;
}

export interface FunctionLogs {
  /** A stream for a new environment. */
  newStream(version: FunctionVersion): LogStream;
  /** Sends one invocation's log; the base64 tail is what LogType Tail answers. Never throws. */
  deliver(functionName: string, version: FunctionVersion, stream: LogStream, requestId: string, result: InvocationResult): { tail: string };
}

/** @param sends false: logs are made for the caller's tail and not sent to CloudWatch Logs */
export function createFunctionLogs(region: Region, sends = true): FunctionLogs {
  /** Per stream, so that lines keep their order. */
  const chains = new Map<string, Promise<void>>();

  const send = async (principal: Principal, stream: LogStream, lines: readonly string[], at: number): Promise<void> => {
    const target: AwsShape = { logGroupName: stream.group, logStreamName: stream.name };
    const events = lines.map((message) => ({ timestamp: at, message }));
    try {
      await region.call('logs', 'PutLogEvents', { ...target, logEvents: events }, principal);
    } catch {
      await ignoring(region.call('logs', 'CreateLogGroup', { logGroupName: stream.group }, principal));
      await ignoring(region.call('logs', 'CreateLogStream', target, principal));
      await ignoring(region.call('logs', 'PutLogEvents', { ...target, logEvents: events }, principal));
    }
  };

  return {
    newStream(version) {
      const day = new Date(region.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
      return { group: version.settings.logGroup, name: `${day}/[${version.version}]${region.ids.hex(32)}` };
    },
    deliver(functionName, version, stream, requestId, result) {
      const at = region.clock.now();
      const lines = logLines(version, requestId, result, at);
      for (const text of result.log) region.log(`lambda:${functionName}`, text.trimEnd());
      const tail = Buffer.from(lines.join('')).subarray(-LOG_RESULT_BYTES_MAX).toString('base64');
      if (!sends) return { tail };
      const principal: Principal = { kind: 'role', roleArn: version.settings.Role, sessionName: functionName };
      const chain = (chains.get(stream.name) ?? Promise.resolve()).then(() => send(principal, stream, lines, at));
      chains.set(stream.name, chain);
      chain.finally(() => {
        if (chains.get(stream.name) === chain) chains.delete(stream.name);
      });
      return { tail };
    },
  };
}

async function ignoring(call: Promise<unknown>): Promise<void> {
  await call.catch(() => undefined);
}

function logLines(version: FunctionVersion, requestId: string, result: InvocationResult, at: number): string[] {
  const milliseconds = result.durationMs.toFixed(2);
  const billed = Math.ceil(result.durationMs + (result.initMs ?? 0));
  const init = result.initMs === undefined ? '' : `\tInit Duration: ${result.initMs.toFixed(2)} ms`;
  const memory = version.settings.MemorySize;
  const report = `REPORT RequestId: ${requestId}\tDuration: ${milliseconds} ms\tBilled Duration: ${billed} ms\tMemory Size: ${memory} MB${init}\t\n`;
  return [
    `START RequestId: ${requestId} Version: ${version.version}\n`,
    ...result.log,
    ...endLines(version, requestId, result, at),
    `END RequestId: ${requestId}\n`,
    report,
  ];
}

function endLines(version: FunctionVersion, requestId: string, { end }: InvocationResult, at: number): string[] {
  if (end.kind === 'timedOut') return [`${new Date(at).toISOString()} ${requestId} Task timed out after ${version.settings.Timeout.toFixed(2)} seconds\n\n`];
  if (end.kind === 'exited') return [`RequestId: ${requestId} Error: ${exitText(end.reason)}\nRuntime.ExitError\n`];
  return [];
}

/** AWS's words for an environment that ended by itself. */
export function exitText(reason: string | undefined): string {
  return reason === undefined ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${reason}`;
}
