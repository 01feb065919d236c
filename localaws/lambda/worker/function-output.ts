// What a function writes: console calls in Lambda's log format, and everything written to the standard streams, sent to the
// service in the order it was written.
import { format } from 'node:util';

const LEVELS = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
type Level = (typeof LEVELS)[keyof typeof LEVELS];

export interface FunctionOutput {
  setRequestId(requestId: string): void;
  write(level: Level, message: string): void;
}

export function installFunctionOutput(logFormat: 'Text' | 'JSON', send: (text: string) => void): FunctionOutput {
  let requestId = 'undefined';
  const write = (level: Level, message: string): void => {
    const timestamp = new Date().toISOString();
    send(logFormat === 'JSON' ? `${JSON.stringify({ timestamp, level, requestId, message })}\n` : `${timestamp}\t${requestId}\t${level}\t${message}\n`);
  };
  for (const [method, level] of Object.entries(LEVELS)) {
    (console as unknown as Record<string, unknown>)[method] = (...values: unknown[]) => write(level, format(...values));
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      send(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      const done = rest.find((value) => typeof value === 'function') as (() => void) | undefined;
      if (done !== undefined) queueMicrotask(done);
      return true;
    }) as typeof stream.write;
  }
  return {
    setRequestId(id) {
      requestId = id;
    },
    write,
  };
}
