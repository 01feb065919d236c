// The executions of the region: all that run, and the most recent finished ones.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { History } from '../history/history.ts';
import type { Interruption } from '../interpreter/interruption.ts';
import { FINISHED_EXECUTIONS_MAX } from '../limits.ts';
import type { Revision, StateMachine } from './state-machine-store.ts';

export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'] as const;
type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  readonly revision: Revision;
  readonly inputText: string;
  readonly traceHeader?: string;
  readonly startedAt: number;
  readonly history: History;
  readonly interruption: Interruption;
  /** Resolves when the execution is over. */
  readonly finished: Promise<void>;
  status: ExecutionStatus;
  /** Why the interruption came, until the execution is over. */
  ending?: { status: 'ABORTED' | 'TIMED_OUT'; error?: string; cause?: string };
  stoppedAt?: number;
  outputText?: string;
  error?: string;
  cause?: string;
}

export interface ExecutionStore {
  add(execution: Execution): void;
  find(arn: string): Execution | undefined;
  /** @throws AwsError ExecutionDoesNotExist. */
  get(arn: string): Execution;
  /** Newest first. */
  ofMachine(stateMachineArn: string): readonly Execution[];
  running(): readonly Execution[];
  /** Notes an end; the oldest finished execution may be forgotten. */
  noteFinished(execution: Execution): void;
}

export function createExecutionStore(): ExecutionStore {
  const executions = new Map<string, Execution>();
  const finished = new Set<string>();
  return {
    add: (execution) => executions.set(execution.arn, execution),
    find: (arn) => executions.get(arn),
    get(arn) {
      const execution = executions.get(arn);
      if (execution === undefined) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
      return execution;
    },
    ofMachine: (arn) => [...executions.values()].filter(({ machine }) => machine.arn === arn).reverse(),
    running: () => [...executions.values()].filter(({ status }) => status === 'RUNNING'),
    noteFinished({ arn }) {
      finished.add(arn);
      if (finished.size <= FINISHED_EXECUTIONS_MAX) return;
      const oldest = finished.values().next().value;
      if (oldest === undefined) return;
      finished.delete(oldest);
      executions.delete(oldest);
    },
  };
}
