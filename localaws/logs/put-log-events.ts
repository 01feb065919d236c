// PutLogEvents with its many rules: order, span, sizes, and times too old or too new.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import { groupOf, invalidMember, invalidParameter, streamName, streamOf, timeMember } from './inputs.ts';
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX, BATCH_SPAN_MS_MAX, EVENT_AGE_MS_MAX, EVENT_AHEAD_MS_MAX, EVENT_OVERHEAD_BYTES } from './limits.ts';
import { addEvents, type LogEvent, type LogState } from './log-state.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface GivenEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly bytes: number;
}

/** Stores a batch; events outside the accepted times are left out and reported, as AWS does. Sequence tokens are answered and never asked for. */
export function putLogEvents(region: Region, state: LogState, input: AwsShape): AwsShape {
  const name = streamName(input);
  const group = groupOf(region, state, input);
  const stream = streamOf(group, name);
  const events = readEvents(input['logEvents']);
  const now = region.clock.now();
  const oldestKept = group.retentionInDays === undefined ? Number.NEGATIVE_INFINITY : now - group.retentionInDays * DAY_MS;
  const expiredEnd = events.filter((event) => event.timestamp < oldestKept).length;
  const tooOldEnd = events.filter((event) => event.timestamp < now - EVENT_AGE_MS_MAX).length;
  const tooNewStart = events.findIndex((event) => event.timestamp > now + EVENT_AHEAD_MS_MAX);
  const accepted = events.slice(Math.max(expiredEnd, tooOldEnd), tooNewStart < 0 ? undefined : tooNewStart);
  const stored = accepted.map((event): LogEvent => ({ ...event, ingestionTime: now, sequence: state.nextSequence++ }));
  if (stored.length > 0) stream.lastIngestionTime = now;
  addEvents(region, state, group, stream, stored);
  const rejected = {
    ...(tooNewStart < 0 ? {} : { tooNewLogEventStartIndex: tooNewStart }),
    ...(tooOldEnd === 0 ? {} : { tooOldLogEventEndIndex: tooOldEnd }),
    ...(expiredEnd === 0 ? {} : { expiredLogEventEndIndex: expiredEnd }),
  };
  return { nextSequenceToken: region.ids.digits(56), ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }) };
}

function readEvents(value: unknown): GivenEvent[] {
  if (value === undefined || value === null) throw invalidMember('logEvents', value, 'Member must not be null');
  if (!Array.isArray(value)) throw new AwsError('SerializationException', 'Expected list for member logEvents.');
  if (value.length === 0) throw invalidMember('logEvents', '[]', 'Member must have length greater than or equal to 1');
  if (value.length > BATCH_EVENTS_MAX)
    throw invalidMember('logEvents', `[${value.length} items]`, `Member must have length less than or equal to ${BATCH_EVENTS_MAX}`);
  const events = value.map((item, index) => readEvent(item, index));
  const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
  if (bytes > BATCH_BYTES_MAX) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  if (events.some((event, index) => event.timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > BATCH_SPAN_MS_MAX) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
  return events;
}

function readEvent(item: unknown, index: number): GivenEvent {
  const shape = (typeof item === 'object' && item !== null ? item : {}) as AwsShape;
  const timestamp = timeMember(shape, 'timestamp');
  if (timestamp === undefined) throw invalidMember(`logEvents.${index + 1}.member.timestamp`, undefined, 'Member must not be null');
  const message: unknown = shape['message'];
  if (typeof message !== 'string') throw invalidMember(`logEvents.${index + 1}.member.message`, undefined, 'Member must not be null');
  if (message === '') throw invalidMember(`logEvents.${index + 1}.member.message`, '', 'Member must have length greater than or equal to 1');
  const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
  if (bytes > BATCH_BYTES_MAX) throw invalidParameter(`Log event too large: ${bytes} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  return { timestamp, message, bytes };
}
