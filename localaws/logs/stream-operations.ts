// Log streams and what is written to them.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { groupOf, invalidMember, invalidParameter, judgedArn, optionalString, page, streamName, streamOf } from './inputs.ts';
import { PAGE_ITEMS_MAX } from './limits.ts';
import { expireEvents, type LogGroup, type LogState, type LogStream, makePlaceForStream, removeStream } from './log-state.ts';
import { putLogEvents } from './put-log-events.ts';

export function createStreamOperations(region: Region, state: LogState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [judgedArn(region, input)];
  return {
    CreateLogStream: {
      resources,
      handle(input) {
        const name = streamName(input);
        const group = groupOf(region, state, input);
        if (group.streams.has(name)) throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
        makePlaceForStream(region, state, group);
        const arn = `${group.arn}:log-stream:${name}`;
        group.streams.set(name, { name, arn, creationTime: region.clock.now(), lastIngestionTime: undefined, events: [], bytes: 0 });
      },
    },
    DeleteLogStream: {
      resources,
      handle(input) {
        const name = streamName(input);
        const group = groupOf(region, state, input);
        removeStream(state, group, streamOf(group, name));
      },
    },
    DescribeLogStreams: { resources, handle: (input) => describeStreams(region, state, input) },
    PutLogEvents: { resources, handle: (input) => putLogEvents(region, state, input) },
  };
}

function describeStreams(region: Region, state: LogState, input: AwsShape): AwsShape {
  const group = groupOf(region, state, input);
  const prefix = optionalString(input, 'logStreamNamePrefix');
  const orderBy = optionalString(input, 'orderBy') ?? 'LogStreamName';
  if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime') {
    throw invalidMember('orderBy', orderBy, 'Member must satisfy enum value set: [LogStreamName, LastEventTime]');
  }
  if (orderBy === 'LastEventTime' && prefix !== undefined) throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  expireEvents(state, group, region.clock.now());
  const found = [...group.streams.values()].filter((stream) => prefix === undefined || stream.name.startsWith(prefix)).sort(compare(orderBy));
  if (input['descending'] === true || input['descending'] === 'true') found.reverse();
  const { items, nextToken } = page(found, input, PAGE_ITEMS_MAX);
  return { logStreams: items.map((stream) => streamShape(group, stream)), nextToken };
}

function compare(orderBy: string): (a: LogStream, b: LogStream) => number {
  const lastEvent = (stream: LogStream): number => stream.events.at(-1)?.timestamp ?? 0;
  const byName = (a: LogStream, b: LogStream): number => (a.name < b.name ? -1 : 1);
  return orderBy === 'LogStreamName' ? byName : (a, b) => lastEvent(a) - lastEvent(b) || byName(a, b);
}

/** AWS no longer counts a stream's bytes: storedBytes is always 0. */
function streamShape(group: LogGroup, stream: LogStream): AwsShape {
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    firstEventTimestamp: stream.events[0]?.timestamp,
    lastEventTimestamp: stream.events.at(-1)?.timestamp,
    lastIngestionTime: stream.lastIngestionTime,
    uploadSequenceToken: stream.lastIngestionTime === undefined ? undefined : `${stream.lastIngestionTime}`.padStart(56, '4'),
    arn: `${group.arn}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}
