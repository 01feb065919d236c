// What an execution under way is made of: the run (one per execution), frames (the main line, a branch, a Map iteration) and
// visits (one stay in a state).
import type { Principal, Region } from '../../region.ts';
import type { Definition, QueryLanguage, State, StateGroup } from '../definition/definition.ts';
import { queryLanguageOf } from '../definition/definition.ts';
import type { Json, JsonObject } from '../evaluation/json.ts';
import type { History } from '../history/history.ts';
import type { Integration } from '../integrations/integration.ts';
import type { TaskTokens } from '../operations/task-tokens.ts';
import type { Interruption } from './interruption.ts';

export interface Run {
  readonly region: Region;
  readonly definition: Definition;
  readonly executionArn: string;
  readonly executionName: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly input: Json;
  readonly startedAt: number;
  readonly history: History;
  /** The state machine's role: who makes the calls of its tasks. */
  readonly principal: Principal;
  readonly tokens: TaskTokens;
  readonly integrationOf: (resource: string) => Integration;
}

/** Variables of one group of states; inner scopes read the outer ones and write only their own. */
interface Scope {
  readonly variables: Map<string, Json>;
  readonly outer?: Scope;
}

/** Where a line of states is in the history. */
interface Cursor {
  lastEventId: number;
}

export interface Frame {
  readonly run: Run;
  readonly group: StateGroup;
  readonly scope: Scope;
  readonly cursor: Cursor;
  readonly interruption: Interruption;
  /** The item of the innermost Map around this line, for `$states.context.Map`. */
  readonly item?: { readonly index: number; readonly value: Json };
}

export interface Visit {
  readonly frame: Frame;
  readonly name: string;
  readonly state: State;
  readonly language: QueryLanguage;
  readonly input: Json;
  readonly enteredAt: number;
  readonly enteredEventId: number;
  /** The previousEventId of the entered event. */
  readonly enteredAfterEventId: number;
  retryCount: number;
  taskToken?: string;
}

/** Where the line goes after a state; no `next`: it ends here. */
export interface Transition {
  readonly output: Json;
  readonly next?: string;
}

/** All variables a scope can read. */
export function visibleVariables(scope: Scope): Record<string, Json> {
  const outer = scope.outer === undefined ? {} : visibleVariables(scope.outer);
  return Object.assign(outer, Object.fromEntries(scope.variables));
}

/** The language of a state of this frame. */
export function languageIn(frame: Frame, state: State): QueryLanguage {
  return queryLanguageOf(frame.run.definition, state);
}

/** `$states.context` (or `$$`) during a visit; `item` overrides the Map item while a Map prepares an iteration. */
export function contextObject(visit: Visit, item: { index: number; value: Json } | undefined = visit.frame.item): JsonObject {
  const { run } = visit.frame;
  const context: JsonObject = {
    Execution: {
      Id: run.executionArn,
      Input: run.input,
      Name: run.executionName,
      RoleArn: run.roleArn,
      StartTime: new Date(run.startedAt).toISOString(),
      RedriveCount: 0,
    },
    State: { EnteredTime: new Date(visit.enteredAt).toISOString(), Name: visit.name, RetryCount: visit.retryCount },
    StateMachine: { Id: run.stateMachineArn, Name: run.stateMachineName },
  };
  if (visit.taskToken !== undefined) context['Task'] = { Token: visit.taskToken };
  if (item !== undefined) context['Map'] = { Item: { Index: item.index, Value: item.value } };
  return context;
}
