// The state machines of the region, in memory.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import type { Definition } from '../definition/definition.ts';

type StateMachineType = 'STANDARD' | 'EXPRESS';

/** What an update may replace; an execution keeps the revision it started with. */
export interface Revision {
  readonly revisionId: string;
  readonly definitionText: string;
  readonly definition: Definition;
  readonly roleArn: string;
  readonly loggingConfiguration: AwsShape;
  readonly tracingConfiguration: AwsShape;
  readonly encryptionConfiguration: AwsShape;
  readonly updatedAt: number;
}

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly type: StateMachineType;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  revision: Revision;
  isUpdated: boolean;
  status: 'ACTIVE' | 'DELETING';
}

export interface StateMachineStore {
  add(machine: StateMachine): void;
  find(arn: string): StateMachine | undefined;
  /** @throws AwsError StateMachineDoesNotExist. */
  get(arn: string): StateMachine;
  remove(arn: string): void;
  /** By name, as ListStateMachines answers them. */
  all(): readonly StateMachine[];
}

export function createStateMachineStore(): StateMachineStore {
  const machines = new Map<string, StateMachine>();
  return {
    add: (machine) => machines.set(machine.arn, machine),
    find: (arn) => machines.get(arn),
    get(arn) {
      const machine = machines.get(arn);
      if (machine === undefined) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
      return machine;
    },
    remove: (arn) => machines.delete(arn),
    all: () => [...machines.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
