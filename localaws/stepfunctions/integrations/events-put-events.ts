// arn:aws:states:::events:putEvents. Step Functions adds the execution and the state machine to every entry's resources, and
// one failed entry fails the task.
import { isObject, type JsonObject } from '../evaluation/json.ts';
import { asText, missingFields } from './arguments.ts';
import type { Integration, TaskCall } from './integration.ts';
import { callOptimized, type OptimizedCall, withMetadata } from './optimized-call.ts';
import { TaskFault } from './task-fault.ts';
import type { Waiting } from './task-resource.ts';

export function eventsPutEvents(waiting: Waiting): Integration {
  const definition: OptimizedCall = {
    resourceType: 'events',
    action: 'putEvents',
    waiting,
    service: 'events',
    operation: 'PutEvents',
    required: ['Entries'],
    errors: { prefix: 'EventBridge', service: 'AmazonEventBridge', baseException: 'AmazonEventBridgeException' },
    contentType: 'application/x-amz-json-1.1',
    input: (args, call) => ({ ...args, Entries: (Array.isArray(args['Entries']) ? args['Entries'] : []).map((entry) => entryOf(entry, call)) }),
  };
  return {
    events: 'task',
    resourceType: 'events',
    resource: waiting === 'token' ? 'putEvents.waitForTaskToken' : 'putEvents',
    waiting,
    problems: (args) => missingFields(args, definition.required),
    async submit(args, call) {
      const result = withMetadata(await callOptimized(definition, isObject(args) ? args : {}, call), definition, call);
      if (isObject(result) && Number(result['FailedEntryCount'] ?? 0) > 0) throw new TaskFault('EventBridge.FailedEntry', JSON.stringify(result));
      return result;
    },
  };
}

function entryOf(entry: unknown, { executionArn, stateMachineArn }: TaskCall): JsonObject {
  if (!isObject(entry)) return {};
  const resources = Array.isArray(entry['Resources']) ? entry['Resources'] : [];
  const detail = entry['Detail'];
  return { ...entry, Resources: [...resources, executionArn, stateMachineArn], ...(detail === undefined ? {} : { Detail: asText(detail) }) };
}
