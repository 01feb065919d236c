// The one HTTP endpoint of the local AWS. What a request means and is answered is in answer-request.ts; here are the sockets.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { type AnswerOptions, answerRequest } from './answer-request.ts';
import { AwsError } from './aws-error.ts';
import { readRequestBody } from './request-body.ts';

/** Largest request body of an API call; above every limit of the services here (6 MB Lambda payload, 16 MB DynamoDB batch). */
const BODY_BYTES_MAX = 20 * 1024 * 1024;

export interface EndpointOptions extends AnswerOptions {
  readonly tls?: { cert: string; key: string };
}

export function createEndpoint(options: EndpointOptions): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    if (options.dispatcher.services().some((service) => service.raw?.(request, response) === true)) return;
    answer(options, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ __type: 'InternalFailure', message: `localaws defect: ${error instanceof Error ? error.stack : String(error)}` }));
    });
  };
  const server = options.tls === undefined ? createHttpServer(listener) : createHttpsServer({ cert: options.tls.cert, key: options.tls.key }, listener);
  // Clients keep connections; closing first on our side would make them see resets.
  server.keepAliveTimeout = 65_000;
  return server;
}

async function answer(options: EndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]));
  const reply = await answerRequest(options, { method: request.method ?? 'GET', url: request.url ?? '/', headers, body: () => readBody(request) });
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const body = await readRequestBody(request, BODY_BYTES_MAX);
  if (body === undefined) throw new AwsError('RequestEntityTooLargeException', `Request body is larger than ${BODY_BYTES_MAX} bytes.`, { httpStatus: 413 });
  if (request.headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: BODY_BYTES_MAX });
  } catch (cause) {
    throw new AwsError('SerializationException', 'The request body is not valid gzip.', { cause });
  }
}
