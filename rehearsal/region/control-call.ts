// One AWS call of Weir's control plane, as the region in one thread sees it.
import type { SdkRequest } from '#localaws/endpoint/in-process-handler.ts';

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
  if (request.shape !== undefined) return `${request.shape.service}:${request.shape.operation}`;
  const target = headerOf(request, 'x-amz-target');
  if (target !== undefined) {
    const dot = target.lastIndexOf('.');
    const service = SERVICE_OF_TARGET[target.slice(0, dot)];
    if (service === undefined) throw new Error(`this region does not know the service of ${target}`);
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
  if (rest === undefined) throw new Error(`this region does not know the operation ${request.method} ${request.path}`);
  return rest.operation;
}

export function headerOf(request: SdkRequest, name: string): string | undefined {
  return request.headers[name] ?? Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Whether a call changes nothing, as far as its name tells. */
export function isRead(operation: string): boolean {
  return /:(Get|Describe|List|Query|Batch|Scan|Lookup)/.test(operation);
}
