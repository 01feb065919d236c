// What may become of an AWS call of Weir's control plane, and what its function is answered then.
import { headerOf } from '#rehearsal/region/control-call.ts';
import type { SdkRequest, SdkResponse } from '../../../localaws/endpoint/in-process-handler.ts';

/** What can be done to one call. */
export const callFaultKinds = ['throttled', 'failsBefore', 'answerLost', 'failsAfter', 'killed', 'redelivered', 'swallowed', 'stale'] as const;

/**
 * - throttled: every attempt is refused before the effect. failsBefore: every attempt is answered with a 500 before the effect.
 * - answerLost: it takes effect and the answer is lost once; the SDK tries again. failsAfter: it takes effect once and no attempt is answered.
 * - killed: it takes effect and the function is killed. redelivered: it goes on, and its function's trigger is delivered again meanwhile.
 * - swallowed: a task token is taken, and nobody is woken. stale: an eventually consistent read answers what was true a moment ago.
 */
export type CallFaultKind = (typeof callFaultKinds)[number];

/** An error answer in the protocol of the request. */
export function errorResponse(request: SdkRequest, code: string, status: number): SdkResponse {
  const message = `simulated ${code}`;
  if (request.shape?.kind === 'json' || headerOf(request, 'x-amz-target') !== undefined) {
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
