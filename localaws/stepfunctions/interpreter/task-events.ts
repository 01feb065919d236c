// The history events of a task's work: Task* for integrations, LambdaFunction* for a function's ARN.
import type { AwsShape } from '../../region.ts';
import type { Json } from '../evaluation/json.ts';
import { payloadMember } from '../history/history.ts';
import type { Integration } from '../integrations/integration.ts';
import type { TaskFault } from '../integrations/task-fault.ts';
import { record } from './record.ts';
import type { Frame } from './run.ts';

export interface TaskTimes {
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
}

export interface TaskEvents {
  scheduled(args: Json, times: TaskTimes): void;
  submitted(output: Json): void;
  succeeded(output: Json): void;
  failed(fault: TaskFault): void;
  timedOut(error: string): void;
}

export function taskEvents(frame: Frame, integration: Integration): TaskEvents {
  return integration.events === 'function' ? functionEvents(frame, integration) : integrationEvents(frame, integration);
}

function functionEvents(frame: Frame, { resource }: Integration): TaskEvents {
  return {
    scheduled(args, { timeoutSeconds }) {
      const timeout = timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds };
      record(frame, 'LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: { resource, ...payloadMember('input', JSON.stringify(args)), ...timeout },
      });
      record(frame, 'LambdaFunctionStarted');
    },
    submitted: () => undefined,
    succeeded: (output) => record(frame, 'LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: payloadMember('output', JSON.stringify(output)) }),
    failed: (fault) => record(frame, 'LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: errorMembers(fault) }),
    timedOut: (error) => record(frame, 'LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: { error } }),
  };
}

function integrationEvents(frame: Frame, { resource, resourceType }: Integration): TaskEvents {
  const which = { resource, resourceType };
  return {
    scheduled(args, { timeoutSeconds, heartbeatSeconds }) {
      record(frame, 'TaskScheduled', {
        taskScheduledEventDetails: {
          parameters: JSON.stringify(args),
          region: frame.run.region.name,
          ...which,
          ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
          ...(heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
        },
      });
      record(frame, 'TaskStarted', { taskStartedEventDetails: which });
    },
    submitted: (output) => record(frame, 'TaskSubmitted', { taskSubmittedEventDetails: { ...payloadMember('output', JSON.stringify(output)), ...which } }),
    succeeded: (output) => record(frame, 'TaskSucceeded', { taskSucceededEventDetails: { ...payloadMember('output', JSON.stringify(output)), ...which } }),
    failed: (fault) => record(frame, 'TaskFailed', { taskFailedEventDetails: { ...errorMembers(fault), ...which } }),
    timedOut: (error) => record(frame, 'TaskTimedOut', { taskTimedOutEventDetails: { error, ...which } }),
  };
}

function errorMembers(fault: TaskFault): AwsShape {
  return {
    ...(fault.errorName === undefined ? {} : { error: fault.errorName }),
    ...(fault.causeText === undefined ? {} : { cause: fault.causeText }),
  };
}
