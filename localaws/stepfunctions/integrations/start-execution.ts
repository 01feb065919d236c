// arn:aws:states:::states:startExecution, alone or with .sync (the child's end as text) or .sync:2 (as JSON).
import type { AwsShape } from '../../region.ts';
import { isObject, type Json, type JsonObject } from '../evaluation/json.ts';
import { asText, missingFields, unknownFields } from './arguments.ts';
import type { Integration, TaskCall } from './integration.ts';
import { callOptimized, type OptimizedCall, withMetadata } from './optimized-call.ts';
import { TaskFault } from './task-fault.ts';
import type { Waiting } from './task-resource.ts';

const FIELDS = ['StateMachineArn', 'Input', 'Name', 'TraceHeader'];
const SUFFIX: Readonly<Record<Waiting, string>> = { answer: '', token: '.waitForTaskToken', job: '.sync', 'job-json': '.sync:2' };

/** @param whenFinished resolves when an execution of this service is over. */
export function startExecution(waiting: Waiting, whenFinished: (executionArn: string) => Promise<void>): Integration {
  const definition: OptimizedCall = {
    resourceType: 'states',
    action: 'startExecution',
    waiting,
    service: 'states',
    operation: 'StartExecution',
    required: ['StateMachineArn'],
    errors: { prefix: 'StepFunctions', service: 'AWSStepFunctions', baseException: 'AWSStepFunctionsException' },
    contentType: 'application/x-amz-json-1.0',
    input: apiInput,
  };
  return {
    events: 'task',
    resourceType: 'states',
    resource: `startExecution${SUFFIX[waiting]}`,
    waiting,
    problems: (args) => [...missingFields(args, definition.required), ...unknownFields(args, FIELDS)],
    async submit(args, call) {
      const { executionArn = null, startDate = null } = await callOptimized(definition, isObject(args) ? args : {}, call);
      return withMetadata({ ExecutionArn: executionArn, StartDate: epochOf(startDate) }, definition, call);
    },
    async follow(submitted, call) {
      const executionArn = arnOf(submitted);
      await whenFinished(executionArn);
      const described = await callOptimized({ ...definition, operation: 'DescribeExecution', input: () => ({ executionArn }) }, {}, call);
      const result = describedResult(described, waiting);
      if (described['status'] !== 'SUCCEEDED') throw new TaskFault('States.TaskFailed', JSON.stringify(result));
      return result;
    },
    abandon(submitted, { region, principal }: TaskCall) {
      const stop = region.call('states', 'StopExecution', { executionArn: arnOf(submitted), error: 'States.TaskAborted' }, principal);
      stop.catch((error: unknown) => region.log('states', `could not stop ${arnOf(submitted)}: ${String(error)}`));
    },
  };
}

function arnOf(submitted: Json): string {
  return isObject(submitted) ? String(submitted['ExecutionArn']) : '';
}

function apiInput(args: JsonObject): AwsShape {
  return {
    stateMachineArn: args['StateMachineArn'],
    ...(args['Input'] === undefined ? {} : { input: asText(args['Input']) }),
    ...(args['Name'] === undefined ? {} : { name: args['Name'] }),
    ...(args['TraceHeader'] === undefined ? {} : { traceHeader: args['TraceHeader'] }),
  };
}

/** Optimized integrations show dates as epoch milliseconds (as seen for ecs:runTask.sync; unverified here). */
function epochOf(date: Json): Json {
  return typeof date === 'string' ? Date.parse(date) : date;
}

function describedResult(described: JsonObject, waiting: Waiting): JsonObject {
  const json = (text: Json | undefined): Json => (waiting === 'job-json' && typeof text === 'string' ? (JSON.parse(text) as Json) : (text ?? null));
  const { executionArn = null, stateMachineArn = null, name = null, status = null, startDate = null, stopDate = null } = described;
  return {
    ...(described['cause'] === undefined ? {} : { Cause: described['cause'] }),
    ...(described['error'] === undefined ? {} : { Error: described['error'] }),
    ExecutionArn: executionArn,
    Input: json(described['input']),
    InputDetails: { Included: true },
    Name: name,
    ...(described['output'] === undefined ? {} : { Output: json(described['output']), OutputDetails: { Included: true } }),
    RedriveCount: 0,
    RedriveStatus: described['redriveStatus'] ?? 'NOT_REDRIVABLE',
    StartDate: epochOf(startDate),
    StateMachineArn: stateMachineArn,
    Status: status,
    StopDate: epochOf(stopDate),
  };
}
