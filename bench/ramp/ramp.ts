// npm run bench -- ramp: the ramp paced by evidence against LINEAR by the clock, on the same traffic. How soon a good version has all of it,
// and how many requests a bad one answers before traffic is back. Verdict, steps and settings are the product's; see docs/drivers.md.

import { geometricMean, mean, median } from '../verdict/report/cell-statistics.ts';
import { figure, markdownTable, percent } from '../verdict/report/markdown.ts';
import { type Cell, type Effect, effectText, percentText } from '../verdict/scenarios/cell.ts';
import { undisturbed } from '../verdict/scenarios/disturbances.ts';
import { type Ramp, type RampOutcome, runRamp } from './run-ramp.ts';
import { drawWorld } from './world.ts';

const SEED = 1;
const REPETITIONS = 40;
/** From green's first traffic; LINEAR with the defaults of ECS has all steps behind it by then. */
const WATCHED_MINUTES = 120;

export const adaptive: Ramp = { name: 'adaptive, 5 %', strategy: { adaptive: {} } };
/** Source: ECS API, LinearConfiguration: stepPercent 10.0 and stepBakeTimeInMinutes 6 by default. */
export const linearOfEcs: Ramp = { name: 'LINEAR 10 % every 6 min', strategy: { linear: { percent: 10, intervalMinutes: 6 } } };
/** What `strategy: { linear: {} }` means. */
const linearOfWeir: Ramp = { name: 'linear 10 % every 3 min', strategy: { linear: {} } };
const RAMPS = [adaptive, linearOfEcs, linearOfWeir];

const FAULTS: readonly Effect[] = [
  { kind: 'times', factor: 2 },
  { kind: 'times', factor: 10 },
  { kind: 'plus', rate: 0.01 },
  { kind: 'plus', rate: 0.05 },
  { kind: 'plus', rate: 0.5 },
];

export function rampCell(errorRate: number, requestsPerSecond: number, effect?: Effect): Cell {
  const name = `${percentText(errorRate)}, ${requestsPerSecond} rps${effect === undefined ? '' : `, ${effectText(effect)}`}`;
  const group = effect === undefined ? 'identical' : 'fault';
  const base = { name, group, kind: group, errorRate, requestsPerSecond, greenShare: () => 1, disturbance: undisturbed } as const;
  return effect === undefined ? base : { ...base, effect };
}

/** Outcomes of each ramp, in the order of `ramps`, on equal seeds. */
export function tryRamps(cell: Cell, ramps: readonly Ramp[], repetitions: number, seed = SEED): readonly (readonly RampOutcome[])[] {
  const isGood = cell.effect === undefined;
  const worlds = Array.from({ length: repetitions }, (_, repetition) => drawWorld(cell, seed, repetition));
  return ramps.map((ramp) => worlds.map((world) => runRamp(world, ramp, WATCHED_MINUTES, isGood)));
}

export async function benchRamp(): Promise<void> {
  const startedAt = performance.now();
  const traffic = [0.001, 0.01].flatMap((errorRate) => [10, 100, 1_000].map((rps) => [errorRate, rps] as const));
  const good = traffic.map(([errorRate, rps]) => rampCell(errorRate, rps));
  const bad = traffic.flatMap(([errorRate, rps]) => FAULTS.map((effect) => rampCell(errorRate, rps, effect)));
  const out = [
    `npm run bench -- ramp: seed ${SEED}, ${REPETITIONS} deployments a row, each on the same traffic for every ramp, ${WATCHED_MINUTES} min watched`,
    '',
    'A good version: median minutes from the first to all traffic (not there in time / rolled back)',
    '',
    ...compare(good, RAMPS, minutesToFull, (outcomes) => `${figure(minutesToFull(outcomes))} (${notFull(outcomes)} / ${rolledBack(outcomes)})`),
    '',
    'A bad version: mean requests it answered before traffic was back (share of deployments rolled back)',
    '',
    ...compare(bad, RAMPS, requestsExposed, (outcomes) => `${figure(requestsExposed(outcomes))} (${percent(rolledBack(outcomes) / outcomes.length)})`),
    '',
    `${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  ];
  process.stdout.write(`${out.join('\n')}\n`);
}

/** A table of cells by ramps, and below it how the first ramp compares with each other one. */
function compare(
  cells: readonly Cell[],
  ramps: readonly Ramp[],
  measure: (outcomes: readonly RampOutcome[]) => number,
  show: (outcomes: readonly RampOutcome[]) => string,
): readonly string[] {
  const outcomes = cells.map((cell) => tryRamps(cell, ramps, REPETITIONS));
  const rows = cells.map((cell, row) => [cell.name, ...(outcomes[row] ?? []).map(show)]);
  const summary = ramps.slice(1).map((ramp, at) => {
    const ratios = outcomes.map((ofRamps) => measure(ofRamps[at + 1] ?? []) / measure(ofRamps[0] ?? []));
    const better = ratios.filter((ratio) => ratio > 1).length;
    return `${ramp.name} / ${ramps[0]?.name}: ${geometricMean(ratios).toFixed(2)} times as much (geometric mean; ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}), the adaptive ramp better in ${better} of ${ratios.length} rows`;
  });
  return [markdownTable(['version', ...ramps.map(({ name }) => name)], rows), '', ...summary];
}

/** What is not there in time counts as the whole time. */
export function minutesToFull(outcomes: readonly RampOutcome[]): number {
  return median(outcomes.map(({ fullTrafficMinutes }) => fullTrafficMinutes ?? WATCHED_MINUTES));
}

export function requestsExposed(outcomes: readonly RampOutcome[]): number {
  return mean(outcomes.map(({ greenRequests }) => greenRequests));
}

function notFull(outcomes: readonly RampOutcome[]): number {
  return outcomes.filter(({ fullTrafficMinutes, rolledBackMinutes }) => fullTrafficMinutes === undefined && rolledBackMinutes === undefined).length;
}

function rolledBack(outcomes: readonly RampOutcome[]): number {
  return outcomes.filter(({ rolledBackMinutes }) => rolledBackMinutes !== undefined).length;
}
