// A user's own lifecycle hook function, invoked and waited for.
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { UserHook } from '#ports/checks.ts';
import { callAws } from '../operating-error.ts';

/** Longest reason taken over from a user's function. */
const REASON_LENGTH_MAX = 300;

export function createAwsUserHook(client: LambdaClient): UserHook {
  return {
    async invoke(functionName, payload, timeoutSeconds) {
      const answer = await callAws(`invoke ${functionName}`, () =>
        client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'RequestResponse', Payload: JSON.stringify(payload) }), {
          requestTimeout: timeoutSeconds * 1000,
        }),
      );
      const text = answer.Payload === undefined ? '' : new TextDecoder().decode(answer.Payload);
      if (answer.FunctionError !== undefined) return { answer: 'Failed', reason: `it ended with an error: ${text.slice(0, REASON_LENGTH_MAX)}` };
      return readAnswer(text);
    },
  };
}

/** Anything but a clear answer is a Failed: doubt never promotes. */
function readAnswer(text: string): { answer: 'Succeeded' | 'Failed'; reason: string } {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'status' in parsed && (parsed.status === 'Succeeded' || parsed.status === 'Failed')) {
      const reason = 'reason' in parsed && typeof parsed.reason === 'string' ? parsed.reason : 'no reason given';
      return { answer: parsed.status, reason: reason.slice(0, REASON_LENGTH_MAX) };
    }
  } catch {
    // Falls through: not JSON is not an answer.
  }
  return { answer: 'Failed', reason: `it must answer {"status": "Succeeded" | "Failed"}, got ${text.slice(0, REASON_LENGTH_MAX)}` };
}
