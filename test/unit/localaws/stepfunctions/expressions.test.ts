import { describe, expect, test } from '@jest/globals';
import { evaluateExpression, expressionSource } from '#localaws/stepfunctions/evaluation/evaluate-expression.ts';
import { parseReferencePath, readPath, writePath } from '#localaws/stepfunctions/evaluation/reference-path.ts';
import { parseTimestamp } from '#localaws/stepfunctions/evaluation/timestamp.ts';
import { retryDelaySeconds } from '#localaws/stepfunctions/interpreter/error-handling.ts';

const evaluate = (source: string, variables = {}) =>
  evaluateExpression(source, { variables, states: { input: { a: [1, 2] } }, now: Date.UTC(2026, 4, 6, 7, 8, 9), random: () => 0.25, uuid: () => 'u-u-i-d' });

describe('an expression', () => {
  test.each([
    ['$states.input.a[1]', 2],
    ['$x & "!"', 'v!'],
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1,2,3], 2.9)', [[1, 2], [3]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(1, 1, 1)', 1],
    ["$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'],
    ["$hash('abc', 'SHA-256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$parse(\'{"a":[null]}\')', { a: [null] }],
    ['$uuid()', 'u-u-i-d'],
    ['$random()', 0.25],
    ['$random(7) = $random(7)', true],
    ['$millis()', Date.UTC(2026, 4, 6, 7, 8, 9)],
    ['$now()', '2026-05-06T07:08:09.000Z'],
    ["$now('[Y]/[M]', '+0000')", '2026/5'],
    ["$toMillis('07:08', '[H01]:[m01]')", Date.UTC(2026, 4, 6, 7, 8)],
    ['$shuffle([1,2,3])', [2, 3, 1]],
    ['null', null],
    ['[]', []],
    ['{"f": $sum, "g": 1}', { g: 1 }],
  ])('%s is %j', async (source, expected) => {
    expect(await evaluate(source, { x: 'v' })).toEqual(expected);
  });

  test.each(['$nothing', '$states.input.b', '$sum', '[1][2]'])('%s is nothing', async (source) => {
    expect(await evaluate(source)).toBeUndefined();
  });

  test.each([
    ["$eval('1')", 'T1006'],
    ["$sum('x')", 'T0412'],
    ['1 + "x"', 'T2002'],
    ["$hash('x', 'CRC')", 'D3137'],
    ['$range(1, 2, 0)', 'D3137'],
    ['$range(1, 5000, 1)', 'D3137'],
    ["$parse('{')", 'D3137'],
    ['($f := function(){ $f() + 1 }; $f())', 'U1001'],
    ['($f := function($n){ $f($n + 1) }; $f(1))', 'U1001'],
    ["$error('mine')", 'D3137'],
  ])('%s fails with %s', async (source, code) => {
    await expect(evaluate(source)).rejects.toThrow(new RegExp(`^${code}: `));
  });

  test('is only what starts and ends exactly as one', () => {
    expect(expressionSource('{% $x %}')).toBe('$x');
    expect(expressionSource('{%\n$x\n%}')).toBe('$x');
    expect(expressionSource(' {% $x %}')).toBeUndefined();
    expect(expressionSource('{% $x %} ')).toBeUndefined();
  });
});

describe('a reference path', () => {
  const roots = { input: { a: { 'b-c': [10, 20] } }, context: { Execution: { Name: 'n' } }, variables: { v: { w: 1 } } };

  test.each([
    ['$', roots.input],
    ["$.a['b-c'][1]", 20],
    ['$.a.b-c[0]', 10],
    ['$$.Execution.Name', 'n'],
    ['$v.w', 1],
    ['$.no.such', undefined],
    ['$.toString', undefined],
  ])('%s reads %j', (path, expected) => {
    const parsed = parseReferencePath(path);
    expect(parsed === undefined ? 'unparsed' : readPath(parsed, roots)).toEqual(expected);
  });

  test.each(['a', '$.a[*]', '$..a', '$.a[?(@.b)]', 'States.UUID()', '$.a[0:1]'])('%s is none', (path) => {
    expect(parseReferencePath(path)).toBeUndefined();
  });

  test('writes into a copy, making what is missing', () => {
    const target = { a: 1 };
    const path = parseReferencePath('$.b.c');
    expect(path === undefined ? undefined : writePath(path, target, 2)).toEqual({ a: 1, b: { c: 2 } });
    expect(target).toEqual({ a: 1 });
    expect(path === undefined ? 'unparsed' : writePath(path, [1], 2)).toBeUndefined();
  });
});

test('timestamps need a date, T, a time and an offset', () => {
  expect(parseTimestamp('2026-02-28T01:02:03+01:00')).toBe(Date.UTC(2026, 1, 28, 0, 2, 3));
  for (const text of ['2026-02-29T00:00:00Z', '2026-02-28t00:00:00Z', '2026-02-28T00:00:00', '2026-02-28T25:00:00Z'])
    expect(parseTimestamp(text)).toBeUndefined();
});

test('the delay before a retry grows by the rate up to the maximum, and full jitter draws below it', () => {
  const retrier = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 10 };
  expect([0, 1, 2, 3, 400].map((attempts) => retryDelaySeconds(retrier, attempts, () => 0.5))).toEqual([2, 4, 8, 10, 10]);
  expect(retryDelaySeconds({ ...retrier, JitterStrategy: 'FULL' }, 1, () => 0.5)).toBe(2);
  expect(retryDelaySeconds({ ErrorEquals: ['States.ALL'] }, 2, () => 0.5)).toBe(4);
});
