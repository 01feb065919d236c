// What a Task state asks of an integration. One file per integration builds these; integration-of.ts chooses.
import type { Principal, Region } from '../../region.ts';
import type { Json } from '../evaluation/json.ts';
import type { Waiting } from './task-resource.ts';

/** Who calls, and from where. */
export interface TaskCall {
  readonly region: Region;
  readonly principal: Principal;
  readonly executionArn: string;
  readonly stateMachineArn: string;
}

export interface Integration {
  /** `function`: the LambdaFunction* events; `task`: the Task* events. */
  readonly events: 'function' | 'task';
  /** `lambda`, `aws-sdk:ecs`: resourceType of the events. */
  readonly resourceType: string;
  /** `invoke.waitForTaskToken`: resource of the events; a function's ARN for `function`. */
  readonly resource: string;
  readonly waiting: Waiting;
  /** What is wrong with the arguments before any call is made; the execution fails with States.Runtime. */
  problems(args: Json): readonly string[];
  /** Makes the call. @throws TaskFault when it fails. */
  submit(args: Json, call: TaskCall): Promise<Json>;
  /** For jobs: waits for the end of what `submit` started. @throws TaskFault when that failed. */
  follow?(submitted: Json, call: TaskCall): Promise<Json>;
  /** For jobs: ends what `submit` started, because nobody waits for it any more. */
  abandon?(submitted: Json, call: TaskCall): void;
}
