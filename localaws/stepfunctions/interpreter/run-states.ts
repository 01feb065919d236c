// Runs one line of states, from its StartAt to its end: the main line of an execution, a branch or a Map iteration.
import type { StateType } from '../definition/definition.ts';
import type { Json } from '../evaluation/json.ts';
import { TRANSITIONS_PER_TURN } from '../limits.ts';
import { runChoice } from './choice-state.ts';
import { runFail } from './fail-state.ts';
import { Interrupted } from './faults.ts';
import { sleepUnlessInterrupted } from './interruption.ts';
import { runMap } from './map-state.ts';
import { runParallel } from './parallel-state.ts';
import { runPass } from './pass-state.ts';
import { enterState } from './record.ts';
import type { Frame, Transition, Visit } from './run.ts';
import { runSucceed } from './succeed-state.ts';
import { runTask } from './task-state.ts';
import { runWait } from './wait-state.ts';

const RUNNERS: Readonly<Record<StateType, (visit: Visit, runLine: RunLine) => Promise<Transition>>> = {
  Pass: runPass,
  Task: runTask,
  Choice: runChoice,
  Wait: runWait,
  Succeed: runSucceed,
  Fail: runFail,
  Parallel: runParallel,
  Map: runMap,
};

/** The types whose interruption AWS tells in the history. */
const ABORTABLE: ReadonlySet<StateType> = new Set(['Task', 'Wait', 'Parallel', 'Map']);

/** How Map and Parallel run the lines inside of them; handed in, since they cannot import this file. */
export type RunLine = (frame: Frame, input: Json) => Promise<Json>;

/**
 * Answers the output of the line.
 * @throws ExecutionFault when it fails, Interrupted when it was interrupted.
 */
export async function runStates(frame: Frame, input: Json): Promise<Json> {
  const { clock } = frame.run.region;
  let name = frame.group.StartAt;
  let value = input;
  // Bounded by the history: every state adds an event.
  for (let transitions = 1; ; transitions++) {
    if (frame.interruption.interrupted) throw new Interrupted();
    if (transitions % TRANSITIONS_PER_TURN === 0) await sleepUnlessInterrupted(clock, 0, frame.interruption, 'states turn');
    const visit = enterState(frame, name, value);
    const transition = await runState(visit);
    value = transition.output;
    if (transition.next === undefined) return value;
    name = transition.next;
  }
}

async function runState(visit: Visit): Promise<Transition> {
  const { frame, state } = visit;
  try {
    return await RUNNERS[state.Type](visit, runStates);
  } catch (error) {
    if (error instanceof Interrupted && ABORTABLE.has(state.Type)) {
      const id = frame.run.history.appendIfRoom(`${state.Type}StateAborted`, frame.cursor.lastEventId);
      if (id !== undefined) frame.cursor.lastEventId = id;
    }
    throw error;
  }
}
