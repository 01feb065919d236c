// One invocation of a function for a task, and what its failures are called. Used by both ways a task can name a function.
import type { AwsShape } from '../../region.ts';
import { isObject, type Json } from '../evaluation/json.ts';
import type { TaskCall } from './integration.ts';
import { optimizedFault } from './service-errors.ts';
import { serviceProfile } from './service-profiles.ts';
import { TaskFault } from './task-fault.ts';

const NAMES = { prefix: 'Lambda', service: 'AWSLambda', baseException: 'AWSLambdaException' };

interface Invocation {
  readonly payload: Json;
  readonly payloadBytes: number;
  readonly statusCode: number;
  readonly executedVersion: string | undefined;
}

/** @throws TaskFault for a refused call and for an error of the function itself. */
export async function invokeFunction(input: AwsShape, { region, principal }: TaskCall): Promise<Invocation> {
  let answer: AwsShape;
  try {
    answer = await region.call('lambda', 'Invoke', input, principal);
  } catch (error) {
    const profile = serviceProfile('lambda');
    if (profile === undefined) throw error;
    throw optimizedFault(NAMES, profile, error, region.ids);
  }
  const text = payloadText(answer['Payload']);
  const payload = parsePayload(text);
  if (answer['FunctionError'] !== undefined) throw functionFault(payload, text);
  const version: unknown = answer['ExecutedVersion'];
  return {
    payload,
    payloadBytes: Buffer.byteLength(text),
    statusCode: Number(answer['StatusCode'] ?? 200),
    executedVersion: typeof version === 'string' ? version : undefined,
  };
}

function payloadText(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  return payload instanceof Uint8Array ? Buffer.from(payload).toString('utf8') : '';
}

function parsePayload(text: string): Json {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function functionFault(payload: Json, text: string): TaskFault {
  const type = isObject(payload) ? payload['errorType'] : undefined;
  if (typeof type === 'string') return new TaskFault(type, JSON.stringify(payload));
  return new TaskFault('Lambda.Unknown', `The cause could not be determined because Lambda did not return an error type. Returned payload: ${text}`);
}
