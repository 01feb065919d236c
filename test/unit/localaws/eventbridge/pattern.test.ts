// The pattern language where the conformance data is silent or one case would not show why.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePattern } from '#localaws/eventbridge/pattern/compile-pattern.ts';
import { JsonSyntaxError, readJson, readWholeJson, writeJson } from '#localaws/eventbridge/pattern/json-node.ts';
import { flattenEvent, matchesPattern } from '#localaws/eventbridge/pattern/match-pattern.ts';
import { PatternError } from '#localaws/eventbridge/pattern/pattern-error.ts';

const matches = (pattern: unknown, event: unknown): boolean =>
  matchesPattern(
    compilePattern(typeof pattern === 'string' ? pattern : JSON.stringify(pattern)),
    flattenEvent(readJson(typeof event === 'string' ? event : JSON.stringify(event))),
  );
const reason = (pattern: unknown): string => {
  try {
    compilePattern(typeof pattern === 'string' ? pattern : JSON.stringify(pattern));
    return 'valid';
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
};

describe('names that come twice', () => {
  test('In a pattern the last value of each path counts, and all of them are checked.', () => {
    expect(matches('{"a": ["x"], "a": ["y"]}', { a: 'x' })).toBe(false);
    expect(matches('{"a": ["x"], "a": ["y"]}', { a: 'y' })).toBe(true);
    expect(matches('{"o": {"a": ["x"]}, "o": {"b": ["y"]}}', { o: { b: 'y' } })).toBe(false);
    expect(matches('{"o": {"a": ["x"]}, "o": {"b": ["y"]}}', { o: { a: 'x', b: 'y' } })).toBe(true);
    expect(reason('{"a": [], "a": ["y"]}')).toBe('Empty arrays are not allowed');
  });

  test('Every $or of an object must be fulfilled.', () => {
    const pattern = '{"$or": [{"a": [1]}, {"b": [1]}], "$or": [{"c": [1]}, {"d": [1]}]}';
    expect(matches(pattern, { a: 1 })).toBe(false);
    expect(matches(pattern, { a: 1, d: 1 })).toBe(true);
  });

  test('In an event both values count.', () => {
    expect(matches({ a: ['x'] }, '{"a": "x", "a": "y"}')).toBe(true);
    expect(matches({ a: ['y'] }, '{"a": "x", "a": "y"}')).toBe(true);
  });
});

describe('arrays of objects', () => {
  const event = {
    items: [
      { name: 'a', state: 'on' },
      { name: 'b', state: 'off', fault: 'x' },
    ],
  };

  test('Fields must come from the same element.', () => {
    expect(matches({ items: { name: ['a'], state: ['on'] } }, event)).toBe(true);
    expect(matches({ items: { name: ['a'], state: ['off'] } }, event)).toBe(false);
  });

  test('A field is absent when it is not in the elements that earlier fields chose.', () => {
    expect(matches({ items: { name: ['a'], z: [{ exists: false }] } }, event)).toBe(true);
    expect(matches({ items: { kind: [{ exists: false }], name: ['a'] } }, event)).toBe(true);
    // `fault` comes before `name`, so nothing is chosen yet and the fault of b counts.
    expect(matches({ items: { fault: [{ exists: false }], name: ['a'] } }, event)).toBe(false);
    expect(matches({ items: { a: [{ exists: false }, 'q'], name: ['b'] } }, event)).toBe(true);
  });

  test('The choice agrees with trying every combination.', () => {
    const value = fc.constantFrom('x', 'y');
    const leaf = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
    const events = fc.record({ p: fc.array(fc.record({ q: fc.array(leaf, { maxLength: 3 }), r: value }, { requiredKeys: [] }), { maxLength: 3 }) });
    const wanted = fc.record({ a: value, b: value, c: value }, { requiredKeys: ['a'] });
    fc.assert(
      fc.property(events, wanted, value, (given, fields, r) => {
        const q = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, [text]]));
        const expected = given.p.some(
          (element) => element.r === r && (element.q ?? []).some((inner) => Object.entries(fields).every(([name, text]) => inner[name as 'a'] === text)),
        );
        expect(matches({ p: { q, r: [r] } }, given)).toBe(expected);
      }),
    );
  });

  test('Many elements that almost match are judged quickly.', () => {
    const big = { list: Array.from({ length: 400 }, (_, index) => ({ a: 1, b: 1, c: 1, d: index % 2 })), other: Array.from({ length: 400 }, () => ({ a: 1 })) };
    expect(matches({ list: { a: [1], b: [1], c: [1], d: [7] }, other: { a: [1] } }, big)).toBe(false);
    expect(matches({ a: [{ exists: false }], list: { a: [1], b: [1] }, other: { a: [1] }, z: [{ exists: true }] }, big)).toBe(false);
    expect(matches({ list: { a: [1], d: [1], e: [{ exists: false }] }, other: { a: [1] } }, big)).toBe(true);
  });
});

describe('numbers', () => {
  test('They are compared by value, however they are written.', () => {
    expect(matches('{"a": [300]}', '{"a": 3.00e2}')).toBe(true);
    expect(matches('{"a": [{"numeric": ["=", -0.0]}]}', '{"a": 0}')).toBe(true);
    expect(matches('{"a": [{"anything-but": [1]}]}', '{"a": 1.0}')).toBe(false);
    expect(matches('{"a": [{"numeric": [">", 0, "<=", 5e-3]}]}', '{"a": 0.005}')).toBe(true);
  });

  test('A number beyond double precision equals only its own text, and cannot be a bound.', () => {
    const long = '0.12345678901234567890123';
    expect(matches(`{"a": [${long}]}`, `{"a": ${long}}`)).toBe(true);
    expect(matches(`{"a": [${long}]}`, '{"a": 0.12345678901234568}')).toBe(false);
    expect(matches('{"a": [{"numeric": [">", 0]}]}', `{"a": ${long}}`)).toBe(false);
    expect(reason(`{"a": [{"numeric": [">", ${long}]}]}`)).toBe(`Cannot compare number : ${long}`);
    expect(reason('{"a": [{"anything-but": [1e400]}]}')).toBe('Cannot compare number : 1e400');
  });
});

describe('text', () => {
  test('Case is ignored as the pattern spells it: ß is also SS, and ſ is also S but not s.', () => {
    const pattern = (text: string) => ({ a: [{ 'equals-ignore-case': text }] });
    expect(matches(pattern('straße'), { a: 'STRASSE' })).toBe(true);
    expect(matches(pattern('ſ'), { a: 'S' })).toBe(true);
    expect(matches(pattern('s'), { a: 'ſ' })).toBe(false);
    expect(matches({ a: [{ prefix: { 'equals-ignore-case': 'STR' } }] }, { a: 'straße' })).toBe(true);
    expect(matches({ a: [{ suffix: { 'equals-ignore-case': 'ße' } }] }, { a: 'STRASSE' })).toBe(true);
    expect(matches({ a: [{ suffix: { 'equals-ignore-case': 'STR' } }] }, { a: 'straße' })).toBe(false);
  });

  test('Addresses equal their other spellings and lie in their blocks.', () => {
    expect(matches({ a: ['::1'] }, { a: '0:0:0:0:0:0:0:1' })).toBe(true);
    expect(matches({ a: ['10.0.0.1'] }, { a: '::ffff:a00:1' })).toBe(true);
    expect(matches({ a: [{ cidr: '10.1.2.3/8' }] }, { a: '10.200.0.1' })).toBe(true);
    expect(matches({ a: [{ cidr: '10.1.2.3/8' }] }, { a: '11.0.0.1' })).toBe(false);
    expect(matches({ a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:0db8:ffff::1' })).toBe(true);
    expect(reason({ a: [{ cidr: '10.0.0.1/32' }] })).toBe('IPv4 mask bits must be < 32');
    expect(reason({ a: [{ cidr: '10.0.0.1' }] })).toBe("Malformed CIDR, one '/' required");
    expect(reason({ a: [{ cidr: '300.0.0.1/8' }] })).toBe('Nonstandard IP address: 300.0.0.1');
  });

  test('Wildcards match as a backtracking matcher would, in linear time.', () => {
    const letters = fc.constantFrom('a', 'b', '*');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 8 }), fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }), (parts, text) => {
        const wildcard = parts.join('').replace(/\*+/g, '*');
        const expected = new RegExp(`^${wildcard.replaceAll('*', '.*')}$`).test(text.join(''));
        expect(matches({ a: [{ wildcard }] }, { a: text.join('') })).toBe(expected);
      }),
    );
    expect(matches({ a: [{ wildcard: `${'*a'.repeat(50)}b` }] }, { a: 'a'.repeat(100_000) })).toBe(false);
  });
});

describe('refused patterns', () => {
  test.each([
    ['{"$or": [{"x": {"prefix": [1]}}, {"b": [1]}]}', 'prefix is Ruler reserved fieldName which cannot be used inside $or.'],
    ['{"a": {}}', 'Empty objects are not allowed'],
    ['{"a": [[1]]}', 'Match value must be String, number, true, false, or null'],
    ['{"a": [{}]}', 'Match expression name not found'],
    ['{"a": [{"prefix": "x", "suffix": "y"}]}', 'Only one key allowed in match expression'],
    ['{"a": [{"anything-but": true}]}', 'Value of anything-but must be an array or single string/number value.'],
    ['{"a": [{"anything-but": [null]}]}', 'Inside anything but list, start|null|boolean is not supported.'],
    ['{"a": [{"anything-but": {"prefix": {"equals-ignore-case": "x"}}}]}', 'Value of anything-but must be an array or single string/number value.'],
    ['{"a": [{"exists": "yes"}]}', 'exists match pattern must be either true or false.'],
    ['{"a": [{"wildcard": "x**"}]}', 'Consecutive wildcard characters at pos 2'],
    ['[]', 'Filter is not an object'],
    ['', 'expected a value at position 0'],
  ])('%s', (pattern, expected) => {
    expect(reason(pattern)).toBe(expected);
  });

  test('Too many $or combinations are refused before they use up the memory.', () => {
    const pair = '"$or": [{"a": [1]}, {"b": [1]}]';
    expect(reason(`{${Array.from({ length: 40 }, () => pair).join(',')}}`)).toContain('$or combinations');
  });
});

describe('JSON', () => {
  test('Any JSON is read and written back the same.', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(writeJson(readWholeJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('What is no JSON is refused, and very long texts are read.', () => {
    for (const text of ['{"a":1,}', "{'a':1}", '{"a":01}', '"\n"', '{"a" 1}', 'nul', '"\\x"', '[1 2]', '{"a":1']) {
      expect(() => readJson(text)).toThrow(JsonSyntaxError);
    }
    expect(() => readWholeJson('{} {}')).toThrow(JsonSyntaxError);
    expect(() => readJson('['.repeat(5_000))).toThrow('nested too deeply');
    expect(readWholeJson(JSON.stringify('\\"é'.repeat(400_000)))).toEqual({ kind: 'string', value: '\\"é'.repeat(400_000) });
  });
});
