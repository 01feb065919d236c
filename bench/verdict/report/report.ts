// The whole report, as Markdown for docs/health.md or as JSON for programs.
import type { Cell } from '../scenarios/cell.ts';
import { WATCHED_MINUTES } from '../scenarios/cell.ts';
import { duel } from './duel.ts';
import { duelReport, type Oracle } from './duel-report.ts';
import { type Results, usableMinutes } from './results.ts';
import { laterTable, mainTable, structuredTable, weaknessTable } from './tables.ts';

export interface RunFacts {
  readonly command: string;
  readonly seed: number;
  readonly repetitions: number;
  readonly seconds: number;
}

export function textReport(results: Results, run: RunFacts, us: string, oracles: readonly Oracle[]): string {
  const has = (...groups: readonly Cell['group'][]): boolean => groups.some((group) => results.inGroup(group).length > 0);
  const [main] = oracles;
  const canDuel = has('fault') && results.deciders.includes(us) && (main?.deciders ?? []).some((name) => results.deciders.includes(name));
  const sections = [
    `\`${run.command}\`: seed ${run.seed}, ${run.repetitions} repetitions of each cell with a fault and ${2 * run.repetitions} of each without, ` +
      `${results.cells.length} cells, ${WATCHED_MINUTES} minutes watched, ${run.seconds.toFixed(0)} s.`,
    ...(has('identical', 'fault') ? [MAIN_TEXT, mainTable(results, us)] : []),
    ...(has('structured') ? [STRUCTURED_TEXT, structuredTable(results, 'structured')] : []),
    ...(has('structuredHeavy') ? [HEAVY_TEXT, structuredTable(results, 'structuredHeavy')] : []),
    ...(canDuel ? [DUEL_TEXT, duelReport(results, us, oracles)] : []),
    ...(has('lateFault', 'disturbedFault') ? [LATER_TEXT, laterTable(results)] : []),
    ...(has('stickyClients', 'heavyBursts', 'shortFault') ? [WEAKNESS_TEXT, weaknessTable(results)] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

const MAIN_TEXT = `A decider is usable in a cell if it rolls back at most 5 % of identical versions there; power counts an unusable cell as nothing found. \
Medians are over the cells it finds at least half of, ratios are geometric means over the cells both find.`;
const STRUCTURED_TEXT = 'False rollbacks where the world is not steady, mean / worst of four cells:';
const HEAVY_TEXT = 'The same kinds with 1,800 to 18,000 errors on green in the hour (36 or 360 above), where the smallest difference of the sides shows:';
const DUEL_TEXT = `The fair duel. In each cell the oracle takes the fastest anchor that is usable there, which no team could do. The lists are about the first oracle:`;
const LATER_TEXT =
  'Faults that begin after 30 minutes, and faults in an unsteady world: usable cells, power 15 / 60 min, median minutes since the fault began:';
const WEAKNESS_TEXT = `Known weaknesses. Clients that stay on one side and differ from each other make the sides differ; so do clients that keep trying a failing request; short faults leave little evidence:`;

export function jsonReport(results: Results, run: RunFacts, us: string, oracles: readonly Oracle[]): string {
  const faults = results.inGroup('fault');
  const names = (cells: readonly Cell[]): readonly string[] => cells.map(({ name }) => name);
  const cells = results.cells.map((cell) => ({
    name: cell.name,
    group: cell.group,
    kind: cell.kind,
    ...(cell.partner === undefined
      ? {}
      : { partner: cell.partner, nobodyFinds: results.deciders.every((decider) => !Number.isFinite(usableMinutes(results, cell, decider))) }),
    deciders: Object.fromEntries(results.deciders.flatMap((decider) => decided(results, cell, decider))),
  }));
  const duels = oracles.map(({ title, deciders }) => {
    const found = duel(results, faults, us, deciders);
    return {
      bestOf: title,
      minutesRatio: finite(found.minutesRatio),
      greenRequestsRatio: finite(found.greenRequestsRatio),
      bothFind: found.bothFind,
      slower: found.slower.map(({ cell, ours, theirs, by }) => ({ cell: cell.name, ours, theirs, by })),
      missed: names(found.onlyThey),
      onlyWeir: names(found.onlyWe),
      nobody: names(found.neither),
    };
  });
  return `${JSON.stringify({ ...run, duels, cells }, null, 1)}\n`;
}

function decided(results: Results, cell: Cell, decider: string): readonly (readonly [string, object])[] {
  const statistics = results.of(cell, decider);
  if (statistics === undefined) return [];
  if (cell.partner === undefined) return [[decider, { falseRollbacks: statistics.falseRollbacks }]];
  return [
    [
      decider,
      {
        usable: results.isUsable(cell, decider),
        falseRollbacks: statistics.falseRollbacks,
        within15Minutes: statistics.within(15),
        within60Minutes: statistics.within(60),
        medianMinutes: finite(statistics.medianMinutes),
        medianGreenRequests: finite(statistics.medianGreenRequests),
      },
    ],
  ];
}

/** JSON knows no infinity: null is "never". */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
