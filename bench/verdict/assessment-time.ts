// CPU time of one assessment by Weir: adding the newest minute to the stored evidence and reading the verdict, and judging all stored
// minutes again from the first, as `weir replay` does.

import { comparisonSetting } from '#core/health/comparison.ts';
import { readComparison } from '#core/health/comparison-reading.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import type { EvidenceMinute } from '#core/health/evidence.ts';
import { type EvidenceRecord, gatherEvidence, replayEvidence, startEvidence } from '#core/health/evidence-record.ts';
import { randomSource } from './random/random-source.ts';
import { median } from './report/cell-statistics.ts';
import { markdownTable } from './report/markdown.ts';
import { drawDeployment } from './scenarios/deployment.ts';
import { undisturbed } from './scenarios/disturbances.ts';
import { baselineOf, evidenceMinute } from './weir-decider.ts';

const STORED_MINUTES = [60, 1440];
/** Rounds, and calls timed together: one call alone may take less than the clock can tell. */
const ONE_ASSESSMENT = { rounds: 200, calls: 5 };
const ALL_AGAIN = { rounds: 25, calls: 1 };
const MINUTE_MILLISECONDS = 60_000;
const TASKS = 4;
/** p50, p90 and p99 of a service, milliseconds, and the share of requests beyond them. */
const LATENCY = { p50: 40, p90: 120, p99: 400 };
const SLOW_SHARES = [0.5, 0.1, 0.01];

export function timeAssessments(command: string): string {
  const rows = STORED_MINUTES.map((stored) => {
    const minutes = healthyMinutes(stored);
    const baseline = baselineOf(healthyDeployment(0).history);
    const setting = comparisonSetting(
      { ...COMPARISON_DEFAULTS, plannedMinutes: stored },
      baseline === undefined ? undefined : { ...baseline, latency: LATENCY },
      TASKS,
    );
    const start = startEvidence(setting, baseline);
    const before = gatherEvidence(start, setting, upTo(minutes, stored - 1));
    const newest = upTo(minutes, stored);
    const assess = (record: EvidenceRecord): string => {
      const after = gatherEvidence(record, setting, newest);
      return readComparison(after.state, setting).verdict;
    };
    return [
      stored.toLocaleString('en-US'),
      milliseconds(ONE_ASSESSMENT, () => assess(before)),
      milliseconds(ALL_AGAIN, () => replayEvidence(setting, minutes).minutes.at(-1)?.verdict ?? ''),
      assess(before),
    ];
  });
  return [
    `\`${command}\`: CPU milliseconds, medians of ${ONE_ASSESSMENT.rounds} and ${ALL_AGAIN.rounds} rounds. Errors, three latency edges and crashes are compared.`,
    '',
    markdownTable(['stored minutes', 'one assessment (newest minute added, verdict read)', 'all minutes judged again', 'verdict'], rows),
    '',
  ].join('\n');
}

function milliseconds({ rounds: count, calls }: typeof ONE_ASSESSMENT, work: () => string): string {
  // The first rounds run before the code is compiled, which a Lambda function that stays warm does once.
  const rounds = Array.from({ length: count }, () => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / calls;
  });
  return median(rounds).toFixed(3);
}

function upTo(minutes: readonly EvidenceMinute[], count: number): Parameters<typeof gatherEvidence>[2] {
  return { from: 0, settledBefore: count * MINUTE_MILLISECONDS, minutes: minutes.slice(0, count), crashes: { blue: 0, green: 0 } };
}

/** Identical versions, so that every minute is judged: 100 requests a second, 1 % errors, a tenth on green. */
function healthyMinutes(count: number): readonly EvidenceMinute[] {
  const bins = Array.from({ length: Math.ceil(count / 60) }, (_, hour) => healthyDeployment(hour).bins).flat();
  return bins.slice(0, count).map((bin, minute) => {
    const seen = evidenceMinute({ ...bin, minute });
    const withSlow = (side: EvidenceMinute['blue']): EvidenceMinute['blue'] =>
      side === undefined ? undefined : { ...side, slow: SLOW_SHARES.map((share) => Math.round(side.requests * share)) };
    const [blue, green] = [withSlow(seen.blue), withSlow(seen.green)];
    return { minute: seen.minute, ...(blue === undefined ? {} : { blue }), ...(green === undefined ? {} : { green }) };
  });
}

function healthyDeployment(hour: number): ReturnType<typeof drawDeployment> {
  const cell = {
    name: 'assessment time',
    group: 'identical',
    kind: 'identical',
    errorRate: 0.01,
    requestsPerSecond: 100,
    greenShare: () => 0.1,
    disturbance: undisturbed,
  } as const;
  return drawDeployment(cell, randomSource(1, cell.name, hour));
}
