// Invoke: synchronous, asynchronous and dry run, from the wire and from other services of the region.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Call, Operation } from '../region.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import type { FunctionStore } from './function-store.ts';
import type { Invoker } from './invoker.ts';
import { ASYNC_PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX } from './limits.ts';
import { allowInvocation } from './resource-policy.ts';

const TYPES = ['RequestResponse', 'Event', 'DryRun'];

export function createInvokeOperation(store: FunctionStore, invoker: Invoker, later: AsyncInvocations): Operation {
  const handle = async (input: AwsShape, call: Call): Promise<AwsShape> => {
    const type = String(input['InvocationType'] ?? 'RequestResponse');
    if (!TYPES.includes(type)) {
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
      );
    }
    const target = store.resolve(input['FunctionName'], input['Qualifier']);
    allowInvocation(target, call.principal);
    const payload = readPayload(input['Payload'], type);
    const clientContext = typeof input['ClientContext'] === 'string' ? input['ClientContext'] : undefined;
    if (type === 'DryRun') return { StatusCode: 204 };
    if (type === 'Event') {
      later.accept(target, call.requestId, payload, clientContext);
      return { StatusCode: 202 };
    }
    const answer = await invoker.run(target, call.requestId, payload, clientContext);
    return {
      StatusCode: 200,
      ...(answer.functionError === undefined ? {} : { FunctionError: answer.functionError }),
      ...(input['LogType'] === 'Tail' ? { LogResult: answer.logTail } : {}),
      Payload: answer.payload,
      ExecutedVersion: answer.executedVersion,
    };
  };
  return { handle, resources: (input) => [store.arnOf(input['FunctionName'], input['Qualifier'])], actions: ['lambda:InvokeFunction'] };
}

/** The event as JSON text; an empty payload is an empty object. */
function readPayload(value: unknown, type: string): string {
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value ?? '');
  const bytesMax = type === 'Event' ? ASYNC_PAYLOAD_BYTES_MAX : PAYLOAD_BYTES_MAX;
  if (Buffer.byteLength(text) > bytesMax) {
    throw new AwsError(
      'RequestTooLargeException',
      `${Buffer.byteLength(text)} byte payload is too large for the ${type} invocation type (limit ${bytesMax} bytes)`,
      { httpStatus: 413 },
    );
  }
  if (text.trim() === '') return '{}';
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${error instanceof Error ? error.message : ''}`);
  }
  return text;
}
