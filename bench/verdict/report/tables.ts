// The tables of the report, one row for each decider.
import type { Cell } from '../scenarios/cell.ts';
import { BELOW_TOLERANCE } from '../scenarios/cells.ts';
import { mean, median } from './cell-statistics.ts';
import { duel } from './duel.ts';
import { figure, markdownTable, percent, share } from './markdown.ts';
import { type Results, usableGreenRequests, usableMinutes } from './results.ts';

/** False rollbacks of a decider in some cells. Empty where it took no part. */
export function falseRollbacks(results: Results, cells: readonly Cell[], decider: string): readonly number[] {
  return cells.flatMap((cell) => results.of(cell, decider)?.falseRollbacks ?? []);
}

/** Kinds of structured cells in the order they are listed. */
function structuredKinds(results: Results, group: StructuredGroup): readonly string[] {
  return [...new Set(results.inGroup(group).map(({ kind }) => kind))];
}

type StructuredGroup = 'structured' | 'structuredHeavy';

export interface KindResult {
  readonly kind: string;
  /** Mean of the kind's cells, and the worst of them. */
  readonly mean: number;
  readonly worst: number;
}

export function byKind(results: Results, decider: string, group: StructuredGroup): readonly KindResult[] {
  return structuredKinds(results, group).map((kind) => {
    const rates = falseRollbacks(
      results,
      results.inGroup(group).filter((cell) => cell.kind === kind),
      decider,
    );
    return { kind, mean: mean(rates), worst: Math.max(...rates) };
  });
}

/** The kind of structured cells with the highest mean. Rolling back a green that is a little worse is no mistake and does not count. */
export function worstKind(results: Results, decider: string): KindResult | undefined {
  return byKind(results, decider, 'structured')
    .filter(({ kind }) => kind !== BELOW_TOLERANCE)
    .reduce<KindResult | undefined>((worst, next) => (worst === undefined || next.mean > worst.mean ? next : worst), undefined);
}

/** Mean over the cells of the share found within so many minutes; a cell in which the decider may not be used counts as nothing found. */
export function power(results: Results, cells: readonly Cell[], decider: string, minutes: number): number {
  return mean(cells.map((cell) => (results.isUsable(cell, decider) ? (results.of(cell, decider)?.within(minutes) ?? 0) : 0)));
}

export function usableShare(results: Results, cells: readonly Cell[], decider: string): number {
  return mean(cells.map((cell) => (results.isUsable(cell, decider) ? 1 : 0)));
}

/** Deciders that take part in at least one of the cells. */
function participants(results: Results, cells: readonly Cell[]): readonly string[] {
  return results.deciders.filter((decider) => cells.some((cell) => results.of(cell, decider) !== undefined));
}

export function mainTable(results: Results, us: string): string {
  const identical = results.inGroup('identical');
  const faults = results.inGroup('fault');
  const header = [
    'decider',
    'false rollback, identical: mean / worst cell',
    'structured: worst kind (mean of its cells)',
    'usable cells',
    'power 15 / 60 min',
    'median minutes',
    'median green requests',
    "its minutes / Weir's",
    "its green requests / Weir's",
    'only Weir / only it finds',
  ];
  const rows = participants(results, [...identical, ...faults]).map((decider) => {
    const rates = falseRollbacks(results, identical, decider);
    const worst = worstKind(results, decider);
    const against = decider === us ? undefined : duel(results, faults, us, [decider]);
    const finite = (values: readonly number[]): readonly number[] => values.filter(Number.isFinite);
    return [
      decider === us ? `**${decider}**` : decider,
      `${percent(mean(rates))} / ${percent(Math.max(...rates))}`,
      worst === undefined ? '-' : `${percent(worst.mean)} (${worst.kind})`,
      share(usableShare(results, faults, decider)),
      `${share(power(results, faults, decider, 15))} / ${share(power(results, faults, decider, 60))}`,
      figure(median(finite(faults.map((cell) => usableMinutes(results, cell, decider))))),
      figure(median(finite(faults.map((cell) => usableGreenRequests(results, cell, decider))))),
      against === undefined ? '1' : figure(against.minutesRatio),
      against === undefined ? '1' : figure(against.greenRequestsRatio),
      against === undefined ? '-' : `${against.onlyWe.length} / ${against.onlyThey.length}`,
    ];
  });
  return markdownTable(header, rows);
}

export function structuredTable(results: Results, group: StructuredGroup): string {
  const kinds = structuredKinds(results, group);
  const rows = participants(results, results.inGroup(group)).map((decider) => [
    decider,
    ...byKind(results, decider, group).map((result) => `${percent(result.mean)} / ${percent(result.worst)}`),
  ]);
  return markdownTable(['decider', ...kinds.map((kind) => (kind === BELOW_TOLERANCE ? `${kind} (below tolerance)` : kind))], rows);
}

/** Faults that begin late, or under a disturbance. */
export function laterTable(results: Results): string {
  const kinds = [
    { title: 'from minute 30', cells: results.inGroup('lateFault') },
    ...[...new Set(results.inGroup('disturbedFault').map(({ kind }) => kind))].map((kind) => ({
      title: `with ${kind}`,
      cells: results.inGroup('disturbedFault').filter((cell) => cell.kind === kind),
    })),
  ].filter(({ cells }) => cells.length > 0);
  const rows = participants(
    results,
    kinds.flatMap(({ cells }) => cells),
  ).map((decider) => [
    decider,
    ...kinds.map(({ cells }) => {
      const minutes = cells.map((cell) => usableMinutes(results, cell, decider)).filter(Number.isFinite);
      return `${share(usableShare(results, cells, decider))}, ${share(power(results, cells, decider, 15))} / ${share(power(results, cells, decider, 60))}, ${figure(median(minutes))}`;
    }),
  ]);
  return markdownTable(['decider', ...kinds.map(({ title, cells }) => `${title} (${cells.length} cells)`)], rows);
}

/** What is known not to work well. */
export function weaknessTable(results: Results): string {
  const sticky = results.inGroup('stickyClients');
  const bursts = results.inGroup('heavyBursts');
  const short = results.inGroup('shortFault');
  const wrong = (cells: readonly Cell[], decider: string): string => {
    const rates = falseRollbacks(results, cells, decider);
    return `${percent(mean(rates))} / ${percent(Math.max(...rates))}`;
  };
  const rows = participants(results, [...sticky, ...bursts, ...short]).map((decider) => {
    const takesPart = short.some((cell) => results.of(cell, decider) !== undefined);
    return [
      decider,
      wrong(sticky, decider),
      wrong(bursts, decider),
      takesPart ? share(usableShare(results, short, decider)) : '-',
      takesPart ? `${percent(power(results, short, decider, 10))} / ${percent(power(results, short, decider, 60))}` : '-',
    ];
  });
  return markdownTable(
    [
      'decider',
      'sticky clients, false rollback: mean / worst cell',
      'heavy-tailed bursts, false rollback: mean / worst cell',
      'faults of 10 minutes, 10 % on green: usable cells',
      'found while they last / at all',
    ],
    rows,
  );
}
