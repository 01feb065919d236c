import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { checkManifest } from '#contracts/manifest-faults.ts';
import { manifestJsonSchema } from '#contracts/manifest-json-schema.ts';
import { badChanges, changed, goodChanges, parserOnlyChanges } from './manifest-samples.ts';

const published: Record<string, unknown> = JSON.parse(readFileSync(join(import.meta.dirname, '../../../schema/weir.schema.json'), 'utf8'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(published);

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** Paths of fields that say nothing about themselves. */
function undocumented(node: Node, path: string): readonly string[] {
  const inside = [
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
      ...(child.description === undefined ? [`${path}.${key}`] : []),
      ...undocumented(child, `${path}.${key}`),
    ]),
    ...(node.items === undefined ? [] : undocumented(node.items, `${path}[]`)),
    ...(node.anyOf ?? []).flatMap((option) => undocumented(option, path)),
  ];
  return inside;
}

describe('the published JSON Schema', () => {
  test('it is current: build/write-schema.ts would write the same', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(manifestJsonSchema())));
  });

  test('every field carries its documentation', () => {
    expect(undocumented(published, 'manifest')).toEqual([]);
  });

  test.each(Object.entries(goodChanges))('with the parser it accepts %s', (_, change) => {
    expect([checkManifest(changed(change)).ok, validate(changed(change))]).toEqual([true, true]);
  });

  test.each(Object.entries(badChanges))('with the parser it refuses %s', (_, change) => {
    expect([checkManifest(changed(change)).ok, validate(changed(change))]).toEqual([false, false]);
  });

  test.each(Object.entries(parserOnlyChanges))('unlike the parser it cannot see %s', (_, change) => {
    expect([checkManifest(changed(change)).ok, validate(changed(change))]).toEqual([false, true]);
  });
});
