// Wait: for a number of seconds or until a point in time, on the region's clock.
import type { Json } from '../evaluation/json.ts';
import { parseTimestamp } from '../evaluation/timestamp.ts';
import { SECONDS_MAX } from '../limits.ts';
import { completeState, dataFlowOf } from './data-flow.ts';
import { sleepUnlessInterrupted } from './interruption.ts';
import { evaluationFailed, runtimeFault } from './record.ts';
import type { Transition, Visit } from './run.ts';

export async function runWait(visit: Visit): Promise<Transition> {
  const { clock } = visit.frame.run.region;
  const until = await wakeAt(visit);
  const delayMs = until - clock.now();
  if (delayMs > 0) await sleepUnlessInterrupted(clock, delayMs, visit.frame.interruption, `wait in ${visit.name}`);
  return await completeState(visit, await dataFlowOf(visit).input(visit), {});
}

async function wakeAt(visit: Visit): Promise<number> {
  const flow = dataFlowOf(visit);
  const seconds = await flow.field(visit, 'Seconds', 'number');
  if (seconds !== undefined) {
    if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && seconds <= SECONDS_MAX) return visit.enteredAt + seconds * 1000;
    throw invalidField(visit, 'Seconds', `must be an integer between 0 and ${SECONDS_MAX}`, seconds);
  }
  const timestamp = await flow.field(visit, 'Timestamp', 'string');
  const at = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined;
  if (at === undefined)
    throw invalidField(visit, 'Timestamp', 'does not reference a valid ISO-8601 extended offset date-time format string', timestamp ?? null);
  return at;
}

/** The wording for JSONata is ours (unverified). */
function invalidField(visit: Visit, field: string, rule: string, value: Json): Error {
  const text = `The value specified for the field '${field}' ${rule}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  return visit.language === 'JSONata' ? evaluationFailed(visit, text, field) : runtimeFault(visit, text);
}
