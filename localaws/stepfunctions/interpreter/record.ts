// Entering, leaving and recording: the only place where the interpreter writes history, so that ids and previous ids follow
// the order recorded on AWS.
import type { AwsShape } from '../../region.ts';
import type { Json, JsonObject } from '../evaluation/json.ts';
import { payloadMember } from '../history/history.ts';
import { ExecutionFault } from './faults.ts';
import { type Frame, languageIn, type Visit } from './run.ts';

/** Adds an event to the line and makes it the line's last one. */
export function record(frame: Frame, type: string, details?: AwsShape): number {
  const id = frame.run.history.append(type, frame.cursor.lastEventId, details);
  frame.cursor.lastEventId = id;
  return id;
}

/** Adds an event that the line's next event does not count as its previous one (as AWS does for the end of iterations). */
export function recordAside(frame: Frame, type: string, details?: AwsShape): number {
  return frame.run.history.append(type, frame.cursor.lastEventId, details);
}

/** Records the entry into a state. */
export function enterState(frame: Frame, name: string, input: Json): Visit {
  const state = frame.group.States[name];
  if (state === undefined) throw new Error(`localaws defect: the state '${name}' passed the check and is not there`);
  const enteredAfterEventId = frame.cursor.lastEventId;
  const enteredEventId = record(frame, `${state.Type}StateEntered`, { stateEnteredEventDetails: { name, ...payloadMember('input', JSON.stringify(input)) } });
  return {
    frame,
    name,
    state,
    language: languageIn(frame, state),
    input,
    enteredAt: frame.run.region.clock.now(),
    enteredEventId,
    enteredAfterEventId,
    retryCount: 0,
  };
}

/** Records the exit from a state, with what it assigned. */
export function exitState(visit: Visit, output: Json, assigned: JsonObject): void {
  const names = Object.keys(assigned);
  record(visit.frame, `${visit.state.Type}StateExited`, {
    stateExitedEventDetails: {
      name: visit.name,
      ...payloadMember('output', JSON.stringify(output)),
      ...(names.length === 0
        ? {}
        : {
            assignedVariables: Object.fromEntries(names.map((name) => [name, JSON.stringify(assigned[name])])),
            assignedVariablesDetails: { truncated: false },
          }),
    },
  });
}

/** The opening words of every cause that names a state. */
export function causeInState(visit: Visit, text: string): string {
  return `An error occurred while executing the state '${visit.name}' (entered at the event id #${visit.enteredEventId}). ${text}`;
}

/** Records a failed evaluation and answers the fault to throw. `location` is absent when no field is to blame. */
export function evaluationFailed(visit: Visit, text: string, location?: string): ExecutionFault {
  const { frame } = visit;
  const [error, cause] = ['States.QueryEvaluationError', causeInState(visit, text)];
  // Recorded on AWS: the event names the same previous event as the state's entry. When the state has done something since,
  // the last event is the likely one (unverified).
  const previous = frame.cursor.lastEventId === visit.enteredEventId ? visit.enteredAfterEventId : frame.cursor.lastEventId;
  frame.cursor.lastEventId = frame.run.history.append('EvaluationFailed', previous, {
    evaluationFailedEventDetails: { error, cause, state: visit.name, ...(location === undefined ? {} : { location }) },
  });
  return new ExecutionFault(error, cause);
}

/** The fault of something that no Retry or Catch can help. */
export function runtimeFault(visit: Visit, text: string, error = 'States.Runtime'): ExecutionFault {
  return new ExecutionFault(error, causeInState(visit, text), { catchable: false });
}
