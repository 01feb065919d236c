// Answers one request in AWS's wire protocols, wherever it came from: a socket of the endpoint, or an SDK client in this process.
// Finds the service a request is for, as AWS's own edge would, and speaks its protocol.
import type { AwsShape, Principal, RestRequest, Service, ServiceName, Wire } from '../region.ts';
import { AwsError, notAvailableLocally } from './aws-error.ts';
import type { Dispatcher } from './dispatcher.ts';
import { parseJsonInput, serializeJson } from './json-wire.ts';
import { parseQueryInput, serializeQueryAnswer, serializeQueryError } from './query-wire.ts';
import { defaultRestInput, matchRoute } from './rest-wire.ts';

/** A request as it is on the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as in a request line. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Read only when it is needed. @throws AwsError */
  readonly body: () => Uint8Array | Promise<Uint8Array>;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface AnswerOptions {
  readonly dispatcher: Dispatcher;
  /** Whose access key this is; unknown keys are the account's root. */
  readonly principalOf: (accessKeyId: string | undefined) => Principal;
  readonly requestId: () => string;
}

interface Routed {
  readonly service: Service;
  readonly wire: Wire;
  readonly operation: string;
  readonly input: () => AwsShape;
  readonly reply: (output: AwsShape) => { status: number; headers?: Record<string, string>; body?: string | Uint8Array };
}

/** Rejects only for a defect of the local AWS; everything a client may be told is an answer. */
export async function answerRequest(options: AnswerOptions, request: WireRequest): Promise<WireReply> {
  const requestId = options.requestId();
  let wire: Wire | undefined;
  let service: Service | undefined;
  try {
    const routed = route(options.dispatcher, request, await request.body(), requestId);
    ({ wire, service } = routed);
    const principal = options.principalOf(accessKeyOf(request));
    const output = await options.dispatcher.call(routed.service.name, routed.operation, routed.input(), principal);
    const reply = routed.reply(output);
    return { status: reply.status, headers: { 'x-amzn-RequestId': requestId, ...reply.headers }, body: reply.body ?? '' };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return errorReply(wire ?? guessWire(options.dispatcher, request, service), service, error, requestId);
  }
}

/** One call that came without being written out: its service, operation and input. */
export interface AskedCall {
  readonly service: ServiceName;
  readonly operation: string;
  /** The protocol errors are answered in. */
  readonly kind: 'json' | 'query';
  readonly input: AwsShape;
}

/** As answerRequest, of a call that came as a shape: its output as it is, or an error as it would be on the wire. */
export async function answerCall(
  options: AnswerOptions,
  asked: AskedCall,
  headers: WireRequest['headers'],
): Promise<{ readonly requestId: string; readonly output: AwsShape } | WireReply> {
  const requestId = options.requestId();
  const { dispatcher } = options;
  try {
    const principal = options.principalOf(CREDENTIAL.exec(headers['authorization'] ?? '')?.[1]);
    return { requestId, output: await dispatcher.call(asked.service, asked.operation, asked.input, principal) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const service = dispatcher.service(asked.service);
    return errorReply(service?.wires.find(({ kind }) => kind === asked.kind) ?? wireOf(asked.kind), service, error, requestId);
  }
}

function route(dispatcher: Dispatcher, request: WireRequest, body: Uint8Array, requestId: string): Routed {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return routeJson(dispatcher, target, body);
  const url = new URL(request.url, 'http://localhost');
  const scope = credentialScope(request);
  const type = request.headers['content-type'] ?? '';
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

function routeRest(dispatcher: Dispatcher, request: WireRequest, url: URL, body: Uint8Array, scope: string | undefined): Routed {
  const { method } = request;
  for (const service of dispatcher.services()) {
    const wire = service.wires.find((candidate) => candidate.kind === 'rest');
    if (wire?.kind !== 'rest' || (scope !== undefined && scope !== service.name)) continue;
    const matched = matchRoute(wire.routes, method, url.pathname);
    if (matched === undefined) continue;
    const restRequest: RestRequest = {
      path: matched.path,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
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

function errorReply(wire: Wire, service: Service | undefined, error: AwsError, requestId: string): WireReply {
  if (wire.kind === 'query') {
    const named = asQueryError(service, error);
    return {
      status: named.httpStatus,
      headers: { 'x-amzn-RequestId': requestId, 'content-type': 'text/xml' },
      body: serializeQueryError(wire.xmlNamespace, named, requestId),
    };
  }
  const headers: Record<string, string> = {
    'x-amzn-RequestId': requestId,
    'content-type': wire.kind === 'json' ? `application/x-amz-json-${wire.jsonVersion}` : 'application/json',
  };
  let status = error.httpStatus;
  if (wire.kind === 'rest') headers['x-amzn-errortype'] = error.code;
  if (wire.kind === 'json' && wire.queryCompatibleErrors !== undefined) {
    const queryError = wire.queryCompatibleErrors[error.code];
    if (queryError !== undefined) {
      headers['x-amzn-query-error'] = `${queryError.code};${queryError.httpStatus >= 500 ? 'Receiver' : 'Sender'}`;
      status = queryError.httpStatus;
    }
  }
  const text = wire.kind === 'rest' ? { Type: status >= 500 ? 'Service' : 'User', Message: error.message } : { __type: error.code };
  return { status, headers, body: serializeJson({ ...text, message: error.message, ...error.members }) };
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
function guessWire(dispatcher: Dispatcher, request: WireRequest, service: Service | undefined): Wire {
  const scope = credentialScope(request);
  const known = service ?? (scope === undefined ? undefined : dispatcher.service(scope as ServiceName));
  const type = request.headers['content-type'] ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  const wanted = request.headers['x-amz-target'] !== undefined ? 'json' : isForm ? 'query' : 'rest';
  const wire = known?.wires.find((candidate) => candidate.kind === wanted);
  if (wire !== undefined) return wire;
  return wireOf(wanted, type.endsWith('1.0') ? '1.0' : '1.1');
}

function wireOf(kind: Wire['kind'], jsonVersion: '1.0' | '1.1' = '1.1'): Wire {
  if (kind === 'json') return { kind, jsonVersion, target: '' };
  if (kind === 'query') return { kind, version: '', xmlNamespace: 'https://localaws.invalid/' };
  return { kind: 'rest', routes: [] };
}

const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/;

function credentialScope(request: WireRequest): string | undefined {
  return CREDENTIAL.exec(request.headers['authorization'] ?? '')?.[2];
}

function accessKeyOf(request: WireRequest): string | undefined {
  return CREDENTIAL.exec(request.headers['authorization'] ?? '')?.[1];
}
