// Makes calls fail, lose their answers, kill their function or have its trigger delivered again, as the fate of each says.
import type { ControlCall } from '#rehearsal/region/control-call.ts';
import { isRead } from '#rehearsal/region/control-call.ts';
import { type Carry, type Journey, never, textOf } from '#rehearsal/region/gate.ts';
import type { SdkResponse } from '../../../localaws/endpoint/in-process-handler.ts';
import type { RunningInvocation } from '../../../localaws/lambda/in-process-executor.ts';
import { type CallFaultKind, errorResponse, throttlingCode, timeoutError } from './call-faults.ts';

export interface FaultyCallParts {
  /** Decides what becomes of a call; asked once for each call, at its first attempt. */
  readonly fate: (call: ControlCall) => CallFaultKind | undefined;
  readonly kill: (functionName: string) => void;
  readonly redeliver: (running: RunningInvocation) => void;
}

/** How old a stale answer may be, simulated milliseconds. */
const STALE_MS_MAX = 15_000;

/** A read that was answered, for stale ones. */
interface Answered {
  readonly at: number;
  readonly response: SdkResponse;
}

interface Fated {
  readonly fault: CallFaultKind | undefined;
  hadEffect: boolean;
}

/** @returns the carrier of each invocation */
export function carryFaultily(parts: FaultyCallParts): (running: RunningInvocation) => Carry {
  /** By function-independent text of the request. */
  const answered = new Map<string, Answered>();
  return () => {
    const fates = new Map<number, Fated>();
    return (journey) => {
      const { call } = journey;
      let fated = fates.get(call.ordinal);
      if (fated === undefined) {
        fated = { fault: parts.fate(call), hadEffect: false };
        fates.set(call.ordinal, fated);
      }
      return carry(parts, answered, journey, fated);
    };
  };
}

async function carry(parts: FaultyCallParts, answered: Map<string, Answered>, journey: Journey, fated: Fated): Promise<SdkResponse> {
  const { call, running, request } = journey;
  const { fault } = fated;
  await journey.travel();
  if (fault === 'throttled' || fault === 'failsBefore' || (fault === 'failsAfter' && fated.hadEffect)) {
    const code = fault === 'throttled' ? throttlingCode(call.operation) : 'InternalServerError';
    journey.say(`${code} (injected, no effect)`);
    await journey.travel();
    return errorResponse(request, code, fault === 'throttled' ? (call.operation.startsWith('lambda') ? 429 : 400) : 500);
  }
  if (fault === 'redelivered' && !fated.hadEffect) parts.redeliver(running);
  const response = await effect(answered, journey, fault);
  const first = !fated.hadEffect;
  fated.hadEffect = true;
  journey.answered(response, fault !== undefined && first ? ` (injected: ${fault})` : '');
  if (fault === 'killed' && first) {
    parts.kill(running.spec.functionName);
    return never();
  }
  await journey.travel();
  if ((fault === 'answerLost' && first) || fault === 'failsAfter') throw timeoutError();
  return response;
}

async function effect(answered: Map<string, Answered>, journey: Journey, fault: CallFaultKind | undefined): Promise<SdkResponse> {
  if (fault === 'swallowed') return { statusCode: 200, headers: {}, body: Buffer.from('{}'), output: {} };
  const { operation } = journey.call;
  const question = isRead(operation) ? `${operation} ${textOf(journey.request)}` : undefined;
  const before = question === undefined ? undefined : answered.get(question);
  if (fault === 'stale' && before !== undefined && journey.now() - before.at <= STALE_MS_MAX) return before.response;
  const response = await journey.takeEffect();
  if (question !== undefined) answered.set(question, { at: journey.now(), response });
  return response;
}
