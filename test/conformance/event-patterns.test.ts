// Compares the local EventBridge's patterns with what aws/event-ruler, the library EventBridge matches with, says in its own tests
// (data beside the project, see its README). Skipped where the data is absent.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { compilePattern } from '#localaws/eventbridge/pattern/compile-pattern.ts';
import { readJson } from '#localaws/eventbridge/pattern/json-node.ts';
import { flattenEvent, matchesPattern } from '#localaws/eventbridge/pattern/match-pattern.ts';
import { PatternError } from '#localaws/eventbridge/pattern/pattern-error.ts';

interface PatternCase {
  readonly pattern: string;
  readonly test: string;
}

interface PatternData {
  readonly matches: readonly (PatternCase & { readonly event: string; readonly match: boolean })[];
  readonly invalid: readonly (PatternCase & { readonly error: string })[];
  readonly valid: readonly PatternCase[];
}

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dataFile = join(projectRoot, '..', 'shared', 'conformance', 'event-patterns.json');
const agreed: Record<string, string> = {};

/** Runs every case and fails with those that disagree. */
function compare<Case extends PatternCase>(kind: string, cases: readonly Case[], agrees: (given: Case) => boolean): void {
  const wrong = cases.filter((given) => !agrees(given));
  agreed[kind] = `${cases.length - wrong.length} of ${cases.length}`;
  expect(wrong).toEqual([]);
}

function isValid(pattern: string): boolean {
  try {
    compilePattern(pattern);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

if (!existsSync(dataFile)) {
  test.skip('event patterns agree with event-ruler (skipped: ../shared/conformance/event-patterns.json is not here)', () => undefined);
} else {
  const data = JSON.parse(readFileSync(dataFile, 'utf8')) as PatternData;

  describe('event patterns agree with event-ruler', () => {
    afterAll(() => {
      const counts = Object.entries(agreed).map(([kind, count]) => `${kind} ${count}`);
      process.stdout.write(`event patterns that agree with event-ruler: ${counts.join(', ')}\n`);
    });

    test('on which events match', () => {
      compare('matches', data.matches, ({ pattern, event, match }) => matchesPattern(compilePattern(pattern), flattenEvent(readJson(event))) === match);
    });

    test('on which patterns are refused', () => {
      compare('invalid', data.invalid, ({ pattern }) => !isValid(pattern));
    });

    test('on which patterns are taken', () => {
      compare('valid', data.valid, ({ pattern }) => isValid(pattern));
    });
  });
}
