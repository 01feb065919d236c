// What a target is sent.
import { expect, test } from '@jest/globals';
import type { BusEvent } from '#localaws/eventbridge/bus-event.ts';
import { readJson } from '#localaws/eventbridge/pattern/json-node.ts';
import { isEventPath, targetInput } from '#localaws/eventbridge/target-input.ts';

const text = '{"id":"e1","source":"shop","resources":["r0","r1"],"detail":{"total":1.50,"who":"A \\"B\\"","nested":{"k-1":[{"x":1}]},"none":null}}';
const event: BusEvent = {
  id: 'e1',
  source: 'shop',
  detailType: 'Order Placed',
  resources: ['r0', 'r1'],
  detailText: '',
  time: 0,
  takenAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  text,
  node: readJson(text),
};
const rule = { name: 'orders', arn: 'arn:rule' };
const transformed = (InputTemplate: string, InputPathsMap: Record<string, string> = {}): string =>
  targetInput({ InputTransformer: { InputTemplate, InputPathsMap } }, event, rule);

test('Without any setting it is the event as it came.', () => {
  expect(targetInput({}, event, rule)).toBe(text);
});

test('Input is a constant, InputPath a part with its digits kept.', () => {
  expect(targetInput({ Input: '"x"' }, event, rule)).toBe('"x"');
  expect(targetInput({ InputPath: '$.detail.total' }, event, rule)).toBe('1.50');
  expect(targetInput({ InputPath: '$.resources[1]' }, event, rule)).toBe('"r1"');
  expect(targetInput({ InputPath: "$.detail.nested['k-1'][0]" }, event, rule)).toBe('{"x":1}');
  expect(targetInput({ InputPath: '$.detail.missing' }, event, rule)).toBe('null');
});

test('A template takes values as JSON, and inside a string as text.', () => {
  const paths = { total: '$.detail.total', who: '$.detail.who', nested: '$.detail.nested', missing: '$.a.b' };
  expect(transformed('{"t":<total>,"w":<who>,"n":<nested>}', paths)).toBe('{"t":1.50,"w":"A \\"B\\"","n":{"k-1":[{"x":1}]}}');
  expect(JSON.parse(transformed('"<who> paid <total> for <nested>"', paths))).toBe('A "B" paid 1.50 for {"k-1":[{"x":1}]}');
  expect(transformed('{"a":<missing>,"b":"<missing>"}', paths)).toBe('{"a":"","b":""}');
  expect(transformed('{"a":"<unknown>"}', paths)).toBe('{"a":"<unknown>"}');
});

test('Reserved variables name the rule, the event and when it came.', () => {
  expect(transformed('{"n":"<aws.events.rule-name>","a":<aws.events.rule-arn>,"t":<aws.events.event.ingestion-time>}')).toBe(
    '{"n":"orders","a":"arn:rule","t":"2026-01-02T03:04:05Z"}',
  );
  expect(transformed('<aws.events.event.json>')).toBe(text);
  expect(JSON.parse(transformed('<aws.events.event>'))).toEqual({ id: 'e1', source: 'shop', resources: ['r0', 'r1'] });
});

test('Paths are told from other texts.', () => {
  expect(['$', '$.a', '$.a-b.c[0]', "$['a b'].c"].every(isEventPath)).toBe(true);
  expect(['', 'a', '$a', '$.', '$.a[', '$..a', '$.a[x]'].some(isEventPath)).toBe(false);
});
