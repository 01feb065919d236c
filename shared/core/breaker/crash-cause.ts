// What the crashes of one revision were put down to, for records and people: counted by cause, with the newest crash of each.
import type { StopFault } from './stop-cause.ts';
import { isStopCauseCode, type StopCauseCode, stopCause } from './stop-cause.ts';

/** One cause of a revision's crashes. */
export interface CrashCause {
  readonly code: StopCauseCode;
  readonly count: number;
  /** One line; it may depend on where the task ran. */
  readonly remedy: string;
  /** The newest crash of this cause: epoch milliseconds, and what ECS said, in one bounded line. */
  readonly lastAt: number;
  readonly lastText: string;
  readonly lastTaskId: string;
  /** The container whose end decided, where one did. */
  readonly container?: string;
}

/** The end of a crashed container's log, oldest line first. */
export interface CrashLog {
  readonly taskId: string;
  readonly container: string;
  /** Where the whole of it is. */
  readonly group: string;
  readonly stream: string;
  readonly lines: readonly string[];
}

/** Causes kept in a deployment's record. */
export const CRASH_CAUSES_MAX = 3;
/** Most log lines kept, and characters of each. */
export const CRASH_LOG_LINES_MAX = 50;
export const CRASH_LOG_LINE_LENGTH_MAX = 500;
/** Lines kept unless the manifest says otherwise. */
export const CRASH_LOG_LINES = 10;

/** Most frequent first; of equally frequent ones the newest. */
export function orderedCauses(causes: readonly CrashCause[]): readonly CrashCause[] {
  return causes.toSorted((a, b) => b.count - a.count || b.lastAt - a.lastAt);
}

/** The newest crash of all. */
export function newestCrash(causes: readonly CrashCause[]): CrashCause | undefined {
  return causes.toSorted((a, b) => b.lastAt - a.lastAt)[0];
}

/** Whose fault most of the crashes were; unknown where no cause is on record. */
export function crashFault(causes: readonly CrashCause[] | undefined): StopFault {
  const code = orderedCauses(causes ?? [])[0]?.code;
  return code !== undefined && isStopCauseCode(code) ? stopCause(code).fault : 'unknown';
}

/** The commonest cause as the end of the sentence "The task stopped because ..."; undefined where none is on record. */
export function crashTitle(causes: readonly CrashCause[] | undefined): string | undefined {
  const code = orderedCauses(causes ?? [])[0]?.code;
  return code !== undefined && isStopCauseCode(code) ? stopCause(code).title : undefined;
}

/** The last lines of a log as they may be kept and shown: bounded, without what would control a terminal. Blank lines go. */
export function boundedLogLines(lines: readonly string[], count: number): readonly string[] {
  const kept = Math.max(0, Math.min(CRASH_LOG_LINES_MAX, count));
  if (kept === 0) return [];
  return lines
    .map((line) => printable(line).slice(0, CRASH_LOG_LINE_LENGTH_MAX))
    .filter((line) => line.trim() !== '')
    .slice(-kept);
}

/** Without colours and other sequences of terminals, and without any other control character but the tab. */
function printable(line: string): string {
  return (
    line
      .slice(0, 8 * CRASH_LOG_LINE_LENGTH_MAX)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
      .replace(/[^\P{Cc}\t]/gu, '')
      .trimEnd()
  );
}
