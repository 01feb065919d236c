// HTTP requests of smoke checks.
import type { HttpProbe } from '#ports/checks.ts';
import { RetryableError } from '#ports/errors.ts';

/** Bytes of an answer that are read; the rest is dropped. */
const BODY_BYTES_MAX = 256 * 1024;

export function createFetchProbe(): HttpProbe {
  return {
    async send(request) {
      const startedAt = performance.now();
      try {
        const response = await fetch(request.url, {
          method: request.method,
          headers: { ...request.headers },
          ...(request.body === undefined ? {} : { body: request.body }),
          redirect: 'manual',
          signal: AbortSignal.timeout(request.timeoutMilliseconds),
        });
        const body = await readUpTo(response, BODY_BYTES_MAX);
        return { status: response.status, body, milliseconds: performance.now() - startedAt };
      } catch (cause) {
        throw new RetryableError(`${request.method} ${request.url} got no answer within ${request.timeoutMilliseconds} ms: ${describe(cause)}`, { cause });
      }
    },
  };
}

async function readUpTo(response: Response, bytesMax: number): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
