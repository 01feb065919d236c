// Schedule expressions: when they run next, and which are none.
import { describe, expect, test } from '@jest/globals';
import { parseSchedule } from '#localaws/eventbridge/schedule/schedule-expression.ts';

/** The next runs after a moment, as ISO texts to the minute. */
function runs(expression: string, after: string, count: number): string[] {
  const schedule = parseSchedule(expression);
  const times: string[] = [];
  let at = Date.parse(after);
  while (times.length < count) {
    const next = schedule?.next(at, at);
    if (next === undefined) break;
    times.push(new Date(next).toISOString().slice(0, 16));
    at = next;
  }
  return times;
}

describe('cron', () => {
  test.each([
    ['cron(0/15 8-9 * * ? *)', ['2026-11-16T08:00', '2026-11-16T08:15', '2026-11-16T08:30']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-11-16T18:00', '2026-11-17T18:00', '2026-11-18T18:00', '2026-11-19T18:00', '2026-11-20T18:00', '2026-11-23T18:00']],
    ['cron(0 9 L * ? *)', ['2026-11-30T09:00', '2026-12-31T09:00', '2027-01-31T09:00', '2027-02-28T09:00']],
    ['cron(0 9 LW * ? *)', ['2026-11-30T09:00', '2026-12-31T09:00', '2027-01-29T09:00']],
    [
      'cron(0 9 15W * ? *)',
      ['2026-11-16T09:00', '2026-12-15T09:00', '2027-01-15T09:00', '2027-02-15T09:00', '2027-03-15T09:00', '2027-04-15T09:00', '2027-05-14T09:00'],
    ],
    ['cron(0 9 1W 5 ? 2027)', ['2027-05-03T09:00']],
    ['cron(0 9 ? * 6L *)', ['2026-11-27T09:00', '2026-12-25T09:00']],
    ['cron(0 9 ? * TUE#3 *)', ['2026-11-17T09:00', '2026-12-15T09:00']],
    ['cron(0 9 ? * L *)', ['2026-11-21T09:00', '2026-11-28T09:00']],
    ['cron(30 10 29 FEB ? 2027-2033)', ['2028-02-29T10:30', '2032-02-29T10:30']],
    ['cron(5,10 0 1 1,7 ? 2027)', ['2027-01-01T00:05', '2027-01-01T00:10', '2027-07-01T00:05', '2027-07-01T00:10']],
  ])('%s', (expression, expected) => {
    expect(runs(expression, '2026-11-16T00:00:30Z', expected.length)).toEqual(expected);
  });

  test('A cron whose years are over never runs again.', () => {
    expect(runs('cron(0 9 * * ? 2026)', '2026-12-31T10:00:00Z', 1)).toEqual([]);
  });
});

describe('rate', () => {
  test('It runs each period after the schedule was made, whenever it is asked.', () => {
    const schedule = parseSchedule('rate(10 minutes)');
    expect(schedule?.next(1_000, 1_000)).toBe(601_000);
    expect(schedule?.next(601_000, 1_000)).toBe(1_201_000);
    expect(schedule?.next(1_100_000, 1_000)).toBe(1_201_000);
  });
});

describe('at', () => {
  test('It runs once, and only where the caller takes one-time schedules.', () => {
    expect(parseSchedule('at(2026-11-16T10:00:00)')).toBeUndefined();
    const schedule = parseSchedule('at(2026-11-16T10:00:00)', true);
    const at = Date.UTC(2026, 10, 16, 10);
    expect(schedule?.next(at - 1, 0)).toBe(at);
    expect(schedule?.next(at, 0)).toBeUndefined();
  });
});

test.each([
  ['rate(1 minutes)'],
  ['rate(5 minute)'],
  ['rate(0 minutes)'],
  ['rate(5 seconds)'],
  ['cron(0 9 * * * *)'],
  ['cron(0 9 ? * ? *)'],
  ['cron(0 9 * * ?)'],
  ['cron(60 9 * * ? *)'],
  ['cron(0 9 32 * ? *)'],
  ['cron(0 9 ? * 8 *)'],
  ['cron(0 9 ? * MON#6 *)'],
  ['cron(5-1 9 * * ? *)'],
  ['cron(0/0 9 * * ? *)'],
  ['0 9 * * ? *'],
  ['at(2026-02-30T10:00:00)'],
  [''],
])('%s is no schedule expression.', (expression) => {
  expect(parseSchedule(expression, true)).toBeUndefined();
});
