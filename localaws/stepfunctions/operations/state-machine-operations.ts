// Create, update, delete, describe and list state machines.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../../region.ts';
import { isObject } from '../evaluation/json.ts';
import type { ExecutionStore } from './execution-store.ts';
import { parseDefinition } from './parse-definition.ts';
import { optionalEnum, optionalFlag, optionalText, pageOf, requiredText } from './request-checks.ts';
import { checkRoleArn, checkStateMachineArn, checkStateMachineName } from './resource-names.ts';
import type { Revision, StateMachine, StateMachineStore } from './state-machine-store.ts';
import { addTags } from './tag-operations.ts';

const DEFAULT_LOGGING = { level: 'OFF', includeExecutionData: false };
const DEFAULT_TRACING = { enabled: false };
const DEFAULT_ENCRYPTION = { type: 'AWS_OWNED_KEY' };
const UPDATABLE = ['definition', 'roleArn', 'loggingConfiguration', 'tracingConfiguration', 'encryptionConfiguration'];

interface Parts {
  readonly region: Region;
  readonly machines: StateMachineStore;
  readonly executions: ExecutionStore;
}

export function stateMachineOperations(parts: Parts): Record<string, Operation> {
  const { region, machines } = parts;
  const resources = (input: AwsShape): string[] => [typeof input['stateMachineArn'] === 'string' ? input['stateMachineArn'] : '*'];
  return {
    CreateStateMachine: { handle: (input) => create(parts, input), resources: (input) => [region.arn('states', `stateMachine:${String(input['name'])}`)] },
    UpdateStateMachine: { handle: (input) => update(parts, input), resources },
    DeleteStateMachine: { handle: (input) => remove(parts, input), resources },
    DescribeStateMachine: { handle: (input) => described(machines.get(arnOf(input))), resources },
    ListStateMachines: { handle: (input) => list(machines, input) },
  };
}

function create({ region, machines }: Parts, input: AwsShape): AwsShape {
  const name = requiredText(input, 'name');
  checkStateMachineName(name);
  const type = optionalEnum(input, 'type', ['STANDARD', 'EXPRESS']) ?? 'STANDARD';
  refuseVersions(input);
  const revision = firstRevision(region, input);
  const arn = region.arn('states', `stateMachine:${name}`);
  const known = machines.find(arn);
  if (known !== undefined) {
    refuseDeleting(known);
    if (known.type !== type || !agrees(known.revision, revision)) {
      throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    return { stateMachineArn: arn, creationDate: new Date(known.createdAt) };
  }
  const machine: StateMachine = { arn, name, type, createdAt: revision.updatedAt, tags: new Map(), revision, isUpdated: false, status: 'ACTIVE' };
  addTags(machine, input['tags']);
  machines.add(machine);
  return { stateMachineArn: arn, creationDate: new Date(machine.createdAt) };
}

function firstRevision(region: Region, input: AwsShape): Revision {
  const definitionText = requiredText(input, 'definition');
  const roleArn = requiredText(input, 'roleArn', 256);
  checkRoleArn(roleArn);
  return {
    revisionId: region.ids.uuid(),
    definitionText,
    definition: parseDefinition(definitionText),
    roleArn,
    loggingConfiguration: { ...DEFAULT_LOGGING, ...configuration(input, 'loggingConfiguration') },
    tracingConfiguration: configuration(input, 'tracingConfiguration') ?? DEFAULT_TRACING,
    encryptionConfiguration: configuration(input, 'encryptionConfiguration') ?? DEFAULT_ENCRYPTION,
    updatedAt: region.clock.now(),
  };
}

/** Creating again is idempotent when definition, logging and tracing agree; role and tags are not compared. */
function agrees(a: Revision, b: Revision): boolean {
  const compared = ({ definitionText, loggingConfiguration, tracingConfiguration }: Revision): string =>
    JSON.stringify([definitionText, loggingConfiguration, tracingConfiguration]);
  return compared(a) === compared(b);
}

function update({ region, machines }: Parts, input: AwsShape): AwsShape {
  const machine = machines.get(arnOf(input));
  refuseDeleting(machine);
  refuseVersions(input);
  if (UPDATABLE.every((member) => input[member] === undefined || input[member] === null)) {
    throw new AwsError(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    );
  }
  const definitionText = optionalText(input, 'definition');
  const roleArn = optionalText(input, 'roleArn', 256);
  if (roleArn !== undefined) checkRoleArn(roleArn);
  const { revision } = machine;
  const logging = configuration(input, 'loggingConfiguration');
  machine.revision = {
    revisionId: region.ids.uuid(),
    definitionText: definitionText ?? revision.definitionText,
    definition: definitionText === undefined ? revision.definition : parseDefinition(definitionText),
    roleArn: roleArn ?? revision.roleArn,
    loggingConfiguration: logging === undefined ? revision.loggingConfiguration : { ...DEFAULT_LOGGING, ...logging },
    tracingConfiguration: configuration(input, 'tracingConfiguration') ?? revision.tracingConfiguration,
    encryptionConfiguration: configuration(input, 'encryptionConfiguration') ?? revision.encryptionConfiguration,
    updatedAt: region.clock.now(),
  };
  machine.isUpdated = true;
  return { updateDate: new Date(machine.revision.updatedAt), revisionId: machine.revision.revisionId };
}

function remove({ machines, executions }: Parts, input: AwsShape): AwsShape {
  const machine = machines.find(arnOf(input));
  if (machine === undefined) return {};
  machine.status = 'DELETING';
  removeWhenIdle(machine, machines, executions);
  return {};
}

/** A state machine under deletion is there until its last execution is over. */
export function removeWhenIdle(machine: StateMachine, machines: StateMachineStore, executions: ExecutionStore): void {
  if (machine.status !== 'DELETING') return;
  if (executions.ofMachine(machine.arn).some(({ status }) => status === 'RUNNING')) return;
  machines.remove(machine.arn);
}

function list(machines: StateMachineStore, input: AwsShape): AwsShape {
  const { page, nextToken } = pageOf(machines.all(), input);
  const stateMachines = page.map(({ arn, name, type, createdAt }) => ({ stateMachineArn: arn, name, type, creationDate: new Date(createdAt) }));
  return { stateMachines, ...(nextToken === undefined ? {} : { nextToken }) };
}

function described({ arn, name, type, status, createdAt, revision, isUpdated }: StateMachine): AwsShape {
  return {
    stateMachineArn: arn,
    name,
    status,
    definition: revision.definitionText,
    roleArn: revision.roleArn,
    type,
    creationDate: new Date(createdAt),
    loggingConfiguration: revision.loggingConfiguration,
    tracingConfiguration: revision.tracingConfiguration,
    encryptionConfiguration: revision.encryptionConfiguration,
    // A revision id appears with the first update.
    ...(isUpdated ? { revisionId: revision.revisionId } : {}),
  };
}

function arnOf(input: AwsShape): string {
  const arn = requiredText(input, 'stateMachineArn', 256);
  checkStateMachineArn(arn);
  return arn;
}

function refuseDeleting({ status, arn }: StateMachine): void {
  if (status === 'DELETING') throw new AwsError('StateMachineDeleting', `State Machine is being deleted: '${arn}'`);
}

function refuseVersions(input: AwsShape): void {
  if (optionalFlag(input, 'publish') !== true) return;
  throw new AwsError('ValidationException', 'localaws: versions of state machines (publish) are not available on the local AWS');
}

function configuration(input: AwsShape, member: string): AwsShape | undefined {
  const value: unknown = input[member];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new AwsError('SerializationException', `${member} must be a structure`);
  return value;
}
