// How an execution is told: to DescribeExecution and its relatives, and to EventBridge.
import type { AwsShape, EmittedEvent } from '../../region.ts';
import type { Execution } from './execution-store.ts';

function redrive({ status, machine }: Execution): { redriveStatus: string; redriveStatusReason?: string } {
  if (machine.type === 'EXPRESS') return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: 'Express workflows cannot be redriven' };
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: `Execution is ${status} and cannot be redriven` };
  }
  return { redriveStatus: 'REDRIVABLE' };
}

function errorMembers({ error, cause }: Execution): AwsShape {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

export function describedExecution(execution: Execution): AwsShape {
  const { stoppedAt, outputText, traceHeader } = execution;
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machine.arn,
    name: execution.name,
    status: execution.status,
    startDate: new Date(execution.startedAt),
    ...(stoppedAt === undefined ? {} : { stopDate: new Date(stoppedAt) }),
    input: execution.inputText,
    inputDetails: { included: true },
    ...(outputText === undefined ? {} : { output: outputText, outputDetails: { included: true } }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
    ...errorMembers(execution),
    redriveCount: 0,
    ...redrive(execution),
  };
}

export function listedExecution(execution: Execution): AwsShape {
  const { stoppedAt } = execution;
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machine.arn,
    name: execution.name,
    status: execution.status,
    startDate: new Date(execution.startedAt),
    ...(stoppedAt === undefined ? {} : { stopDate: new Date(stoppedAt) }),
    redriveCount: 0,
  };
}

/** `Step Functions Execution Status Change`: dates are epoch milliseconds, absent values null. */
export function statusChangeEvent(execution: Execution): EmittedEvent {
  const { outputText, error, cause } = execution;
  const { redriveStatus, redriveStatusReason } = redrive(execution);
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.machine.arn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAt,
      stopDate: execution.stoppedAt ?? null,
      input: execution.inputText,
      output: outputText ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount: 0,
      redriveDate: null,
      redriveStatus,
      redriveStatusReason: redriveStatusReason ?? null,
      inputDetails: { included: true },
      outputDetails: outputText === undefined ? null : { included: true },
      error: error ?? null,
      cause: cause ?? null,
    },
  };
}
