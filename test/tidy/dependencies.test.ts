import { describe, expect, test } from '@jest/globals';
import { readProjectFile } from './project-files.ts';

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const packageFile = JSON.parse(readProjectFile('package.json')) as PackageFile;
const sections = readProjectFile('docs/dependencies.md').split(/^## /m);

function listed(heading: string): readonly string[] {
  const section = sections.find((candidate) => candidate.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '').toSorted();
}

describe('docs/dependencies.md', () => {
  test.each([
    ['Run time', packageFile.dependencies],
    ['Development', packageFile.devDependencies],
    ['Optional', packageFile.optionalDependencies],
  ])('has a line for each package of its section %s, and no stale one', (heading, packages) => {
    expect(listed(heading)).toEqual(Object.keys(packages).toSorted());
  });

  test('every version is exact', () => {
    const all = Object.entries({ ...packageFile.dependencies, ...packageFile.devDependencies, ...packageFile.optionalDependencies });
    expect(all.filter(([, version]) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
