// What every local service is given: its region. The clock, identities, the other services (by their AWS API only), the
// event bus and the network. Services know each other by nothing else, so their contract is AWS's own.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from './clock/clock.ts';

/** Our key of a service = its SigV4 signing name (`states`, `elasticloadbalancing`, `monitoring`, ...). */
export type ServiceName =
  | 'application-autoscaling'
  | 'cloudformation'
  | 'codedeploy'
  | 'dynamodb'
  | 'ecr'
  | 'ecs'
  | 'elasticloadbalancing'
  | 'events'
  | 'iam'
  | 'lambda'
  | 'logs'
  | 'monitoring'
  | 'scheduler'
  | 'secretsmanager'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'states'
  | 'sts';

/** Who makes a call. root may do anything; a role may do what its policies say; an AWS service acting for itself may do anything. */
export type Principal = { kind: 'root' } | { kind: 'role'; roleArn: string; sessionName: string } | { kind: 'service'; service: string };

/** One API call under way, as an operation sees it. */
export interface Call {
  readonly service: ServiceName;
  readonly operation: string;
  readonly principal: Principal;
  readonly requestId: string;
}

/**
 * Inputs and outputs have AWS's member names and JSON shapes. Timestamps: in an output a `Date`; in an input from the wire a
 * number (JSON: epoch seconds) or an ISO string (query), from another service a `Date`. Blobs: base64 strings on the wire.
 */
// biome-ignore lint/suspicious/noExplicitAny: the members of AWS requests and answers are checked by each operation
export type AwsShape = Record<string, any>;

export interface Operation {
  handle(input: AwsShape, call: Call): AwsShape | undefined | Promise<AwsShape | undefined>;
  /** ARNs that IAM judges this call against; `*` when absent, as AWS does for operations without resource-level permission. */
  resources?(input: AwsShape): string[];
  /** IAM actions needed, when they differ from `<iamPrefix>:<Operation>` (Invoke needs lambda:InvokeFunction). */
  actions?: readonly string[];
  /** For calls whose real time depends on something else (long polls): the clock is not held while this runs. */
  longRunning?: boolean;
}

/** How requests reach a service. `target` is the X-Amz-Target prefix; `version` the query API version; rest services route themselves. */
export type Wire =
  | { kind: 'json'; jsonVersion: '1.0' | '1.1'; target: string; queryCompatibleErrors?: Readonly<Record<string, { code: string; httpStatus: number }>> }
  /** `answer` gives an output the shape and marks the XML needs (xmlMap, xmlFlatList), where members alone do not do. */
  | { kind: 'query'; version: string; xmlNamespace: string; answer?: (action: string, output: AwsShape) => AwsShape }
  | { kind: 'rest'; routes: readonly RestRoute[] };

/** A rest route; `{name}` and `{name+}` in the path capture one segment or the rest. */
export interface RestRoute {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  /** Builds the operation's input from the request; by default: path parameters, query parameters and the members of the JSON body. */
  readonly input?: (request: RestRequest) => AwsShape;
  /** Builds the answer from the output; by default 200 with the output as JSON. */
  readonly answer?: (output: AwsShape) => { status: number; headers?: Record<string, string>; body?: string | Uint8Array };
}

export interface RestRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Service {
  readonly name: ServiceName;
  /** The prefix of its IAM actions (`ecs`, `states`, `cloudwatch`, `elasticloadbalancing`, ...). */
  readonly iamPrefix: string;
  readonly wires: readonly Wire[];
  readonly operations: Readonly<Record<string, Operation>>;
  /** Answers whole HTTP requests of the endpoint itself (the OCI registry under /v2/); true when it took the request. */
  raw?(request: IncomingMessage, response: ServerResponse): boolean;
  /** Releases sockets, processes and workers. Called once; the clock is closed after it. */
  close?(): Promise<void>;
}

/** An event as its producer knows it; the bus adds version, id, account, time and region. */
export interface EmittedEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: AwsShape;
}

/** Where a private IP address and container port of a task are really served on this machine. */
export interface Network {
  /** A fresh private IPv4 address inside 10.0.0.0/16. */
  allocateAddress(): string;
  attach(address: string, containerPort: number, hostPort: number): void;
  detach(address: string): void;
  /** Loopback host and port for an address and port; loopback addresses are themselves. undefined: nothing listens there. */
  resolve(address: string, port: number): { host: string; port: number } | undefined;
}

/** Seeded identifiers in the shapes AWS uses. Nothing in localaws draws randomness elsewhere. */
export interface Ids {
  uuid(): string;
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** `length` decimal digits, the first not 0. */
  digits(length: number): string;
  /** `length` characters of A-Z0-9. */
  upper(length: number): string;
  /** Uniform in [0, 1). */
  random(): number;
}

export interface Region {
  readonly account: string;
  readonly name: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly network: Network;
  /** `http://127.0.0.1:PORT`: what functions get as AWS_ENDPOINT_URL, and the registry's address. */
  readonly endpointUrl: string;
  /** The same endpoint in plain HTTP, for what the region itself runs: functions and tasks need not trust the endpoint's certificate. */
  readonly internalUrl: string;
  /** Calls another service in this process, through the same IAM and fault layer as a call from the wire. Rejects with AwsError. */
  call(service: ServiceName, operation: string, input: AwsShape, principal: Principal): Promise<AwsShape>;
  /** Publishes an event of an AWS service on the default bus. Never throws, never blocks. */
  emit(event: EmittedEvent): void;
  /** `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`. */
  arn(service: string, resource: string): string;
  /** Access keys whose calls are judged as this role, as AssumeRole would give. */
  credentialsFor(roleArn: string, sessionName: string): { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  /** A line for the person who runs the local AWS. Never an answer to a client. */
  log(source: string, message: string): void;
}

/** Makes one service of a region. Called once, before the endpoint listens; may keep `region` but must not call through it yet. */
export type ServiceFactory = (region: Region) => Service;
