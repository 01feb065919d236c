// The bounds of the local CloudWatch Logs, and that it says what it drops.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLogs } from '#localaws/logs/create-logs.ts';
import { parseFilterPattern } from '#localaws/logs/filter-pattern.ts';
import { GROUP_STREAMS_MAX, STREAM_BYTES_MAX, STREAM_EVENTS_MAX } from '#localaws/logs/limits.ts';
import type { AwsShape } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

let running: RunningRegion;
let said: string[];
const logGroupName = 'orders';
const logs = (operation: string, input: AwsShape) => running.region.call('logs', operation, { logGroupName, ...input }, { kind: 'root' });

beforeEach(async () => {
  said = [];
  running = await startRegion({ services: [createLogs], clock: { kind: 'virtual' }, log: (_source, message) => said.push(message) });
  await logs('CreateLogGroup', {});
});

afterEach(() => running.close());

test('A stream keeps its newest events and says how many it dropped.', async () => {
  await logs('CreateLogStream', { logStreamName: 's' });
  const timestamp = running.clock.now();
  const batch = (from: number) => Array.from({ length: 10_000 }, (_, index) => ({ timestamp: new Date(timestamp), message: `event ${from + index}` }));
  for (const from of [0, 10_000, 20_000]) await logs('PutLogEvents', { logStreamName: 's', logEvents: batch(from) });
  const { events } = await logs('GetLogEvents', { logStreamName: 's', startFromHead: true, limit: 1 });
  expect(events[0].message).toBe(`event ${30_000 - STREAM_EVENTS_MAX}`);
  expect(said).toEqual([`orders s is full: dropped its ${30_000 - STREAM_EVENTS_MAX} oldest events`]);
});

test('A stream keeps a bounded number of bytes.', async () => {
  await logs('CreateLogStream', { logStreamName: 's' });
  const message = 'x'.repeat(500_000);
  for (let index = 0; index < 20; index++) await logs('PutLogEvents', { logStreamName: 's', logEvents: [{ timestamp: running.clock.now(), message }] });
  const { logGroups } = await logs('DescribeLogGroups', {});
  expect(logGroups[0].storedBytes).toBeLessThanOrEqual(STREAM_BYTES_MAX);
  expect(logGroups[0].storedBytes).toBeGreaterThan(STREAM_BYTES_MAX / 2);
});

test('A full group drops the stream written longest ago.', async () => {
  for (let index = 0; index <= GROUP_STREAMS_MAX; index++) await logs('CreateLogStream', { logStreamName: `s${index}` });
  await expect(logs('GetLogEvents', { logStreamName: 's0' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  expect((await logs('GetLogEvents', { logStreamName: `s${GROUP_STREAMS_MAX}` }))['events']).toEqual([]);
});

test('A group under deletion protection stays.', async () => {
  await logs('PutLogGroupDeletionProtection', { deletionProtectionEnabled: true });
  await expect(logs('DeleteLogGroup', {})).rejects.toMatchObject({ code: 'ValidationException' });
});

test('Either-terms are ignored beside others, quotes may hold quotes, and the empty pattern matches all.', () => {
  expect(parseFilterPattern('')('anything')).toBe(true);
  expect(parseFilterPattern('ERROR ?INFO')('INFO')).toBe(false);
  expect(parseFilterPattern('"say \\"hi\\""')('say "hi"')).toBe(true);
  expect(() => parseFilterPattern('"open')).toThrow(/quote/);
});
