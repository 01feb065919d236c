// What many runs say together: how many, how fast, what they covered, which took longest in simulated time, and the digest of them all.
import { createHash } from 'node:crypto';
import { callFaultKinds } from './call-faults.ts';
import { type Fault, faultKinds } from './faults.ts';
import { percentile } from './percentile.ts';
import type { Done } from './pool.ts';
import { storyNamed } from './stories.ts';

export interface Summary {
  add(done: Done): void;
  readonly runs: readonly Done[];
  readonly startedAt: number;
}

export function startSummary(): Summary {
  const runs: Done[] = [];
  return {
    runs,
    startedAt: performance.now(),
    add(done) {
      runs[done.order.index] = done;
    },
  };
}

/** One digest for all histories, in the order of the seeds. */
export function digestOf(runs: readonly Done[]): string {
  const hash = createHash('sha256');
  for (const { result } of runs) hash.update(result.digest);
  return hash.digest('hex');
}

export function renderSummary({ runs, startedAt }: Summary): string {
  const seconds = (performance.now() - startedAt) / 1000;
  const done = runs.filter((run) => run !== undefined);
  const broken = done.flatMap(({ result }) => result.violations);
  return [
    '',
    `runs                 ${done.length} in ${seconds.toFixed(1)} s, ${(done.length / seconds).toFixed(1)} runs/s`,
    `simulated time       ${(done.reduce((sum, { result }) => sum + result.simulatedMs, 0) / 3_600_000).toFixed(1)} h`,
    `AWS calls            ${done.reduce((sum, { result }) => sum + result.calls, 0)}`,
    `faults injected      ${done.reduce((sum, { result }) => sum + result.struck.length, 0)}`,
    ...coverageLines(done),
    `digest of histories  ${digestOf(done)}`,
    `broken invariants    ${broken.length}`,
    ...[...new Set(broken.map(({ invariant }) => invariant))].map(
      (invariant) => `  ${broken.filter((one) => one.invariant === invariant).length} x ${invariant}`,
    ),
    '',
    'Slowest in simulated time',
    ...done
      .toSorted((a, b) => b.result.simulatedMs - a.result.simulatedMs)
      .slice(0, 5)
      .map(({ order, result }) => `  ${minutes(result.simulatedMs).padStart(7)} min  seed ${order.seed}  ${order.story}  ${result.struck.length} faults`),
    '',
    'By fault: runs with it, minutes until the deployments ended, seconds a bad version had traffic (p50, p99)',
    ...faultLines(done),
  ].join('\n');
}

/** Pairs of a call site (function and operation) and a kind of fault. */
function coverageLines(done: readonly Done[]): string[] {
  const reached = new Set(done.flatMap(({ result }) => result.reached));
  const covered = new Set(done.flatMap(({ result }) => result.covered));
  const general = callFaultKinds.filter((kind) => kind !== 'stale' && kind !== 'swallowed');
  const possible = reached.size * general.length;
  const hit = [...covered].filter((pair) => general.some((kind) => pair.endsWith(` ${kind}`))).length;
  return [`coverage             ${hit} of ${possible} (call site x fault) pairs, ${reached.size} call sites (function and operation)`];
}

function faultLines(done: readonly Done[]): string[] {
  return ['(none)', ...faultKinds].flatMap((kind) => {
    const runs = done.filter(({ result }) => (kind === '(none)' ? result.struck.length === 0 : result.struck.some((fault: Fault) => fault.kind === kind)));
    if (runs.length === 0) return [];
    const ended = runs.filter(({ order }) => storyNamed(order.story).waits !== true).map(({ result }) => result.simulatedMs);
    const exposed = runs.filter(({ order }) => order.story === 'bad-image').map(({ result }) => result.exposedMs);
    const took = (at: number): string => (ended.length === 0 ? '-' : minutes(percentile(ended, at))).padStart(6);
    const seconds = (at: number): string => (exposed.length === 0 ? '-' : (percentile(exposed, at) / 1000).toFixed(0));
    return [`  ${kind.padEnd(24)} ${String(runs.length).padStart(6)}   ${took(0.5)} ${took(0.99)}   ${seconds(0.5).padStart(6)} ${seconds(0.99).padStart(6)}`];
  });
}

function minutes(milliseconds: number): string {
  return (milliseconds / 60_000).toFixed(1);
}
