// The headers a load balancer changes on their way: hop-by-hop ones end here, X-Forwarded-* and X-Amzn-Trace-Id are added.
// Everything else goes through as it came, spelling, order and repetition included.
import type { IncomingHttpHeaders } from 'node:http';

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface ForwardedFrom {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly listenerPort: number;
  /** `append`, `preserve` or `remove`. */
  readonly forwardedForMode: string;
  readonly withClientPort: boolean;
  /** `1-TIME-ID` for a request that has no trace yet, and for our own part in one that has. */
  readonly traceId: string;
}

function kept(rawHeaders: readonly string[], connection: string | undefined, dropped: ReadonlySet<string>): string[] {
  const named = new Set(
    (connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || named.has(lower) || dropped.has(lower)) continue;
    headers.push(name, rawHeaders[index + 1] ?? '');
  }
  return headers;
}

const REPLACED = new Set(['x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id', 'expect']);

/** The headers for the target, as a flat list of names and values. `hasBody` tells whether a chunked body must be announced. */
export function requestHeaders(rawHeaders: readonly string[], headers: IncomingHttpHeaders, from: ForwardedFrom): string[] {
  const dropped = new Set([...REPLACED, ...(from.forwardedForMode === 'preserve' ? [] : ['x-forwarded-for'])]);
  const sent = kept(rawHeaders, headers.connection, dropped);
  if (headers.host === undefined) sent.push('Host', `127.0.0.1:${from.listenerPort}`);
  if (from.forwardedForMode === 'append') {
    const before = headers['x-forwarded-for'];
    const client = from.withClientPort ? `${from.clientAddress}:${from.clientPort}` : from.clientAddress;
    sent.push('X-Forwarded-For', [...(before === undefined ? [] : [before].flat()), client].join(', '));
  }
  sent.push('X-Forwarded-Proto', 'http', 'X-Forwarded-Port', String(from.listenerPort));
  sent.push('X-Amzn-Trace-Id', traceHeader(headers['x-amzn-trace-id'], from.traceId));
  if (headers['transfer-encoding'] !== undefined) sent.push('Transfer-Encoding', 'chunked');
  return sent;
}

function traceHeader(before: string | string[] | undefined, traceId: string): string {
  const given = [before ?? ''].flat().join(';');
  if (given.includes('Root=')) return `Self=${traceId};${given.replace(/Self=[^;]*;?/, '')}`;
  return given === '' ? `Root=${traceId}` : `Root=${traceId};${given}`;
}

/** The headers for the client. */
export function responseHeaders(rawHeaders: readonly string[], connection: string | undefined, cookies: readonly string[]): string[] {
  return [...kept(rawHeaders, connection, new Set()), ...cookies.flatMap((cookie) => ['Set-Cookie', cookie])];
}
