// The one HTTP endpoint of the local AWS: finds the service a request is for, as AWS's own edge would, and speaks its protocol.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { gunzipSync } from 'node:zlib';
import type { AwsShape, Principal, RestRequest, Service, ServiceName, Wire } from '../region.ts';
import { AwsError, notAvailableLocally } from './aws-error.ts';
import type { Dispatcher } from './dispatcher.ts';
import { parseJsonInput, serializeJson } from './json-wire.ts';
import { parseQueryInput, serializeQueryAnswer, serializeQueryError } from './query-wire.ts';
import { defaultRestInput, matchRoute } from './rest-wire.ts';

/** Largest request body of an API call; above every limit of the services here (6 MB Lambda payload, 16 MB DynamoDB batch). */
const BODY_BYTES_MAX = 20 * 1024 * 1024;

export interface EndpointOptions {
  readonly dispatcher: Dispatcher;
  /** Whose access key this is; unknown keys are the account's root. */
  readonly principalOf: (accessKeyId: string | undefined) => Principal;
  readonly tls?: { cert: string; key: string };
  readonly requestId: () => string;
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

interface Routed {
  readonly service: Service;
  readonly wire: Wire;
  readonly operation: string;
  readonly input: () => AwsShape;
  readonly reply: (output: AwsShape) => { status: number; headers?: Record<string, string>; body?: string | Uint8Array };
}

async function answer(options: EndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = options.requestId();
  response.setHeader('x-amzn-RequestId', requestId);
  let wire: Wire | undefined;
  let service: Service | undefined;
  try {
    const body = await readBody(request);
    const routed = route(options.dispatcher, request, body, requestId);
    ({ wire, service } = routed);
    const principal = options.principalOf(accessKeyOf(request));
    const output = await options.dispatcher.call(routed.service.name, routed.operation, routed.input(), principal);
    const reply = routed.reply(output);
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body ?? '');
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    replyError(response, wire ?? guessWire(options.dispatcher, request, service), service, error, requestId);
  }
}

function route(dispatcher: Dispatcher, request: IncomingMessage, body: Uint8Array, requestId: string): Routed {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const target = header(request, 'x-amz-target');
  if (target !== undefined) return routeJson(dispatcher, target, body);
  const scope = credentialScope(request);
  const type = header(request, 'content-type') ?? '';
  if (type.startsWith('application/x-www-form-urlencoded') || url.searchParams.has('Action')) {
    const form = new URLSearchParams(new TextDecoder().decode(body));
    for (const [name, value] of url.searchParams) form.append(name, value);
    return routeQuery(dispatcher, form, scope, requestId);
  }
  return routeRest(dispatcher, request, url, body, scope);
}

function routeJson(dispatcher: Dispatcher, target: string, body: Uint8Array): Routed {
  const dot = target.lastIndexOf('.');
  const prefix = target.slice(0, dot);
  const operation = target.slice(dot + 1);
  for (const service of dispatcher.services()) {
    const wire = service.wires.find((candidate) => candidate.kind === 'json' && candidate.target === prefix);
    if (wire?.kind !== 'json') continue;
    const type = `application/x-amz-json-${wire.jsonVersion}`;
    return {
      service,
      wire,
      operation,
      input: () => parseJsonInput(body),
      reply: (output) => ({ status: 200, headers: { 'content-type': type }, body: serializeJson(output) }),
    };
  }
  throw notAvailableLocally(prefix, operation);
}

function routeQuery(dispatcher: Dispatcher, form: URLSearchParams, scope: string | undefined, requestId: string): Routed {
  const { action, version, input } = parseQueryInput(form);
  for (const service of dispatcher.services()) {
    const wire = service.wires.find((candidate) => candidate.kind === 'query' && candidate.version === version);
    if (wire?.kind !== 'query' || (scope !== undefined && scope !== service.name)) continue;
    return {
      service,
      wire,
      operation: action,
      input: () => input,
      reply: (output) => ({
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: serializeQueryAnswer(action, wire.xmlNamespace, wire.answer?.(action, output) ?? output, requestId),
      }),
    };
  }
  throw notAvailableLocally(scope ?? `query API ${version}`, action);
}

function routeRest(dispatcher: Dispatcher, request: IncomingMessage, url: URL, body: Uint8Array, scope: string | undefined): Routed {
  const method = request.method ?? 'GET';
  for (const service of dispatcher.services()) {
    const wire = service.wires.find((candidate) => candidate.kind === 'rest');
    if (wire?.kind !== 'rest' || (scope !== undefined && scope !== service.name)) continue;
    const matched = matchRoute(wire.routes, method, url.pathname);
    if (matched === undefined) continue;
    const restRequest: RestRequest = {
      path: matched.path,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
      body,
    };
    return {
      service,
      wire,
      operation: matched.route.operation,
      input: () => (matched.route.input ?? defaultRestInput)(restRequest),
      reply: (output) => matched.route.answer?.(output) ?? { status: 200, headers: { 'content-type': 'application/json' }, body: serializeJson(output) },
    };
  }
  throw notAvailableLocally(scope ?? 'an unsigned request', `${method} ${url.pathname}`);
}

function replyError(response: ServerResponse, wire: Wire, service: Service | undefined, error: AwsError, requestId: string): void {
  if (wire.kind === 'query') {
    const named = asQueryError(service, error);
    response.writeHead(named.httpStatus, { 'content-type': 'text/xml' });
    response.end(serializeQueryError(wire.xmlNamespace, named, requestId));
    return;
  }
  const headers: Record<string, string> = { 'content-type': wire.kind === 'json' ? `application/x-amz-json-${wire.jsonVersion}` : 'application/json' };
  let status = error.httpStatus;
  if (wire.kind === 'rest') headers['x-amzn-errortype'] = error.code;
  if (wire.kind === 'json' && wire.queryCompatibleErrors !== undefined) {
    const queryError = wire.queryCompatibleErrors[error.code];
    if (queryError !== undefined) {
      headers['x-amzn-query-error'] = `${queryError.code};${queryError.httpStatus >= 500 ? 'Receiver' : 'Sender'}`;
      status = queryError.httpStatus;
    }
  }
  response.writeHead(status, headers);
  const text = wire.kind === 'rest' ? { Type: status >= 500 ? 'Service' : 'User', Message: error.message } : { __type: error.code };
  response.end(serializeJson({ ...text, message: error.message, ...error.members }));
}

/** A service that moved from query to JSON kept its old codes for old clients (CloudWatch, SQS). */
function asQueryError(service: Service | undefined, error: AwsError): AwsError {
  for (const wire of service?.wires ?? []) {
    const known = wire.kind === 'json' ? wire.queryCompatibleErrors?.[error.code] : undefined;
    if (known !== undefined) return new AwsError(known.code, error.message, { httpStatus: known.httpStatus });
  }
  return error;
}

/** The protocol to answer in when the request itself could not be routed. */
function guessWire(dispatcher: Dispatcher, request: IncomingMessage, service: Service | undefined): Wire {
  const scope = credentialScope(request);
  const known = service ?? (scope === undefined ? undefined : dispatcher.service(scope as ServiceName));
  const type = header(request, 'content-type') ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  const wanted = header(request, 'x-amz-target') !== undefined ? 'json' : isForm ? 'query' : 'rest';
  const wire = known?.wires.find((candidate) => candidate.kind === wanted);
  if (wire !== undefined) return wire;
  if (wanted === 'json') return { kind: 'json', jsonVersion: type.endsWith('1.0') ? '1.0' : '1.1', target: '' };
  if (wanted === 'query') return { kind: 'query', version: '', xmlNamespace: 'https://localaws.invalid/' };
  return { kind: 'rest', routes: [] };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX)
      throw new AwsError('RequestEntityTooLargeException', `Request body is larger than ${BODY_BYTES_MAX} bytes.`, { httpStatus: 413 });
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (header(request, 'content-encoding') !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: BODY_BYTES_MAX });
  } catch (cause) {
    throw new AwsError('SerializationException', 'The request body is not valid gzip.', { cause });
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/;

function credentialScope(request: IncomingMessage): string | undefined {
  return CREDENTIAL.exec(header(request, 'authorization') ?? '')?.[2];
}

function accessKeyOf(request: IncomingMessage): string | undefined {
  return CREDENTIAL.exec(header(request, 'authorization') ?? '')?.[1];
}
