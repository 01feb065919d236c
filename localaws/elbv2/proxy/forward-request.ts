// Carries one request to its target and the answer back, streaming both ways. No request may be lost by our doing: a kept
// connection that the target has just closed is the one failure that is tried again, on a new connection.
import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { responseHeaders } from './proxy-headers.ts';

/** Requests that may be sent twice, since the target may have read the first; all others never use a kept connection. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export type ForwardOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly seconds: number }
  | { readonly kind: 'connection-error'; readonly atConnect: boolean; readonly message: string }
  | { readonly kind: 'timeout' }
  /** The client went away first. */
  | { readonly kind: 'abandoned' };

export interface Forwarding {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly host: string;
  readonly port: number;
  readonly headers: readonly string[];
  readonly cookies: readonly string[];
  /** Keeps connections to targets. */
  readonly agent: Agent;
  /** Real milliseconds without a byte. Real, because processes do not speed up with the region's clock. */
  readonly idleTimeoutMs: number;
  /** Called once, before anything is sent to the client when there is no answer of the target to send. */
  readonly decided: (outcome: ForwardOutcome) => void;
  /** Called once, when nothing of the request is under way any more. */
  readonly ended: () => void;
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

/** Forwards a request whose target is known. */
export function forwardRequest(forwarding: Forwarding): void {
  const { request, response } = forwarding;
  const exchange = { decided: false, current: undefined as ClientRequest | undefined };
  const decide = (outcome: ForwardOutcome): void => {
    if (exchange.decided) return;
    exchange.decided = true;
    forwarding.decided(outcome);
  };
  response.once('close', () => {
    // Closed without having been finished: the client went away.
    if (!response.writableFinished) {
      decide({ kind: 'abandoned' });
      exchange.current?.destroy();
    }
    forwarding.ended();
  });
  const isRepeatable = IDEMPOTENT.has(request.method ?? 'GET') && !hasBody(request);
  send(forwarding, isRepeatable, decide, exchange);
}

function send(
  forwarding: Forwarding,
  mayUseKeptConnection: boolean,
  decide: (outcome: ForwardOutcome) => void,
  exchange: { decided: boolean; current: ClientRequest | undefined },
): void {
  const { request, response } = forwarding;
  const startedAt = performance.now();
  const outgoing = httpRequest({
    host: forwarding.host,
    port: forwarding.port,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: [...forwarding.headers],
    setHost: false,
    agent: mayUseKeptConnection ? forwarding.agent : false,
  });
  exchange.current = outgoing;
  let answer: IncomingMessage | undefined;
  outgoing.setTimeout(forwarding.idleTimeoutMs, () => {
    if (answer === undefined) decide({ kind: 'timeout' });
    else response.destroy();
    outgoing.destroy();
  });
  outgoing.on('response', (incoming) => {
    answer = incoming;
    // Real seconds, not the clock's: the process behind the target does not speed up with the simulated time.
    const seconds = (performance.now() - startedAt) / 1_000;
    decide({ kind: 'answered', status: incoming.statusCode ?? 502, seconds });
    incoming.on('error', () => response.destroy());
    const headers = responseHeaders(incoming.rawHeaders, incoming.headers.connection, forwarding.cookies);
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage ?? '', headers);
    incoming.pipe(response);
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (answer !== undefined) {
      // Too late for another answer: a broken body must look broken to the client. An answer already whole stays.
      if (!answer.complete) response.destroy();
      return;
    }
    if (exchange.decided) return;
    if (mayUseKeptConnection && outgoing.reusedSocket) {
      send(forwarding, false, decide, exchange);
      return;
    }
    decide({ kind: 'connection-error', atConnect: error.syscall === 'connect', message: error.message });
  });
  if (hasBody(request)) request.pipe(outgoing);
  else outgoing.end();
}
