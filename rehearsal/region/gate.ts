// Every AWS call of every function goes through here: it takes its time, is written down, and reaches the region as the function's role.
// Who wants calls to fare otherwise gives a carrier.
import type { InProcessHandler, SdkRequest, SdkResponse } from '#localaws/endpoint/in-process-handler.ts';
import type { RunningInvocation } from '#localaws/lambda/in-process-executor.ts';
import { type ControlCall, headerOf, operationOf } from './control-call.ts';
import type { History } from './history.ts';
import type { Dice } from './random.ts';

/** One attempt of a call, from its function to AWS and back. */
export interface Journey {
  readonly call: ControlCall;
  readonly running: RunningInvocation;
  readonly request: SdkRequest;
  /** Simulated epoch milliseconds. */
  now(): number;
  /** One way, there or back; never resolves when the function was killed meanwhile. */
  travel(): Promise<void>;
  /** Has the call take effect. */
  takeEffect(): Promise<SdkResponse>;
  /** Writes down what came of it. */
  say(outcome: string): void;
  /** Writes down, and tells whoever wants to know, that the region has answered. @param note stands behind the status */
  answered(response: SdkResponse, note?: string): void;
}

/** Makes one attempt; made anew for each invocation. */
export type Carry = (journey: Journey) => Promise<SdkResponse>;

/** A call as the region was told of it. */
export type SeenCall = (call: ControlCall, running: RunningInvocation, request: SdkRequest, response: SdkResponse) => void;

interface GateParts {
  readonly now: () => number;
  /** Resolves after simulated milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly requests: () => InProcessHandler;
  readonly dice: Dice;
  readonly history: History;
  /** How the calls of an invocation fare; they arrive and are answered when absent. */
  readonly carrierOf?: (running: RunningInvocation) => Carry;
  /** Told of every call that took effect. */
  readonly seen?: SeenCall;
}

interface Gate {
  /** Begins an invocation. */
  enter(running: RunningInvocation): (request: SdkRequest) => Promise<{ response: SdkResponse }>;
}

/** One way of a call, simulated milliseconds. */
const WAY_MS_MIN = 1;
const WAY_MS_MAX = 12;

export function createGate(parts: GateParts): Gate {
  const invocations = new Map<string, number>();
  return {
    enter(running) {
      const functionName = shortName(running.spec.functionName);
      const invocation = (invocations.get(functionName) ?? 0) + 1;
      invocations.set(functionName, invocation);
      const carry = parts.carrierOf?.(running) ?? carryPlainly;
      const ordinals = new Map<string, number>();
      return async (request) => {
        const operation = operationOf(request);
        const attempt = Number(/attempt=(\d+)/.exec(headerOf(request, 'amz-sdk-request') ?? '')?.[1] ?? 1);
        const id = headerOf(request, 'amz-sdk-invocation-id') ?? `${operation} ${ordinals.size}`;
        const ordinal = ordinals.get(id) ?? ordinals.size + 1;
        ordinals.set(id, ordinal);
        const call: ControlCall = { functionName, invocation, operation, ordinal, attempt };
        return { response: await carry(journeyOf(parts, running, call, request)) };
      };
    },
  };
}

async function carryPlainly(journey: Journey): Promise<SdkResponse> {
  await journey.travel();
  const response = await journey.takeEffect();
  journey.answered(response);
  await journey.travel();
  return response;
}

function journeyOf(parts: GateParts, running: RunningInvocation, call: ControlCall, request: SdkRequest): Journey {
  const { history, dice } = parts;
  const who = `${call.functionName} #${call.invocation}`;
  const what = `${call.operation} #${call.ordinal}${call.attempt > 1 ? ` attempt ${call.attempt}` : ''}`;
  return {
    call,
    running,
    request,
    now: parts.now,
    travel: () => parts.sleep(dice.between(WAY_MS_MIN, WAY_MS_MAX)).then(() => (running.alive() ? undefined : never<void>())),
    takeEffect: async () => (await parts.requests().handle(signed(request, running, call.operation))).response,
    say: (outcome) => history.add({ at: parts.now(), who, what, outcome }),
    answered(response, note = '') {
      history.add({ at: parts.now(), who, what, outcome: `${response.statusCode}${note}` }, bodyOf(request));
      parts.seen?.(call, running, request, response);
    },
  };
}

/** With the access key of the function's environment, by which the region knows whose role it is. */
function signed(request: SdkRequest, { spec }: RunningInvocation, operation: string): SdkRequest {
  const service = operation.slice(0, operation.indexOf(':'));
  const credential = `${spec.variables['AWS_ACCESS_KEY_ID']}/20261123/us-east-1/${service}/aws4_request`;
  return { ...request, headers: { ...request.headers, authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` } };
}

function bodyOf(request: SdkRequest): string | Uint8Array | undefined {
  if (request.shape !== undefined) return textOfShape(request.shape);
  return typeof request.body === 'string' || request.body instanceof Uint8Array ? request.body : undefined;
}

const texts = new WeakMap<object, string>();

/** What is asked for twice, for the history and for the answers that were given before, is written once. */
function textOfShape(shape: NonNullable<SdkRequest['shape']>): string {
  let text = texts.get(shape);
  if (text === undefined) {
    text = JSON.stringify(shape.input);
    texts.set(shape, text);
  }
  return text;
}

/** The body as text, byte for byte. */
export function textOf(request: SdkRequest): string {
  const body = bodyOf(request);
  return typeof body === 'string' ? body : body === undefined ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}

/** What a killed function gets: it can do nothing more. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

/** `CodeDeployHook_weir-dev-before-install` -> `before-install`. */
export function shortName(functionName: string): string {
  return functionName.replace(/^(CodeDeployHook_)?weir-dev-/, '');
}
