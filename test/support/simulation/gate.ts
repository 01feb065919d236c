// Every AWS call of every simulated function goes through here, takes its time, and may be made to fail, to lose its answer, to kill
// its function or to have its trigger delivered again.
import type { InProcessHandler, SdkRequest, SdkResponse } from '../../../localaws/endpoint/in-process-handler.ts';
import type { RunningInvocation } from '../../../localaws/lambda/in-process-executor.ts';
import { type CallFaultKind, type ControlCall, errorResponse, headerOf, isRead, operationOf, throttlingCode, timeoutError } from './control-call.ts';
import type { History } from './history.ts';
import type { Dice } from './random.ts';

/** Decides what becomes of a call; asked once for each call, at its first attempt. */
export type Fate = (call: ControlCall) => CallFaultKind | undefined;

export interface GateParts {
  readonly now: () => number;
  /** Resolves after simulated milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly requests: () => InProcessHandler;
  readonly dice: Dice;
  readonly history: History;
  readonly fate: Fate;
  readonly kill: (functionName: string, requestId: string) => void;
  readonly redeliver: (running: RunningInvocation) => void;
  /** Told of every call that took effect. */
  readonly seen?: (call: ControlCall, running: RunningInvocation, request: SdkRequest, response: SdkResponse) => void;
}

/** Reads answered, for stale ones: by function-independent text of the request. */
interface Answered {
  readonly at: number;
  readonly response: SdkResponse;
}

/** How old a stale answer may be, simulated milliseconds. */
const STALE_MS_MAX = 15_000;

export interface Gate {
  /** Begins an invocation. */
  enter(running: RunningInvocation): (request: SdkRequest) => Promise<{ response: SdkResponse }>;
}

interface Counted {
  readonly ordinal: number;
  readonly fault: CallFaultKind | undefined;
  hadEffect: boolean;
}

/** One way of a call, simulated milliseconds. */
const WAY_MS_MIN = 1;
const WAY_MS_MAX = 12;

export function createGate(parts: GateParts): Gate {
  const invocations = new Map<string, number>();
  const answered = new Map<string, Answered>();
  return {
    enter(running) {
      const functionName = shortName(running.spec.functionName);
      const invocation = (invocations.get(functionName) ?? 0) + 1;
      invocations.set(functionName, invocation);
      let ordinals = 0;
      const counted = new Map<string, Counted>();
      const who = `${functionName} #${invocation}`;
      return async (request) => {
        const operation = operationOf(request);
        const attempt = Number(/attempt=(\d+)/.exec(headerOf(request, 'amz-sdk-request') ?? '')?.[1] ?? 1);
        const id = headerOf(request, 'amz-sdk-invocation-id') ?? `${operation} ${ordinals}`;
        let known = counted.get(id);
        if (known === undefined) {
          const call: ControlCall = { functionName, invocation, operation, ordinal: ++ordinals, attempt };
          known = { ordinal: call.ordinal, fault: parts.fate(call), hadEffect: false };
          counted.set(id, known);
        }
        const call: ControlCall = { functionName, invocation, operation, ordinal: known.ordinal, attempt };
        return { response: await pass(parts, answered, running, who, call, known, request) };
      };
    },
  };
}

async function pass(
  parts: GateParts,
  answered: Map<string, Answered>,
  running: RunningInvocation,
  who: string,
  call: ControlCall,
  counted: Counted,
  request: SdkRequest,
): Promise<SdkResponse> {
  const { history, dice } = parts;
  await parts.sleep(dice.between(WAY_MS_MIN, WAY_MS_MAX));
  if (!running.alive()) return never();
  const { fault } = counted;
  const what = `${call.operation} #${call.ordinal}${call.attempt > 1 ? ` attempt ${call.attempt}` : ''}`;
  const say = (outcome: string, bytes?: string | Uint8Array): void => history.add({ at: parts.now(), who, what, outcome }, bytes);
  if (fault === 'throttled' || fault === 'failsBefore' || (fault === 'failsAfter' && counted.hadEffect)) {
    const code = fault === 'throttled' ? throttlingCode(call.operation) : 'InternalServerError';
    say(`${code} (injected, no effect)`);
    await parts.sleep(dice.between(WAY_MS_MIN, WAY_MS_MAX));
    return running.alive()
      ? errorResponse(request, code, fault === 'throttled' && !call.operation.startsWith('lambda') ? 400 : fault === 'throttled' ? 429 : 500)
      : never();
  }
  if (fault === 'redelivered' && !counted.hadEffect) parts.redeliver(running);
  const response = await effect(parts, answered, running, call, fault, request);
  const first = !counted.hadEffect;
  counted.hadEffect = true;
  say(`${response.statusCode}${fault !== undefined && first ? ` (injected: ${fault})` : ''}`, bodyOf(request));
  parts.seen?.(call, running, request, response);
  if (fault === 'killed' && first) {
    parts.kill(running.spec.functionName, running.invocation.requestId);
    return never();
  }
  await parts.sleep(dice.between(WAY_MS_MIN, WAY_MS_MAX));
  if (!running.alive()) return never();
  if ((fault === 'answerLost' && first) || fault === 'failsAfter') throw timeoutError();
  return response;
}

async function effect(
  parts: GateParts,
  answered: Map<string, Answered>,
  running: RunningInvocation,
  call: ControlCall,
  fault: CallFaultKind | undefined,
  request: SdkRequest,
): Promise<SdkResponse> {
  if (fault === 'swallowed') return { statusCode: 200, headers: {}, body: Buffer.from('{}') };
  const question = isRead(call.operation) ? `${call.operation} ${textOf(request)}` : undefined;
  const before = question === undefined ? undefined : answered.get(question);
  if (fault === 'stale' && before !== undefined && parts.now() - before.at <= STALE_MS_MAX) return before.response;
  const { response } = await parts.requests().handle(signed(request, running, call.operation));
  if (question !== undefined) answered.set(question, { at: parts.now(), response });
  return response;
}

/** With the access key of the function's environment, by which the region knows whose role it is. */
function signed(request: SdkRequest, { spec }: RunningInvocation, operation: string): SdkRequest {
  const service = operation.slice(0, operation.indexOf(':'));
  const credential = `${spec.variables['AWS_ACCESS_KEY_ID']}/20261123/us-east-1/${service}/aws4_request`;
  return { ...request, headers: { ...request.headers, authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` } };
}

function bodyOf(request: SdkRequest): string | Uint8Array | undefined {
  return typeof request.body === 'string' || request.body instanceof Uint8Array ? request.body : undefined;
}

function textOf(request: SdkRequest): string {
  const body = bodyOf(request);
  return typeof body === 'string' ? body : body === undefined ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}

/** What a killed function gets: it can do nothing more. */
function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

/** `CodeDeployHook_weir-dev-before-install` -> `before-install`. */
export function shortName(functionName: string): string {
  return functionName.replace(/^(CodeDeployHook_)?weir-dev-/, '');
}
