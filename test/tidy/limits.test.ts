import { posix } from 'node:path';
import { expect, test } from '@jest/globals';
import { readProjectFile } from './project-files.ts';

const rows = [...readProjectFile('docs/architecture.md').matchAll(/^\| `([A-Z0-9_]+)` \| ([0-9_]+) \| \[[^\]]+\]\(([^)]+)\) \|/gm)].map(
  ([, name = '', value = '', link = '']) => ({ name, value, file: posix.normalize(posix.join('docs', link)) }),
);

test('the table of limits in docs/architecture.md says what the code says', () => {
  expect(rows.length).toBeGreaterThan(10);
  const wrong = rows.filter(({ name, value, file }) => !new RegExp(`^(export )?const ${name} = ${value};`, 'm').test(readProjectFile(file)));
  expect(wrong).toEqual([]);
});
