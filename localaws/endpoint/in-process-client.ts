// A short way from an SDK client to the local AWS in the same process. What a command says and what is answered are handed over as
// they are, instead of being written out and read again. Of the client's own work there stay its retries, how it reads errors, and the
// document client's marshalling.
import { copyShape } from '../copy-shape.ts';
import type { AwsShape, ServiceName } from '../region.ts';
import type { SdkRequest, SdkResponse } from './in-process-handler.ts';
import { wireValue } from './json-wire.ts';

interface Answered {
  readonly response: SdkResponse;
  readonly output?: AwsShape;
}

type Handler = (args: { readonly input: AwsShape; readonly request?: SdkRequest }) => Promise<Answered>;
type Middleware = (next: Handler, context: Context) => Handler;

interface Context {
  /** `[kind, namespace, name, traits, input, output]` of the operation. */
  readonly __smithy_context: { readonly operationSchema: readonly [unknown, string, string, unknown, unknown, unknown] };
}

/** The part of the SDK's MiddlewareStack that clients and commands use when a command is sent. */
interface Stack {
  add(middleware: Middleware, options: { readonly name?: string }): void;
  addRelativeTo(middleware: Middleware, options: { readonly name?: string }): void;
  applyToStack(stack: Stack): void;
  concat(other: Stack): Stack;
  identify(): readonly string[];
  identifyOnResolve(): boolean;
  resolve(handler: Handler, context: Context): Handler;
}

interface SdkClient {
  middlewareStack: Stack;
  readonly config: {
    readonly serviceId: string;
    readonly protocol: {
      getShapeId(): string;
      deserializeResponse(operation: object, context: object, response: SdkResponse): Promise<unknown>;
    };
  };
}

/** The region's services by the name the SDK has for each; a client of any other stays as it is. */
const SERVICE_OF_ID: Readonly<Record<string, ServiceName>> = {
  'Application Auto Scaling': 'application-autoscaling',
  CloudWatch: 'monitoring',
  'CloudWatch Logs': 'logs',
  CodeDeploy: 'codedeploy',
  DynamoDB: 'dynamodb',
  ECR: 'ecr',
  ECS: 'ecs',
  'Elastic Load Balancing v2': 'elasticloadbalancing',
  SFN: 'states',
  SNS: 'sns',
  SSM: 'ssm',
};

/** The middleware of a call, outermost first, by the SDK's names. Two are ours: where a request is written, and where its answer is read. */
const ORDER = ['DocumentMarshall', 'serializerMiddleware', 'retryMiddleware', 'DocumentUnmarshall', 'deserializerMiddleware'] as const;
type Name = (typeof ORDER)[number];
/** What is taken over from clients and commands. */
const KEPT: ReadonlySet<string> = new Set(['DocumentMarshall', 'retryMiddleware', 'DocumentUnmarshall'] satisfies Name[]);

/**
 * Has a client hand its commands over as shapes; its `requestHandler` has to lead to a region's. Clients of REST APIs, whose members are
 * spread over path, headers and body, stay as they are.
 * @returns the client it is given
 */
export function handOverShapes<Client>(client: Client): Client {
  const sdk = client as SdkClient;
  const kind = wireKindOf(sdk.config.protocol.getShapeId());
  const service = SERVICE_OF_ID[sdk.config.serviceId];
  if (kind === undefined || service === undefined) return client;
  const copies = service === 'dynamodb' ? MADE_BY_MARSHALLING : COPIES;
  const handOver: Middleware = (next, context) => {
    const [, , operation] = context.__smithy_context.operationSchema;
    return (args) => next({ ...args, request: requestFor({ service, operation, kind, input: copies.in(args.input) }) });
  };
  const own = new Map<Name, Middleware>([
    ['serializerMiddleware', handOver],
    ['deserializerMiddleware', takeAnswer(sdk.config, copies)],
  ]);
  sdk.middlewareStack = stackOf(new Map([...own, ...keptOf(sdk.middlewareStack)]));
  return client;
}

interface Copies {
  in(input: AwsShape): AwsShape;
  out(output: AwsShape): AwsShape;
}

/** Neither side may get hold of what the other keeps. */
const COPIES: Copies = { in: (input) => wireValue(input) as AwsShape, out: copyShape };
/** The document client makes its own of what it is given and of what it gets; binary attributes, which the wire has as text, Weir has none. */
const MADE_BY_MARSHALLING: Copies = { in: withoutUndefined, out: (output) => output };

function withoutUndefined(input: AwsShape): AwsShape {
  const given: AwsShape = {};
  for (const name in input) if (input[name] !== undefined) given[name] = input[name];
  return given;
}

function wireKindOf(protocol: string): 'json' | 'query' | undefined {
  if (protocol.startsWith('aws.protocols#awsJson')) return 'json';
  return protocol === 'aws.protocols#awsQuery' ? 'query' : undefined;
}

/** With the members by which the SDK knows a request, and writes its attempts into the headers. */
function requestFor(shape: NonNullable<SdkRequest['shape']>): SdkRequest {
  return { method: 'POST', path: '/', query: {}, headers: {}, ...HOST, shape };
}

const HOST = { protocol: 'http:', hostname: 'localaws.invalid' };

function takeAnswer(config: SdkClient['config'], copies: Copies): Middleware {
  return (next, context) => async (args) => {
    const { response } = await next(args);
    if (response.output !== undefined) {
      const $metadata = { httpStatusCode: response.statusCode, requestId: response.headers['x-amzn-requestid'] };
      return { response, output: { ...copies.out(response.output), $metadata } };
    }
    const [, namespace, name, traits, input, output] = context.__smithy_context.operationSchema;
    // Errors are read by the client itself: their classes, and what makes it try again, are the SDK's business.
    await config.protocol.deserializeResponse({ namespace, name, traits, input, output }, { ...config, ...context }, response);
    throw new Error(`localaws: ${config.serviceId} answered ${name} neither an output nor an error`);
  };
}

function keptOf(stack: Stack): Map<Name, Middleware> {
  const kept = new Map<Name, Middleware>();
  const keep: Stack['add'] = (middleware, { name = '' }) => {
    if (KEPT.has(name)) kept.set(name as Name, middleware);
  };
  stack.applyToStack({ ...stack, add: keep, addRelativeTo: keep });
  return kept;
}

/** What stands for a client's stack: each command's own is taken in, and then nothing is left to sort out. */
function stackOf(kept: ReadonlyMap<Name, Middleware>): Stack {
  const stack: Stack = {
    add: () => undefined,
    addRelativeTo: () => undefined,
    applyToStack: () => undefined,
    identify: () => [...kept.keys()],
    identifyOnResolve: () => false,
    concat: (other) => {
      const more = keptOf(other);
      return more.size === 0 ? stack : stackOf(new Map([...kept, ...more]));
    },
    resolve: (handler, context) => ORDER.reduceRight((next, name) => kept.get(name)?.(next, context) ?? next, handler),
  };
  return stack;
}
