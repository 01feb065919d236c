// The dashboard's server: on loopback, for one session, in front of Weir's operations. Started by `weir dashboard`.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CommandFailure } from '#cli/command-failure.ts';
import type { OperationsClient } from '#cli/operations-client.ts';
import type { Whereabouts } from '../view/pages.ts';
import { act, parseActionRequest } from './act.ts';
import { admitRequest } from './admission.ts';
import type { PageFile } from './page-bundle.ts';
import { createReads, type Reads, type TasksOf } from './reads.ts';
import { createRemembered } from './remembered.ts';
import { securityHeaders } from './security-headers.ts';
import { newSession, type Session, sessionCookie } from './session.ts';

const LOOPBACK = '127.0.0.1';
/** Largest body of a request, bytes: a reason of 500 characters and a few ids. */
const BODY_BYTES_MAX = 8_192;
const REQUEST_MILLISECONDS_MAX = 30_000;

export interface DashboardOptions {
  readonly client: OperationsClient;
  readonly tasksOf: TasksOf;
  readonly whereabouts: Whereabouts;
  readonly page: ReadonlyMap<string, PageFile>;
  /** 0: any free one. */
  readonly port: number;
}

export interface Dashboard {
  readonly port: number;
  /** With the session's token: whoever has it may ask what the user may. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly content: string | Uint8Array;
}

/** @throws CommandFailure where the port is taken */
export async function startDashboard({ client, tasksOf, whereabouts, page, port: wanted }: DashboardOptions): Promise<Dashboard> {
  const reads = createReads(
    client,
    tasksOf,
    createRemembered(() => performance.now()),
  );
  const server = createServer();
  server.requestTimeout = REQUEST_MILLISECONDS_MAX;
  const port = await listen(server, wanted);
  const session = newSession(port);
  server.on('request', (request, response) => {
    void answerRequest({ client, reads, whereabouts, page, session, port }, request, response).catch((error: unknown) => failed(response, error));
  });
  return {
    port,
    url: `http://${LOOPBACK}:${port}/?token=${session.token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Context {
  readonly client: OperationsClient;
  readonly reads: Reads;
  readonly whereabouts: Whereabouts;
  readonly page: ReadonlyMap<string, PageFile>;
  readonly session: Session;
  readonly port: number;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CommandFailure(error.code === 'EADDRINUSE' ? `port ${port} is taken; name another with --port` : `cannot listen on ${LOOPBACK}: ${error.message}`),
      ),
    );
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** A defect: the person at the terminal sees it whole, the page only that it is one. */
function failed(response: ServerResponse, error: unknown): void {
  process.stderr.write(`weir dashboard: ${error instanceof Error ? error.stack : String(error)}\n`);
  if (response.headersSent) response.destroy();
  else send(response, json(500, { problem: 'the dashboard has a fault; the terminal of weir dashboard shows it' }));
}

async function answerRequest(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const admission = admitRequest({ method: request.method ?? '', url: request.url ?? '', headers: request.headers }, context.session, context.port);
  if (admission.kind === 'refused') {
    // What is left of a refused body is not read.
    response.setHeader('connection', 'close');
    return send(response, json(admission.status, { problem: admission.problem }));
  }
  if (admission.withToken) response.setHeader('set-cookie', sessionCookie(context.session));
  try {
    send(response, request.method === 'GET' ? await read(context, admission.path, admission.query) : await change(context, admission.path, request));
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    send(response, json(error.exitCode === 2 ? 400 : 502, { problem: error.message }));
  }
}

const keyPattern = /^\/api\/(service|history|tasks)\/([A-Za-z0-9_-]{1,255}\/[A-Za-z0-9_-]{1,255})$/;
const deploymentPattern = /^[0-9A-Za-z-]{1,80}$/;

async function read({ reads, whereabouts, page }: Context, path: string, query: URLSearchParams): Promise<Answer> {
  const file = page.get(path);
  if (file !== undefined) return { status: 200, ...file };
  if (path === '/api/whereabouts') return json(200, whereabouts);
  if (path === '/api/services') return json(200, await reads.services());
  const [, kind, key] = keyPattern.exec(path) ?? [];
  const deploymentId = query.get('deployment') ?? undefined;
  if (key === undefined || (deploymentId !== undefined && !deploymentPattern.test(deploymentId))) return json(404, { problem: 'there is no such page' });
  if (kind === 'history') return json(200, await reads.history(key));
  return json(200, kind === 'tasks' ? await reads.tasks(key) : await reads.service(key, deploymentId));
}

async function change({ client, reads }: Context, path: string, request: IncomingMessage): Promise<Answer> {
  if (path !== '/api/actions') return json(404, { problem: 'there is no such action' });
  if (request.headers['content-type'] !== 'application/json') return json(415, { problem: 'application/json only' });
  const body = await bodyOf(request);
  if (body === undefined) return json(413, { problem: `at most ${BODY_BYTES_MAX} bytes` });
  const parsed = parseActionRequest(fromJson(body));
  if (!parsed.ok) return json(400, { problem: parsed.problem });
  try {
    return json(200, await act(client, parsed.value));
  } finally {
    reads.changed(parsed.value.serviceKey);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', content: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, type, content }: Answer): void {
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.setHeader('content-length', Buffer.byteLength(content));
  response.end(content);
}
