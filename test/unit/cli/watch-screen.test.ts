import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitToWindow } from '../../../cli/watch-screen.ts';

const lines = (count: number, text = 'x'): string[] => Array.from({ length: count }, (_, index) => `  ${index} ${text}`);

describe('a picture in a window', () => {
  test('is whole where there is room', () => {
    expect(fitToWindow(lines(10), 24, 80)).toEqual(lines(10));
  });

  test('keeps its first and newest lines where there is not, and counts the rest', () => {
    const shown = fitToWindow(lines(60), 24, 80);
    expect(shown).toHaveLength(24);
    expect(shown.slice(0, 13)).toEqual([...lines(12), '  ... 37 more line(s); weir events has them all']);
    expect(shown.at(-1)).toBe('  59 x');
  });

  test('wraps what it waits for and cuts the timeline', () => {
    const [first, second] = fitToWindow(['  waits for: the evidence before green gets 100 %'], 24, 30);
    expect([first, second]).toEqual(['  waits for: the evidence', '      before green gets 100 %']);
    expect(fitToWindow([...lines(12), `  ${'long '.repeat(40)}`], 24, 30).at(-1)).toMatch(/^.{29}…$/);
  });

  test('never leaves the window, whatever is in it', () => {
    const text = fc.string({ minLength: 0, maxLength: 300 }).map((value) => value.replaceAll(/[\r\n]/g, ' '));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 80 }), fc.integer({ min: 6, max: 60 }), fc.integer({ min: 20, max: 160 }), (content, rows, columns) => {
        const shown = fitToWindow(content, rows, columns);
        expect(shown.length).toBeLessThanOrEqual(rows);
        expect(shown.every((line) => line.length <= columns)).toBe(true);
      }),
    );
  });
});
