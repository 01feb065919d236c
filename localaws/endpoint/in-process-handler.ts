// What an SDK client takes as its `requestHandler` to reach the local AWS in the same process: the same protocols, permissions and
// faults as over HTTP, without a socket and without real time.
import { gunzipSync } from 'node:zlib';
import type { AwsShape, ServiceName } from '../region.ts';
import { type AnswerOptions, answerCall, answerRequest, type WireReply } from './answer-request.ts';

/** The members of the SDK's HttpRequest that are read. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of a body: what the command says (in-process-client.ts). */
  readonly shape?: { readonly service: ServiceName; readonly operation: string; readonly kind: 'json' | 'query'; readonly input: AwsShape };
}

/** The members of the SDK's HttpResponse. The body is whole: the SDK reads bytes as well as streams. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
  /** Instead of a body: what a command that came as a shape is answered, unless it is an error. */
  readonly output?: AwsShape;
}

export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
  /** The SDK calls it when a client is destroyed; there is nothing to give back. */
  destroy(): void;
}

export function createInProcessHandler(options: AnswerOptions): InProcessHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request) {
      if (request.shape !== undefined) return { response: await answerShape(options, request, request.shape) };
      const headers = inLowerCase(request.headers);
      const bytes = bodyBytes(request.body);
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      return { response: sdkResponse(await answerRequest(options, { method: request.method, url: urlOf(request), headers, body: () => body })) };
    },
    destroy: () => undefined,
  };
}

async function answerShape(options: AnswerOptions, request: SdkRequest, shape: NonNullable<SdkRequest['shape']>): Promise<SdkResponse> {
  const answer = await answerCall(options, shape, request.headers);
  return 'output' in answer
    ? { statusCode: 200, headers: { 'x-amzn-requestid': answer.requestId }, body: NOTHING, output: answer.output }
    : sdkResponse(answer);
}

const NOTHING = new Uint8Array();

/** A reply as SDK clients take it. */
export function sdkResponse(reply: WireReply): SdkResponse {
  const headers = inLowerCase(reply.headers);
  return { statusCode: reply.status, headers, body: typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body };
}

function inLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = headers[name] as string;
  return lower;
}

function urlOf(request: SdkRequest): string {
  if (request.query === undefined) return request.path;
  const pairs = Object.entries(request.query ?? {}).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as string | null];
    return values.map((one) => (one === null ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(one)}`));
  });
  return pairs.length === 0 ? request.path : `${request.path}?${pairs.join('&')}`;
}

/** @throws TypeError for a stream: none of the clients here sends one */
function bodyBytes(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('localaws: only whole request bodies can be sent in the process');
}
