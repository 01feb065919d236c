// The shape of a state machine definition after the check has passed: AWS's own JSON, typed.
import type { Json, JsonObject } from '../evaluation/json.ts';

export type QueryLanguage = 'JSONata' | 'JSONPath';
export const STATE_TYPES = ['Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map'] as const;
export type StateType = (typeof STATE_TYPES)[number];

/** StartAt and States: a whole machine, a branch, or an item processor. */
export interface StateGroup {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Definition extends StateGroup {
  readonly Comment?: string;
  readonly Version?: string;
  readonly QueryLanguage?: QueryLanguage;
  readonly TimeoutSeconds?: number;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

/** What a state, a catcher or a choice rule says about its output; JSONata has Output, JSONPath the path fields. */
export interface OutputBlock {
  readonly Output?: Json;
  readonly Assign?: JsonObject;
  readonly ResultPath?: string | null;
  readonly ResultSelector?: JsonObject;
  readonly OutputPath?: string | null;
}

interface Catcher extends OutputBlock {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

interface ChoiceRule extends OutputBlock {
  readonly Condition: string | boolean;
  readonly Next: string;
}

/** One state. The check guarantees which members a type has; the interpreter of a type reads only those. */
export interface State extends OutputBlock {
  readonly Type: StateType;
  readonly Comment?: string;
  readonly QueryLanguage?: QueryLanguage;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Arguments?: Json;
  readonly InputPath?: string | null;
  readonly Parameters?: Json;
  readonly Result?: Json;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number | string;
  readonly TimeoutSecondsPath?: string;
  readonly HeartbeatSeconds?: number | string;
  readonly HeartbeatSecondsPath?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: number | string;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
  readonly Branches?: readonly StateGroup[];
  readonly ItemProcessor?: StateGroup & { readonly ProcessorConfig?: { readonly Mode?: string } };
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly MaxConcurrency?: number | string;
  readonly ToleratedFailureCount?: number | string;
  readonly ToleratedFailurePercentage?: number | string;
}

/** The language a state is written in: its own setting, else the machine's, else JSONPath. */
export function queryLanguageOf(definition: { readonly QueryLanguage?: QueryLanguage }, state: { readonly QueryLanguage?: QueryLanguage }): QueryLanguage {
  return state.QueryLanguage ?? definition.QueryLanguage ?? 'JSONPath';
}
