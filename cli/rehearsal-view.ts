// A rehearsal in lines for a person: the timeline, how it ended, whom it met, and what it cost; or several in a table.
import type { Manifest } from '#contracts/manifest.ts';
import { PRICES_READ_ON, PRICES_REGION } from '#core/cost/list-prices.ts';
import { driverName } from '#core/deployment/driver-kind.ts';
import type { RehearsalEnd, RehearsalReport } from '#rehearsal/report.ts';
import { formatPercent, formatSpan } from './figures.ts';
import { outlineOfManifest } from './plan.ts';
import type { RehearsalSettings } from './rehearse.ts';

/** One scenario rehearsed, as `--json` prints it. */
export interface Rehearsed {
  readonly scenario: string;
  readonly summary: string;
  /** What of the manifest the rehearsal left out, in words. */
  readonly leftOut: readonly string[];
  readonly report: RehearsalReport;
}

interface Took {
  readonly tookMilliseconds: number;
}

const endWords: Readonly<Record<RehearsalEnd, string>> = {
  succeeded: 'SUCCEEDED: the new version serves',
  'rolled-back': 'ROLLED BACK: the old version serves',
  waits: 'WAITS for a person',
  refused: 'REFUSED',
};

/** @param columns width of the terminal; longer timeline lines are cut there, and nowhere when undefined */
export function describeRehearsal(manifest: Manifest, settings: RehearsalSettings, rehearsed: Rehearsed, took: Took, columns?: number): readonly string[] {
  const { report } = rehearsed;
  return [
    ...describeSubject(manifest, settings),
    `scenario  ${rehearsed.scenario}: ${rehearsed.summary}`,
    '',
    '    time  green  what happened',
    ...report.timeline.map(({ after, greenPercent, text }) => cut(`${clock(after)}  ${formatPercent(greenPercent).padStart(5)}  ${text}`, columns)),
    '',
    `${endWords[report.end]}, decided after ${formatSpan(report.decidedAfter)}`,
    `  why               ${report.why}`,
    ...describeReturn(report),
    ...describeExposed(report),
    ...describeCost(report),
    ...rehearsed.leftOut.map((what) => `  not rehearsed     ${what}`),
    tookLine(report.simulated, took),
  ];
}

/** One line for each scenario. */
export function describeComparison(
  manifest: Manifest,
  settings: RehearsalSettings,
  rehearsed: readonly Rehearsed[],
  took: Took,
  columns?: number,
): readonly string[] {
  const rows = rehearsed.map(({ scenario, report }) => [
    scenario,
    report.end,
    formatSpan(report.decidedAfter),
    formatPercent(report.greenPercentMax),
    whole(report.exposed.requests),
    whole(report.exposed.caused),
    shortWhy(report),
  ]);
  const table = [['scenario', 'ended', 'decided', 'most', 'requests', 'caused', 'why'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : column >= 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
  return [
    ...describeSubject(manifest, settings),
    '',
    ...lines.map((line) => cut(line, columns)),
    '',
    'decided: from the push. most: the largest share of traffic the new version had. requests: those it answered. caused: failed requests',
    'that the old version would have answered.',
    ...(rehearsed[0]?.leftOut ?? []).map((what) => `not rehearsed: ${what}`),
    tookLine(
      rehearsed.reduce((sum, { report }) => sum + report.simulated, 0),
      took,
    ),
  ];
}

function describeSubject(manifest: Manifest, settings: RehearsalSettings): readonly string[] {
  const { configurationName, bakeTimeMinutes, driver } = outlineOfManifest(manifest);
  const { requestsPerMinute, baselineErrorShare, medianMilliseconds, desiredCount, seed } = settings;
  return [
    `${manifest.cluster}/${manifest.service}  ${configurationName} through ${driverName(driver)}, then a bake of ${bakeTimeMinutes} min and a guard window of ${manifest.guard.minutes} min`,
    `traffic   ${whole(requestsPerMinute)} requests a minute, ${formatShare(baselineErrorShare)} of them fail in any case, median ${medianMilliseconds} ms; ${desiredCount} task(s); seed ${seed}`,
  ];
}

function describeReturn({ end, backAfter, backAfterFirstBad }: RehearsalReport): readonly string[] {
  if (end !== 'rolled-back') return [];
  if (backAfter === undefined) return ['  time to rollback  none needed: the new version never had production traffic'];
  const firstBad = backAfterFirstBad === undefined ? '' : `, ${formatSpan(backAfterFirstBad)} after its first bad answer`;
  return [`  time to rollback  ${formatSpan(backAfter)} after the push${firstBad}`];
}

function describeExposed({ exposed, greenPercentMax, extraTasks, cost }: RehearsalReport): readonly string[] {
  const met =
    exposed.requests === 0
      ? 'no request'
      : `${whole(exposed.requests)} requests in ${formatSpan(exposed.milliseconds)}, at most ${formatPercent(greenPercentMax)} of all; ${whole(exposed.failed)} failed, ${whole(exposed.caused)} of them because of it`;
  const { peak, taskMinutes, vcpu, memoryGb } = extraTasks;
  return [
    `  it answered       ${met}`,
    `  extra tasks       ${peak} at the peak, ${taskMinutes.toFixed(0)} task-minutes: ${dollars(cost.tasksDollars)} on Fargate with ${vcpu} vCPU and ${memoryGb} GB each`,
  ];
}

function describeCost({ cost }: RehearsalReport): readonly string[] {
  const units = (usage: (typeof cost.controlPlane)[number]['usage']): number => cost.controlPlane.find((line) => line.usage === usage)?.units ?? 0;
  return [
    `  control plane     ${dollars(cost.controlPlaneDollars)}: ${whole(units('lambdaRequests'))} Lambda invocations, ${units('lambdaGbSeconds').toFixed(1)} GB-s; ${whole(units('stateTransitions'))} state transitions; DynamoDB ${whole(units('dynamodbWriteUnits'))} write and ${whole(units('dynamodbReadUnits'))} read units; ${whole(units('metricsRead'))} metrics read`,
    `                    list prices, ${PRICES_REGION}, read ${PRICES_READ_ON}; without free tiers, logs and notifications`,
  ];
}

function shortWhy({ why }: RehearsalReport): string {
  const [first = why] = why.split(';');
  return first.length <= 100 ? first : `${first.slice(0, 99)}…`;
}

function tookLine(simulated: number, { tookMilliseconds }: Took): string {
  return `rehearsed ${formatSpan(simulated)} in ${(tookMilliseconds / 1_000).toFixed(1)} s`;
}

/** `+1:04:32`. */
function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `+${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`.padStart(8);
}

function cut(line: string, columns: number | undefined): string {
  return columns === undefined || line.length <= columns ? line : `${line.slice(0, Math.max(1, columns - 1))}…`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}

/** Two digits that count. */
function dollars(amount: number): string {
  return amount >= 1 ? `$${amount.toFixed(2)}` : `$${Number(amount.toPrecision(2))}`;
}
