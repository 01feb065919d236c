// The event history of one execution: what GetExecutionHistory answers, bounded as in AWS.
import type { AwsShape } from '../../region.ts';
import { ExecutionFault } from '../interpreter/faults.ts';
import { HISTORY_EVENTS_MAX } from '../limits.ts';

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The one `...EventDetails` member, where the type has one. */
  readonly details?: AwsShape;
}

export interface History {
  readonly events: readonly HistoryEvent[];
  /**
   * Adds an event and answers its id.
   * @throws ExecutionFault when only the closing event still fits.
   */
  append(type: string, previousEventId: number, details?: AwsShape): number;
  /** Adds an event unless the history is full; for what is told while something ends anyway. */
  appendIfRoom(type: string, previousEventId: number, details?: AwsShape): number | undefined;
  /** Adds the last event, for which room is always left. */
  close(type: string, details: AwsShape): void;
}

export function createHistory(now: () => number): History {
  const events: HistoryEvent[] = [];
  const add = (type: string, previousEventId: number, details?: AwsShape): number => {
    const id = events.length + 1;
    events.push({ id, previousEventId, type, at: now(), ...(details === undefined ? {} : { details }) });
    return id;
  };
  const isFull = (): boolean => events.length >= HISTORY_EVENTS_MAX - 1;
  return {
    events,
    append(type, previousEventId, details) {
      if (isFull()) {
        throw new ExecutionFault('States.Runtime', `The execution reached the maximum number of history events (${HISTORY_EVENTS_MAX}).`, { catchable: false });
      }
      return add(type, previousEventId, details);
    },
    appendIfRoom: (type, previousEventId, details) => (isFull() ? undefined : add(type, previousEventId, details)),
    close(type, details) {
      add(type, events.length, details);
    },
  };
}

/** `{input, inputDetails}` or `{output, outputDetails}` as events carry payloads. */
export function payloadMember(member: 'input' | 'output', text: string): AwsShape {
  return { [member]: text, [`${member}Details`]: { truncated: false } };
}
