// What the local CloudWatch Logs remembers: groups, streams and a bounded number of events. Keeping within the bounds drops
// the oldest and says so in the log of the local AWS.
import type { Region } from '../region.ts';
import { GROUP_STREAMS_MAX, STREAM_BYTES_MAX, STREAM_EVENTS_MAX, TOTAL_BYTES_MAX } from './limits.ts';

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
  readonly bytes: number;
  /** Order over all streams; with the timestamp it is the event's id. */
  readonly sequence: number;
}

export interface LogStream {
  readonly name: string;
  readonly arn: string;
  readonly creationTime: number;
  lastIngestionTime: number | undefined;
  /** By timestamp, then by arrival. */
  events: LogEvent[];
  bytes: number;
}

export interface LogGroup {
  readonly name: string;
  /** Without the `:*` that some operations show. */
  readonly arn: string;
  readonly creationTime: number;
  readonly kmsKeyId: string | undefined;
  readonly logGroupClass: string;
  retentionInDays: number | undefined;
  deletionProtected: boolean;
  tags: Map<string, string>;
  readonly streams: Map<string, LogStream>;
}

export interface LogState {
  readonly groups: Map<string, LogGroup>;
  nextSequence: number;
  bytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function createLogState(): LogState {
  return { groups: new Map(), nextSequence: 1, bytes: 0 };
}

/** The id of an event, 56 digits as in AWS; ids sort as events do. */
export function eventId(event: Pick<LogEvent, 'timestamp' | 'sequence'>): string {
  return `${String(Math.max(0, event.timestamp)).padStart(20, '0')}${String(event.sequence).padStart(36, '0')}`;
}

/** Adds events to a stream and keeps every bound. */
export function addEvents(region: Region, state: LogState, group: LogGroup, stream: LogStream, events: readonly LogEvent[]): void {
  const first = events[0];
  if (first === undefined) return;
  const last = stream.events.at(-1);
  for (const event of events) {
    stream.events.push(event);
    account(state, stream, event.bytes);
  }
  // Another writer may have brought later events before.
  if (last !== undefined && first.timestamp < last.timestamp) stream.events.sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
  trimStream(region, state, group, stream);
  makeRoom(region, state, stream);
}

/** Drops the events that the group's retention no longer covers. */
export function expireEvents(state: LogState, group: LogGroup, now: number): void {
  if (group.retentionInDays === undefined) return;
  const oldest = now - group.retentionInDays * DAY_MS;
  for (const stream of group.streams.values()) {
    const kept = stream.events.findIndex((event) => event.timestamp >= oldest);
    dropOldest(state, stream, kept < 0 ? stream.events.length : kept);
  }
}

/** Forgets a stream and gives its bytes back. */
export function removeStream(state: LogState, group: LogGroup, stream: LogStream): void {
  dropOldest(state, stream, stream.events.length);
  group.streams.delete(stream.name);
}

/** Before a stream is added: the one written longest ago makes place in a full group. */
export function makePlaceForStream(region: Region, state: LogState, group: LogGroup): void {
  if (group.streams.size < GROUP_STREAMS_MAX) return;
  const oldest = writtenLongestAgo(group.streams.values());
  if (oldest === undefined) return;
  removeStream(state, group, oldest);
  region.log('logs', `${group.name} has ${GROUP_STREAMS_MAX} streams: dropped ${oldest.name}, written longest ago`);
}

function trimStream(region: Region, state: LogState, group: LogGroup, stream: LogStream): void {
  let count = Math.max(0, stream.events.length - STREAM_EVENTS_MAX);
  let bytes = stream.bytes - stream.events.slice(0, count).reduce((sum, event) => sum + event.bytes, 0);
  while (bytes > STREAM_BYTES_MAX && count < stream.events.length) bytes -= stream.events[count++]?.bytes ?? 0;
  if (count === 0) return;
  dropOldest(state, stream, count);
  region.log('logs', `${group.name} ${stream.name} is full: dropped its ${count} oldest events`);
}

function makeRoom(region: Region, state: LogState, writing: LogStream): void {
  if (state.bytes <= TOTAL_BYTES_MAX) return;
  const streams = [...state.groups.values()].flatMap((group) => [...group.streams.values()]);
  // Each round empties one stream, so there are at most as many rounds as streams.
  for (let rounds = 0; state.bytes > TOTAL_BYTES_MAX && rounds < streams.length; rounds++) {
    const oldest = writtenLongestAgo(streams.filter((stream) => stream !== writing && stream.bytes > 0));
    if (oldest === undefined) return;
    region.log('logs', `all logs together have ${TOTAL_BYTES_MAX} bytes: dropped ${oldest.events.length} events of ${oldest.arn}`);
    dropOldest(state, oldest, oldest.events.length);
  }
}

function dropOldest(state: LogState, stream: LogStream, count: number): void {
  for (const event of stream.events.splice(0, count)) account(state, stream, -event.bytes);
}

function account(state: LogState, stream: LogStream, bytes: number): void {
  stream.bytes += bytes;
  state.bytes += bytes;
}

function writtenLongestAgo(streams: Iterable<LogStream>): LogStream | undefined {
  let oldest: LogStream | undefined;
  const writtenAt = (stream: LogStream): number => stream.lastIngestionTime ?? stream.creationTime;
  for (const stream of streams) if (oldest === undefined || writtenAt(stream) < writtenAt(oldest)) oldest = stream;
  return oldest;
}
