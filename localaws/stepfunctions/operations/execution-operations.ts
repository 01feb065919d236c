// Start, stop, describe and list executions.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../../region.ts';
import type { Json } from '../evaluation/json.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { ExecutionEngine } from './execution-engine.ts';
import { describedExecution, listedExecution } from './execution-shapes.ts';
import { EXECUTION_STATUSES, type Execution, type ExecutionStore } from './execution-store.ts';
import { getExecutionHistory } from './history-operation.ts';
import { optionalEnum, optionalText, pageOf, requiredText, validationError } from './request-checks.ts';
import { checkExecutionArn, checkExecutionName, checkStateMachineArn } from './resource-names.ts';
import type { StateMachine, StateMachineStore } from './state-machine-store.ts';

interface Parts {
  readonly region: Region;
  readonly machines: StateMachineStore;
  readonly executions: ExecutionStore;
  readonly engine: ExecutionEngine;
}

export function executionOperations(parts: Parts): Record<string, Operation> {
  const ofMachine = (input: AwsShape): string[] => [typeof input['stateMachineArn'] === 'string' ? input['stateMachineArn'] : '*'];
  const ofExecution = (input: AwsShape): string[] => [typeof input['executionArn'] === 'string' ? input['executionArn'] : '*'];
  const find = (input: AwsShape): Execution => standardExecution(parts.executions, input);
  return {
    StartExecution: {
      resources: ofMachine,
      handle(input) {
        const { arn, startedAt } = start(parts, input);
        return { executionArn: arn, startDate: new Date(startedAt) };
      },
    },
    // Its time is the execution's own, so the clock must go on.
    StartSyncExecution: { resources: ofMachine, handle: (input) => startSync(parts, input), longRunning: true },
    StopExecution: { resources: ofExecution, handle: (input) => stop(parts, find(input), input) },
    DescribeExecution: { resources: ofExecution, handle: (input) => describedExecution(find(input)) },
    DescribeStateMachineForExecution: { resources: ofExecution, handle: (input) => describedMachine(find(input)) },
    ListExecutions: { resources: ofMachine, handle: (input) => list(parts, input) },
    GetExecutionHistory: { resources: ofExecution, handle: (input) => getExecutionHistory(find(input), input) },
  };
}

function machineOf(machines: StateMachineStore, input: AwsShape): StateMachine {
  const arn = requiredText(input, 'stateMachineArn', 256);
  checkStateMachineArn(arn);
  return machines.get(arn);
}

function standardExecution(executions: ExecutionStore, input: AwsShape): Execution {
  const arn = requiredText(input, 'executionArn', 256);
  checkExecutionArn(arn);
  // What an Express execution did is in its logs only.
  if (arn.includes(':express:')) throw new AwsError('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'");
  return executions.get(arn);
}

function start({ region, machines, executions, engine }: Parts, input: AwsShape): Execution {
  const machine = machineOf(machines, input);
  if (machine.status === 'DELETING') throw new AwsError('StateMachineDeleting', `State Machine is being deleted: '${machine.arn}'`);
  const given = optionalText(input, 'name');
  if (given === '') throw validationError(given, 'name', 'Member must have length greater than or equal to 1');
  if (given !== undefined) checkExecutionName(given);
  const traceHeader = optionalText(input, 'traceHeader', 256);
  const inputText = optionalText(input, 'input') ?? '{}';
  const json = parseInput(inputText);
  const name = given ?? region.ids.uuid();
  const isExpress = machine.type === 'EXPRESS';
  const arn = region.arn('states', isExpress ? `express:${machine.name}:${name}:${region.ids.uuid()}` : `execution:${machine.name}:${name}`);
  const known = executions.find(arn);
  if (known !== undefined) {
    if (known.status === 'RUNNING' && known.inputText === inputText) return known;
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  }
  return engine.start({ machine, arn, name, inputText, input: json, ...(traceHeader === undefined ? {} : { traceHeader }) });
}

function parseInput(text: string): Json {
  const refuse = (why: string): AwsError => new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);
  if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) throw refuse(`The input exceeds the maximum number of bytes service limit of ${PAYLOAD_BYTES_MAX}`);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : 'not valid JSON');
  }
}

async function startSync(parts: Parts, input: AwsShape): Promise<AwsShape> {
  if (machineOf(parts.machines, input).type !== 'EXPRESS') throw typeNotSupported();
  const execution = start(parts, input);
  await execution.finished;
  const { redriveCount: _count, redriveStatus: _status, redriveStatusReason: _reason, ...told } = describedExecution(execution);
  const billedDurationInMilliseconds = Math.max(100, Math.ceil(((execution.stoppedAt ?? 0) - execution.startedAt) / 100) * 100);
  return { ...told, billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds } };
}

function typeNotSupported(): AwsError {
  return new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
}

async function stop({ region, engine }: Parts, execution: Execution, input: AwsShape): Promise<AwsShape> {
  const error = optionalText(input, 'error', 256);
  const cause = optionalText(input, 'cause', 32_768);
  if (execution.status === 'RUNNING') await engine.stop(execution, error, cause);
  return { stopDate: new Date(execution.stoppedAt ?? region.clock.now()) };
}

function list({ machines, executions }: Parts, input: AwsShape): AwsShape {
  const machine = machineOf(machines, input);
  if (machine.type === 'EXPRESS') throw typeNotSupported();
  const status = optionalEnum(input, 'statusFilter', EXECUTION_STATUSES);
  // Nothing is ever redriven here.
  const isNone = optionalEnum(input, 'redriveFilter', ['REDRIVEN', 'NOT_REDRIVEN']) === 'REDRIVEN';
  const all = isNone ? [] : executions.ofMachine(machine.arn).filter((execution) => status === undefined || execution.status === status);
  const { page, nextToken } = pageOf(all, input);
  return { executions: page.map(listedExecution), ...(nextToken === undefined ? {} : { nextToken }) };
}

function describedMachine({ machine, revision }: Execution): AwsShape {
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    definition: revision.definitionText,
    roleArn: revision.roleArn,
    updateDate: new Date(revision.updatedAt),
    loggingConfiguration: revision.loggingConfiguration,
    tracingConfiguration: revision.tracingConfiguration,
    encryptionConfiguration: revision.encryptionConfiguration,
    revisionId: revision.revisionId,
  };
}
