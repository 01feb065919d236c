import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { manifestJsonSchema } from '#contracts/manifest-json-schema.ts';
import { parseManifest } from '#contracts/parse-manifest.ts';
import { predefinedConfigurations } from '#core/strategy/codedeploy-configuration.ts';
import { minimal } from './manifest-samples.ts';

const reference = readFileSync(join(import.meta.dirname, '../../../docs/manifest.md'), 'utf8');

/** YAML examples, list indentation taken off. */
const examples = [...reference.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].map(([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);

interface Field {
  readonly path: string;
  readonly default: unknown;
  readonly words: readonly string[];
}

interface Node {
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

function fieldsOf(node: Node, path: string): readonly Field[] {
  const children = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [{ path: at, default: child.default, words: child.enum ?? [] }, ...fieldsOf(child, at)];
  });
  return [
    ...children,
    ...(node.items === undefined ? [] : fieldsOf(node.items, `${path}[]`)),
    ...(node.anyOf ?? []).flatMap((option) => fieldsOf(option, path)),
  ];
}

/** The five hooks have the same two settings, documented once. */
function documentedAs(path: string): string {
  return path.replace(/^hooks\.[a-zA-Z]+\./, 'hooks.*.');
}

const fields = fieldsOf(manifestJsonSchema(), '');

function rowOf(path: string): string | undefined {
  return reference.split('\n').find((line) => line.startsWith(`| \`${documentedAs(path)}\` |`));
}

describe('docs/manifest.md', () => {
  test.each(examples.map((text) => [text]))('the example parses:\n%s', (text) => {
    const whole = text.includes('version: 1') ? text : JSON.stringify({ ...minimal, ...parse(text) });
    expect(parseManifest(whole, 'example')).toMatchObject({ ok: true });
  });

  test('there are examples, and one uses every section', () => {
    expect(examples.length).toBeGreaterThan(8);
    const sections = Object.keys(manifestJsonSchema()['properties'] ?? {});
    expect(examples.some((text) => sections.every((section) => text.includes(`\n${section}:`) || text.startsWith(`${section}:`)))).toBe(true);
  });

  test.each(fields.map((field) => [field.path, field] as const))('%s is documented, with its default and its words', (path, field) => {
    const row = rowOf(path);
    expect(row).toBeDefined();
    for (const word of path === 'strategy.codedeployConfiguration' ? [] : field.words) expect(row).toContain(`\`${word}\``);
    const plain = typeof field.default === 'object' && JSON.stringify(field.default) === '{}' ? undefined : field.default;
    if (plain !== undefined) expect(row).toContain(`\`${typeof plain === 'string' ? plain : JSON.stringify(plain)}\``);
  });

  test('no field is documented that does not exist', () => {
    const known = new Set(fields.map((field) => documentedAs(field.path)));
    const named = [...reference.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path);
    expect(named.filter((path) => path === undefined || !known.has(path))).toEqual([]);
  });

  test('every predefined configuration is named', () => {
    for (const name of predefinedConfigurations) expect(reference).toContain(`\`${name}\``);
  });
});
