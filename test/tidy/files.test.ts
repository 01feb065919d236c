import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { productCode, projectFiles, readProjectFile } from './project-files.ts';

const sources = projectFiles('{shared,functions,cli,localaws,rehearsal,build,bench,examples,bin,resources,test}/**/*.{ts,mjs,cjs}');
const texts = projectFiles(
  '*.{md,json,yml,mjs}',
  '{docs,events,schema,statemachines,shared,functions,cli,localaws,rehearsal,build,bench,examples,bin,resources,test,.ci}/**/*',
).filter((file) => file !== 'package-lock.json');

/** Longest file of a folder, lines. */
const linesMax = (file: string): number => (/^(shared|functions|cli)\//.test(file) ? 300 : 350);
const forbiddenFolders = ['utils', 'helpers', 'common', 'misc', 'lib', 'services', 'managers'];
/** Folders that are called what AWS calls the thing in them. */
const domainFolders = ['localaws/ecs/services'];

function linesOf(file: string): number {
  return readProjectFile(file).replace(/\n$/, '').split('\n').length;
}

function matching(files: readonly string[], pattern: RegExp): readonly string[] {
  return files.flatMap((file) =>
    readProjectFile(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim().slice(0, 120)}`] : [])),
  );
}

describe('the source files', () => {
  test('are found', () => {
    expect(sources.length).toBeGreaterThan(300);
  });

  test('are short: 300 lines in shared, functions and cli, 350 elsewhere outside the tests', () => {
    const long = sources
      .filter((file) => !file.startsWith('test/'))
      .map((file) => ({ file, lines: linesOf(file) }))
      .filter(({ file, lines }) => lines > linesMax(file));
    expect(long).toEqual([]);
  });

  test('are in folders that say what is in them', () => {
    const folders = new Set(
      sources.flatMap((file) =>
        file
          .split('/')
          .slice(0, -1)
          .map((_, index, parts) => parts.slice(0, index + 1).join('/')),
      ),
    );
    const vague = [...folders].filter((folder) => forbiddenFolders.includes(basename(folder)) && !domainFolders.includes(folder));
    expect(vague).toEqual([]);
  });

  test('have kebab-case names', () => {
    expect(sources.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d|config))?\.(ts|tsx|mjs|cjs)$/.test(basename(file)))).toEqual([]);
  });

  test('begin with a comment that says why they exist', () => {
    const silent = projectFiles('{shared,functions,cli,localaws,rehearsal,build,bench}/**/*.{ts,mjs,cjs}').filter(
      (file) => !/^(#!.*\n)?\/(\/|\*)/.test(readProjectFile(file)),
    );
    expect(silent).toEqual([]);
  });

  test('leave nothing for later', () => {
    const unfinished = new RegExp(['\\bTO', 'DO\\b|\\bFIX', 'ME\\b|\\bfor', ' now\\b'].join(''));
    expect(matching(projectFiles(...productCode), unfinished)).toEqual([]);
  });
});

test("no file names a place on somebody's machine", () => {
  expect(matching(texts, /(^|[\s"'`(=:])(\/(home|Users|root|work)\/[\w.-]|[A-Z]:\\Users\\)/)).toEqual([]);
});
