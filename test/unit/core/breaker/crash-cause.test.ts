// What crashes are put down to, and what of a log may be kept.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  boundedLogLines,
  CRASH_LOG_LINE_LENGTH_MAX,
  CRASH_LOG_LINES_MAX,
  type CrashCause,
  crashFault,
  crashTitle,
  newestCrash,
  orderedCauses,
} from '#core/breaker/crash-cause.ts';

const cause = (code: CrashCause['code'], count: number, lastAt: number): CrashCause => ({
  code,
  count,
  lastAt,
  lastText: `${code} ${lastAt}`,
  lastTaskId: `t${lastAt}`,
  remedy: 'Look.',
});

describe('the causes of crashes', () => {
  test('are ordered by how often they were seen, and of equals the newest comes first', () => {
    const causes = [cause('exitError', 1, 9), cause('outOfMemory', 3, 1), cause('exitKilled', 1, 10)];
    expect(orderedCauses(causes).map(({ code }) => code)).toEqual(['outOfMemory', 'exitKilled', 'exitError']);
    expect(newestCrash(causes)?.code).toBe('exitKilled');
  });

  test('say whose fault they are: most of them decide', () => {
    expect(crashFault([cause('imageDenied', 2, 1), cause('exitError', 1, 2)])).toBe('environment');
    expect(crashFault([cause('imageDenied', 1, 1), cause('exitError', 2, 2)])).toBe('revision');
    expect(crashTitle([cause('exitError', 2, 2)])).toBe('an essential container ended with an error');
  });

  test('that nobody classified blame nobody in particular', () => {
    expect(crashFault(undefined)).toBe('unknown');
    expect(crashTitle([])).toBeUndefined();
  });
});

describe('the end of a log', () => {
  test('loses colours, control characters and blank lines', () => {
    expect(boundedLogLines(['\u001b[31mError: no DATABASE_URL\u001b[0m', '  ', 'at\tindex.js:3\u0007', '\u001b[2J'], 10)).toEqual([
      'Error: no DATABASE_URL',
      'at\tindex.js:3',
    ]);
  });

  test('is never longer than asked for, and never holds what could control a terminal', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 700 }), { maxLength: 80 }), fc.integer({ min: -3, max: 200 }), (lines, count) => {
        const kept = boundedLogLines(lines, count);
        expect(kept.length).toBeLessThanOrEqual(Math.max(0, Math.min(count, CRASH_LOG_LINES_MAX)));
        for (const line of kept) {
          expect(line.length).toBeLessThanOrEqual(CRASH_LOG_LINE_LENGTH_MAX);
          expect(/[^\P{Cc}\t]/u.test(line)).toBe(false);
        }
      }),
    );
  });
});
