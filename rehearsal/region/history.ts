// What happened in one run, in order: its digest tells whether two runs were the same to the byte, its lines are the story that a
// failure prints.
import { createHash } from 'node:crypto';

export interface HistoryLine {
  /** Simulated epoch milliseconds. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly outcome: string;
}

export interface History {
  /** @param bytes what else has to be the same in a run of the same seed, such as the body of a request */
  add(line: HistoryLine, bytes?: string | Uint8Array): void;
  readonly lines: readonly HistoryLine[];
  readonly count: number;
  /** Hexadecimal SHA-256 of everything added so far; ends the history. */
  digest(): string;
}

/** @param keepsLines false: only the digest is wanted */
export function createHistory(keepsLines: boolean): History {
  const hash = createHash('sha256');
  const lines: HistoryLine[] = [];
  let count = 0;
  let ended: string | undefined;
  return {
    lines,
    add(line, bytes) {
      if (ended !== undefined) return;
      count++;
      hash.update(`${line.at} ${line.who} ${line.what} ${line.outcome}\n`);
      if (bytes !== undefined) hash.update(bytes);
      if (keepsLines) lines.push(line);
    },
    get count() {
      return count;
    },
    digest() {
      ended ??= hash.digest('hex');
      return ended;
    },
  };
}
