// Reading events: one stream back and forth (GetLogEvents), or a whole group by pattern (FilterLogEvents).
import type { AwsShape, Operation, Region } from '../region.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { groupOf, invalidMember, invalidParameter, judgedArn, limitMember, optionalString, streamName, streamOf, timeMember } from './inputs.ts';
import { ANSWER_BYTES_MAX, ANSWER_EVENTS_MAX, FILTER_STREAMS_MAX } from './limits.ts';
import { eventId, expireEvents, type LogEvent, type LogGroup, type LogState, type LogStream } from './log-state.ts';

export function createReadOperations(region: Region, state: LogState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [judgedArn(region, input)];
  return {
    GetLogEvents: { resources, handle: (input) => getLogEvents(region, state, input) },
    FilterLogEvents: { resources, handle: (input) => filterLogEvents(region, state, input) },
  };
}

/** A position between events: everything up to this id is before it. */
const STREAM_START = '0'.repeat(56);

function getLogEvents(region: Region, state: LogState, input: AwsShape): AwsShape {
  const name = streamName(input);
  const group = groupOf(region, state, input);
  const stream = streamOf(group, name);
  expireEvents(state, group, region.clock.now());
  const start = timeMember(input, 'startTime') ?? 0;
  const end = timeMember(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  const limit = limitMember(input, ANSWER_EVENTS_MAX);
  const token = readToken(optionalString(input, 'nextToken'));
  const inTime = stream.events.filter((event) => event.timestamp >= start && event.timestamp < end);
  const forward = token === undefined ? input['startFromHead'] === true || input['startFromHead'] === 'true' : token.direction === 'f';
  const candidates = token === undefined ? inTime : inTime.filter((event) => (forward ? eventId(event) > token.id : eventId(event) < token.id));
  const events = forward ? fitting(candidates, limit) : fitting([...candidates].reverse(), limit).reverse();
  const first = events[0];
  const last = events.at(-1);
  // Where nothing is left the same token comes back, which is how callers know the end.
  return {
    events: events.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${last === undefined ? (token?.id ?? STREAM_START) : eventId(last)}/s`,
    nextBackwardToken: `b/${first === undefined ? (token?.id ?? STREAM_START) : eventId(first)}/s`,
  };
}

function readToken(token: string | undefined): { direction: 'f' | 'b'; id: string } | undefined {
  if (token === undefined) return undefined;
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (match?.[1] === undefined || match[2] === undefined) throw invalidParameter('The specified nextToken is invalid.');
  return { direction: match[1] === 'f' ? 'f' : 'b', id: match[2] };
}

/** As many events as one answer holds. */
function fitting<Event extends LogEvent>(events: readonly Event[], limit: number): Event[] {
  let bytes = 0;
  const fit = events.slice(0, limit);
  const end = fit.findIndex((event, index) => {
    bytes += event.bytes;
    return bytes > ANSWER_BYTES_MAX && index > 0;
  });
  return end < 0 ? fit : fit.slice(0, end);
}

interface FoundEvent extends LogEvent {
  readonly stream: LogStream;
  readonly id: string;
}

function filterLogEvents(region: Region, state: LogState, input: AwsShape): AwsShape {
  const group = groupOf(region, state, input);
  const streams = streamsToSearch(group, input);
  const matches = parseFilterPattern(optionalPattern(input));
  const limit = limitMember(input, ANSWER_EVENTS_MAX);
  const start = timeMember(input, 'startTime') ?? 0;
  const end = timeMember(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  if (end < start) throw invalidParameter('End time should be greater than or equal to start time.');
  const after = optionalString(input, 'nextToken') ?? '';
  if (after !== '' && !/^\d{56}$/.test(after)) throw invalidParameter('The specified nextToken is invalid.');
  expireEvents(state, group, region.clock.now());
  const found: FoundEvent[] = [];
  for (const stream of streams) {
    for (const event of stream.events) {
      if (event.timestamp < start || event.timestamp > end || !matches(event.message)) continue;
      const id = eventId(event);
      if (id > after) found.push({ ...event, stream, id });
    }
  }
  found.sort((a, b) => (a.id < b.id ? -1 : 1));
  const events = fitting(found, limit);
  return {
    events: events.map(({ stream, timestamp, message, ingestionTime, id }) => ({ logStreamName: stream.name, timestamp, message, ingestionTime, eventId: id })),
    searchedLogStreams: [],
    nextToken: events.length < found.length ? events.at(-1)?.id : undefined,
  };
}

function optionalPattern(input: AwsShape): string {
  return input['filterPattern'] === '' ? '' : (optionalString(input, 'filterPattern') ?? '');
}

function streamsToSearch(group: LogGroup, input: AwsShape): LogStream[] {
  const names: unknown = input['logStreamNames'];
  const prefix = optionalString(input, 'logStreamNamePrefix');
  if (names !== undefined && names !== null) {
    if (prefix !== undefined) throw invalidParameter('LogStream names and LogStream name prefix are mutually exclusive parameters.');
    if (!Array.isArray(names) || names.length === 0) throw invalidMember('logStreamNames', '[]', 'Member must have length greater than or equal to 1');
    if (names.length > FILTER_STREAMS_MAX) {
      throw invalidMember('logStreamNames', `[${names.length} items]`, `Member must have length less than or equal to ${FILTER_STREAMS_MAX}`);
    }
    return [...new Set(names)].map((name) => streamOf(group, String(name)));
  }
  return [...group.streams.values()].filter((stream) => prefix === undefined || stream.name.startsWith(prefix));
}
