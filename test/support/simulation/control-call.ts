// One AWS call of Weir's control plane as the simulation sees it, and what may become of it.
import type { SdkRequest, SdkResponse } from '../../../localaws/endpoint/in-process-handler.ts';

export interface ControlCall {
  /** Without the stack's name: `assess`, `before-install`. */
  readonly functionName: string;
  /** Which invocation of this function, counted from 1. */
  readonly invocation: number;
  /** `dynamodb:UpdateItem`. */
  readonly operation: string;
  /** Which call of the invocation, counted from 1; the SDK's own further attempts have the number of the first. */
  readonly ordinal: number;
  /** The SDK's attempt, counted from 1. */
  readonly attempt: number;
}

/** What can be done to one call. */
export const callFaultKinds = ['throttled', 'failsBefore', 'answerLost', 'failsAfter', 'killed', 'redelivered', 'swallowed', 'stale'] as const;

/**
 * - throttled: every attempt is refused before the effect. failsBefore: every attempt is answered with a 500 before the effect.
 * - answerLost: it takes effect and the answer is lost once; the SDK tries again. failsAfter: it takes effect once and no attempt is answered.
 * - killed: it takes effect and the function is killed. redelivered: it goes on, and its function's trigger is delivered again meanwhile.
 * - swallowed: a task token is taken, and nobody is woken. stale: an eventually consistent read answers what was true a moment ago.
 */
export type CallFaultKind = (typeof callFaultKinds)[number];

const REST_OPERATIONS: readonly { readonly method: string; readonly path: RegExp; readonly operation: string }[] = [
  { method: 'POST', path: /^\/2015-03-31\/functions\/[^/]+\/invocations$/, operation: 'lambda:Invoke' },
];

const SERVICE_OF_TARGET: Readonly<Record<string, string>> = {
  AWSStepFunctions: 'states',
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AnyScaleFrontendService: 'application-autoscaling',
  CodeDeploy_20141006: 'codedeploy',
  DynamoDB_20120810: 'dynamodb',
  GraniteServiceVersion20100801: 'monitoring',
};

/** The service and operation a request is for. @throws Error for a request of no service that Weir uses: this file must learn it */
export function operationOf(request: SdkRequest): string {
  const target = headerOf(request, 'x-amz-target');
  if (target !== undefined) {
    const dot = target.lastIndexOf('.');
    const service = SERVICE_OF_TARGET[target.slice(0, dot)];
    if (service === undefined) throw new Error(`the simulation does not know the service of ${target}`);
    return `${service}:${target.slice(dot + 1)}`;
  }
  const text =
    typeof request.body === 'string'
      ? request.body
      : request.body instanceof Uint8Array
        ? Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString()
        : '';
  const action = /(?:^|&)Action=([^&]+)/.exec(text)?.[1];
  const version = /(?:^|&)Version=([^&]+)/.exec(text)?.[1];
  if (action !== undefined) return `${version === '2010-03-31' ? 'sns' : 'elasticloadbalancing'}:${action}`;
  const rest = REST_OPERATIONS.find(({ method, path }) => method === request.method && path.test(request.path));
  if (rest === undefined) throw new Error(`the simulation does not know the operation ${request.method} ${request.path}`);
  return rest.operation;
}

export function headerOf(request: SdkRequest, name: string): string | undefined {
  return request.headers[name] ?? Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Whether a call may change anything; only to tell reads from writes in texts and in faults that are for reads. */
export function isRead(operation: string): boolean {
  return /:(Get|Describe|List|Query|Batch|Scan|Lookup)/.test(operation);
}

/** An error answer in the protocol of the request. */
export function errorResponse(request: SdkRequest, code: string, status: number): SdkResponse {
  const message = `simulated ${code}`;
  if (headerOf(request, 'x-amz-target') !== undefined) {
    const body = Buffer.from(JSON.stringify({ __type: code, message }));
    return { statusCode: status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
  }
  if (request.path.startsWith('/2015')) {
    return { statusCode: status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': code }, body: Buffer.from(JSON.stringify({ message })) };
  }
  const text = `<ErrorResponse><Error><Type>${status >= 500 ? 'Receiver' : 'Sender'}</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { statusCode: status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(text) };
}

/** The code with which each service says that it is called too often. */
export function throttlingCode(operation: string): string {
  if (operation.startsWith('elasticloadbalancing') || operation.startsWith('sns')) return 'Throttling';
  return operation.startsWith('lambda') ? 'TooManyRequestsException' : 'ThrottlingException';
}

/** What the SDK's HTTP handler throws when no answer came. */
export function timeoutError(): Error {
  return Object.assign(new Error('simulated: no answer within the time limit'), { name: 'TimeoutError' });
}
