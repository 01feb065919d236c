// The optimized integrations that are one call whose result is the API's answer with the SDK's metadata: DynamoDB, SNS, SQS.
import type { AwsShape, ServiceName } from '../../region.ts';
import { isObject, type Json, type JsonObject, toJson } from '../evaluation/json.ts';
import { missingFields } from './arguments.ts';
import type { Integration, TaskCall } from './integration.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { type OptimizedErrorNames, optimizedFault } from './service-errors.ts';
import { SERVICE_PROFILES } from './service-profiles.ts';
import type { Waiting } from './task-resource.ts';

export interface OptimizedCall {
  readonly resourceType: string;
  readonly action: string;
  readonly waiting: Waiting;
  readonly service: ServiceName;
  readonly operation: string;
  readonly required: readonly string[];
  readonly errors: OptimizedErrorNames;
  readonly contentType: string;
  /** Turns the arguments into the API's input; as they are when absent. */
  readonly input?: (args: JsonObject, call: TaskCall) => AwsShape;
}

export function optimizedCall(definition: OptimizedCall): Integration {
  const { action, waiting } = definition;
  return {
    events: 'task',
    resourceType: definition.resourceType,
    resource: waiting === 'token' ? `${action}.waitForTaskToken` : action,
    waiting,
    problems: (args) => missingFields(args, definition.required),
    submit: async (args, call) => withMetadata(await callOptimized(definition, isObject(args) ? args : {}, call), definition, call),
  };
}

/** The bare call. @throws TaskFault. */
export async function callOptimized(definition: OptimizedCall, args: JsonObject, call: TaskCall): Promise<JsonObject> {
  const { region, principal } = call;
  try {
    const answer = await region.call(definition.service, definition.operation, definition.input?.(args, call) ?? args, principal);
    const json = toJson(answer);
    return isObject(json) ? json : {};
  } catch (error) {
    const profile = Object.values(SERVICE_PROFILES).find(({ service }) => service === definition.service);
    if (profile === undefined) throw error;
    throw optimizedFault(definition.errors, profile, error, region.ids);
  }
}

export function withMetadata(answer: JsonObject, definition: OptimizedCall, { region }: TaskCall): Json {
  return { ...answer, ...sdkMetadata(region, Buffer.byteLength(JSON.stringify(answer)), definition.contentType) };
}
