// Function URLs: an HTTP address for a function. Here it is a path of the endpoint, /_lambda-url/<id>/, where AWS has a host name
// (<id>.lambda-url.<region>.on.aws); what the function gets and what becomes of its answer is payload format 2.0.
// Source: Lambda developer guide, "Creating and managing Lambda function URLs", "Invoking Lambda function URLs".
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../endpoint/aws-error.ts';
import { readRequestBody } from '../endpoint/request-body.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { LATEST } from './function-records.ts';
import { invalidParameter } from './function-settings.ts';
import { type FunctionStore, notFound } from './function-store.ts';

const PREFIX = '/_lambda-url/';
/** Lambda's limit of a synchronous request. */
const BODY_BYTES_MAX = 6 * 1024 * 1024;

interface FunctionUrl {
  readonly id: string;
  readonly arn: string;
  readonly url: string;
  readonly createdAt: string;
}

export interface FunctionUrls {
  readonly operations: Readonly<Record<string, Operation>>;
  raw(request: IncomingMessage, response: ServerResponse): boolean;
}

export function createFunctionUrls(region: Region, store: FunctionStore): FunctionUrls {
  const urls = new Map<string, FunctionUrl>();
  const resources = (input: AwsShape): string[] => [store.arnOf(input['FunctionName'], input['Qualifier'])];
  const describe = ({ url, arn, createdAt }: FunctionUrl): AwsShape => ({
    FunctionUrl: url,
    FunctionArn: arn,
    AuthType: 'NONE',
    CreationTime: createdAt,
    LastModifiedTime: createdAt,
    InvokeMode: 'BUFFERED',
  });
  const find = (input: AwsShape): FunctionUrl => {
    const found = urls.get(store.record(input['FunctionName']).name);
    if (found === undefined) throw notFound('The resource you requested does not exist.');
    return found;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = new URL(request.url ?? '/', 'http://localhost');
    const [id = '', ...path] = at.pathname.slice(PREFIX.length).split('/');
    const [name] = [...urls].find(([, url]) => url.id === id) ?? [];
    if (name === undefined || !isPublic(store, name))
      return send(response, 403, {
        Message: 'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
      });
    const body = await readRequestBody(request, BODY_BYTES_MAX);
    if (body === undefined) return send(response, 413, { message: 'Request Entity Too Large' });
    const event = eventOf(region, request, { id, path: `/${path.join('/')}`, query: at.search.slice(1), body });
    const output = await region.call('lambda', 'Invoke', { FunctionName: name, Payload: JSON.stringify(event) }, { kind: 'root' });
    if (output['FunctionError'] !== undefined) return send(response, 502, { message: 'Internal Server Error' });
    reply(response, JSON.parse(String(output['Payload'])));
  };

  return {
    operations: {
      CreateFunctionUrlConfig: {
        handle(input) {
          const { name, arn } = store.record(input['FunctionName']);
          if (input['AuthType'] !== 'NONE') throw notHere(`AuthType ${String(input['AuthType'])}`);
          for (const member of ['Cors', 'Qualifier']) if (input[member] !== undefined) throw notHere(member);
          if ((input['InvokeMode'] ?? 'BUFFERED') !== 'BUFFERED') throw notHere('InvokeMode RESPONSE_STREAM');
          if (urls.has(name))
            throw new AwsError(
              'ResourceConflictException',
              `Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
              { httpStatus: 409 },
            );
          const id = region.ids.hex(32);
          const made = { id, arn, url: `${region.endpointUrl}${PREFIX}${id}/`, createdAt: new Date(region.clock.now()).toISOString() };
          urls.set(name, made);
          return describe(made);
        },
        resources,
      },
      GetFunctionUrlConfig: { handle: (input) => describe(find(input)), resources },
      DeleteFunctionUrlConfig: {
        handle(input) {
          find(input);
          urls.delete(store.record(input['FunctionName']).name);
          return {};
        },
        resources,
      },
    },
    raw(request, response) {
      if (request.url?.startsWith(PREFIX) !== true) return false;
      answer(request, response).catch(() => send(response, 500, { message: 'Internal Server Error' }));
      return true;
    },
  };
}

function notHere(what: string): AwsError {
  return invalidParameter(`localaws: ${what} of a function URL is not available on the local AWS`);
}

/** Everybody may invoke it by URL only where the function's policy says both. Source: Lambda developer guide, "Control access to Lambda function URLs". */
function isPublic(store: FunctionStore, name: string): boolean {
  const statements = [...(store.record(name).policies.get(LATEST)?.values() ?? [])].filter((statement) => statement['Principal'] === '*');
  return ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].every((action) => statements.some((statement) => statement['Action'] === action));
}

function eventOf(region: Region, request: IncomingMessage, { id, path, query, body }: { id: string; path: string; query: string; body: Buffer }): AwsShape {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]));
  const type = headers['content-type'] ?? '';
  // Which types AWS hands over as text is not documented (unverified); forms come base64-encoded, and a function must take both.
  const isText = /^(text\/|application\/(json|javascript|xml))/.test(type);
  const parameters = Object.fromEntries(
    [...new Set(new URLSearchParams(query).keys())].map((name) => [name, new URLSearchParams(query).getAll(name).join(',')]),
  );
  const now = region.clock.now();
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers,
    ...(query === '' ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: 'anonymous',
      apiId: id,
      domainName: headers['host'] ?? '',
      domainPrefix: id,
      http: { method: request.method, path, protocol: 'HTTP/1.1', sourceIp: request.socket.remoteAddress ?? '', userAgent: headers['user-agent'] ?? '' },
      requestId: region.ids.uuid(),
      routeKey: '$default',
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length === 0 ? {} : { body: isText ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** An answer without a status code is the body itself, as JSON. */
function reply(response: ServerResponse, answer: unknown): void {
  const shaped = typeof answer === 'object' && answer !== null && 'statusCode' in answer ? (answer as AwsShape) : undefined;
  if (shaped === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    return;
  }
  const body = String(shaped['body'] ?? '');
  const cookies = shaped['cookies'] as string[] | undefined;
  response.writeHead(Number(shaped['statusCode']), {
    'content-type': 'application/json',
    ...shaped['headers'],
    ...(cookies === undefined ? {} : { 'set-cookie': cookies }),
  });
  response.end(shaped['isBase64Encoded'] === true ? Buffer.from(body, 'base64') : body);
}

function send(response: ServerResponse, status: number, body: AwsShape): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
