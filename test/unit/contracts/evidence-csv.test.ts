// Metrics from a file a person made: every line is checked, and what is wrong is said with its line.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEvidenceCsv } from '#contracts/evidence-csv.ts';

const HEADER = 'minute,blue_requests,blue_errors,green_requests,green_errors';

test('minutes as times or numbers, quiet ones filled in', () => {
  expect(parseEvidenceCsv(`\uFEFF${HEADER}\r\n2026-11-23T09:00:30Z,900,1,100,0\r\n2026-11-23T09:02:00Z,0,0,5,5\r\n`)).toEqual({
    ok: true,
    value: [
      { minute: Date.UTC(2026, 10, 23, 9, 0), blue: { requests: 900, errors: 1 }, green: { requests: 100, errors: 0 } },
      { minute: Date.UTC(2026, 10, 23, 9, 1) },
      { minute: Date.UTC(2026, 10, 23, 9, 2), green: { requests: 5, errors: 5 } },
    ],
  });
  expect(parseEvidenceCsv(`${HEADER}\n7,1,0,1,0\n`)).toMatchObject({ ok: true, value: [{ minute: 420_000 }] });
});

test.each([
  ['no header', '1,2,3,4,5', 'line 1: the first line must be'],
  ['no minutes', HEADER, 'no minute'],
  ['a missing value', `${HEADER}\n1,2,0,4`, 'line 2: must have 5 values, has 4'],
  ['a word for a number', `${HEADER}\n1,2,0,many,0`, 'line 2: green_requests must be a whole number, got many'],
  ['a negative number', `${HEADER}\n1,2,-1,4,0`, 'blue_errors must be a whole number'],
  ['more errors than requests', `${HEADER}\n1,2,3,4,0`, 'errors must be at most requests'],
  ['a minute that is none', `${HEADER}\nnoon,2,0,4,0`, 'minute must be an ISO time'],
  ['minutes out of order', `${HEADER}\n2,2,0,4,0\n1,2,0,4,0`, 'line 3: minutes must ascend'],
  ['a gap of years', `${HEADER}\n1,2,0,4,0\n99999999,2,0,4,0`, 'more than a week'],
])('%s', (_what, text, problem) => {
  expect(parseEvidenceCsv(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
});

test('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof parseEvidenceCsv(`${HEADER}\n${text}`).ok === 'boolean'));
});
