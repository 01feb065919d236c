// The fair duel in words: against the best anchor of each cell, with the cells where that one is better.
import type { Cell } from '../scenarios/cell.ts';
import { type Comparison, duel } from './duel.ts';
import { figure, markdownTable } from './markdown.ts';
import { type Results, usableMinutes } from './results.ts';

const LISTED_MAX = 40;

/** Deciders of which the best is picked in each cell. */
export interface Oracle {
  readonly title: string;
  readonly deciders: readonly string[];
}

/** All oracles in a table; the cells of the first one by name. */
export function duelReport(results: Results, us: string, oracles: readonly Oracle[]): string {
  const cells = results.inGroup('fault');
  const duels = oracles.map(({ title, deciders }) => ({ title, duel: duel(results, cells, us, deciders) }));
  const summary = markdownTable(
    [
      'best in each cell of',
      "its minutes / Weir's",
      "its green requests / Weir's",
      'both find',
      'Weir slower',
      'missed by Weir',
      'only Weir finds',
      'nobody finds',
    ],
    duels.map(({ title, duel: found }) => [
      title,
      figure(found.minutesRatio),
      figure(found.greenRequestsRatio),
      String(found.bothFind),
      String(found.slower.length),
      String(found.onlyThey.length),
      String(found.onlyWe.length),
      String(found.neither.length),
    ]),
  );
  const [main] = duels;
  if (main === undefined) return summary;
  const { slower, onlyThey, neither } = main.duel;
  return [
    summary,
    listOf(`Cells where Weir is slower than the oracle, the worst first (${slower.length} of ${cells.length})`, slower.map(slowerText)),
    listOf(
      `Cells the oracle finds within the hour and Weir does not (${onlyThey.length})`,
      onlyThey.map((cell) => missedText(results, cell, oracles[0]?.deciders ?? [])),
    ),
    listOf(`Cells nobody finds half of within the hour (${neither.length})`, grouped(neither), Number.POSITIVE_INFINITY),
  ].join('\n\n');
}

function slowerText({ cell, ours, theirs, by }: Comparison): string {
  return `${cell.name}: ${figure(ours)} min, ${by} ${figure(theirs)} min (${figure(ours / theirs)}x)`;
}

function missedText(results: Results, cell: Cell, them: readonly string[]): string {
  const [best] = them.map((by) => ({ by, minutes: usableMinutes(results, cell, by) })).toSorted((a, b) => a.minutes - b.minutes);
  return `${cell.name}: ${best?.by} ${figure(best?.minutes ?? Number.NaN)} min`;
}

/** One line for each effect: there are too many cells for one line each. */
function grouped(cells: readonly Cell[]): readonly string[] {
  return [...new Set(cells.map(({ kind }) => kind))].map((kind) => {
    const names = cells.filter((cell) => cell.kind === kind).map(({ name }) => name.replace(`${kind} on `, '').replace(' on green', ''));
    return `${kind} on ${names.join('; ')}`;
  });
}

function listOf(title: string, lines: readonly string[], max = LISTED_MAX): string {
  if (lines.length === 0) return `${title}: none.`;
  const more = lines.length > max ? [`- and ${lines.length - max} more`] : [];
  return [`${title}:`, '', ...lines.slice(0, max).map((line) => `- ${line}`), ...more].join('\n');
}
