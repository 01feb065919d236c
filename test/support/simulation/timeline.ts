// A run as a story for people: what was injected, what happened, which invariant broke.

import type { HistoryLine } from '#rehearsal/region/history.ts';
import { describeFault, type Fault } from './faults.ts';
import type { RunResult } from './run-story.ts';

/** Lines of a printed timeline at most: the beginning, and the most around the end. */
const LINES_MAX = 160;

export interface Failure {
  readonly result: RunResult;
  readonly faults: readonly Fault[];
  readonly planted: string | undefined;
}

export function renderFailure({ result, faults, planted }: Failure): string {
  const { seed, story, violations, reasons } = result;
  const reproduce = `SEED=${seed} npm run simulate -- --story ${story}${planted === undefined ? '' : ` --planted ${planted}`}`;
  return [
    '',
    violations.length === 0 ? 'HOLDS   nothing is broken' : `BROKEN  ${[...new Set(violations.map(({ invariant }) => invariant))].join('; ')}`,
    `        ${reproduce}`,
    '',
    `Faults${violations.length === 0 ? '' : ' (the fewest that still break it)'}: ${faults.length === 0 ? 'none' : ''}`,
    ...faults.map((fault) => `  - ${describeFault(fault)}`),
    '',
    'Timeline',
    ...renderLines(result.lines),
    '',
    'How deployments ended',
    ...reasons.map((reason) => `  ${reason}`),
    '',
    ...violations.map(({ at, invariant, text }) => `  ${at === 0 ? '--:--:--' : timeOf(at)}  ${invariant}: ${text}`),
  ].join('\n');
}

function renderLines(lines: readonly HistoryLine[]): string[] {
  const told = lines.filter(isWorthTelling);
  const kept = told.length <= LINES_MAX ? told : [...told.slice(0, LINES_MAX / 4), ...told.slice(-(LINES_MAX * 3) / 4)];
  const left = told.length - kept.length;
  return kept.flatMap((line, index) => {
    const text = `  ${timeOf(line.at)}  ${line.who.padEnd(30)} ${line.what.padEnd(52)} ${line.outcome}`;
    return left > 0 && index === LINES_MAX / 4 ? [`  ... ${left} lines left out ...`, text] : [text];
  });
}

/** Reads that went well are the bulk of a history and say nothing. */
function isWorthTelling({ what, outcome }: HistoryLine): boolean {
  return !(outcome === '200' && /:(Get|Describe|List|Query|BatchGet)/.test(what));
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
