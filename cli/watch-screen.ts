// The terminal of `weir status --watch`: one picture drawn in place, never longer or wider than the window.
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const HOME = '\u001b[H';
const CLEAR = '\u001b[2J';
const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Lines at the top that are wrapped, and stay when there is no room for all. */
const HEAD_LINES = 12;
/** Newest lines that stay when there is no room for all. */
const TAIL_LINES_MIN = 3;

export interface WatchScreen {
  draw(lines: readonly string[]): void;
  /** Leaves the last picture whole and gives the cursor back. */
  close(lines: readonly string[]): void;
}

export function openScreen(out: NodeJS.WriteStream): WatchScreen {
  let isFirst = true;
  const giveBack = (): void => void out.write(SHOW_CURSOR);
  process.once('exit', giveBack);
  return {
    draw(lines) {
      const shown = fitToWindow(lines, out.rows ?? 24, out.columns ?? 80);
      out.write(`${isFirst ? `${HIDE_CURSOR}${CLEAR}` : ''}${HOME}${shown.map((line) => `${line}${CLEAR_TO_END_OF_LINE}`).join('\n')}${CLEAR_BELOW}`);
      isFirst = false;
    },
    close(lines) {
      // The whole story stays in the scroll-back.
      out.write(`${HOME}${CLEAR}${lines.join('\n')}\n`);
      giveBack();
      process.removeListener('exit', giveBack);
    },
  };
}

/** The first lines wrapped, the newest ones cut to the window's width; what is left out in between is counted. */
export function fitToWindow(lines: readonly string[], rows: number, columns: number): readonly string[] {
  const cut = (line: string): string => (line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`);
  const head = lines.slice(0, HEAD_LINES).flatMap((line) => wrap(line, columns));
  const rest = lines.slice(HEAD_LINES);
  if (head.length + rest.length <= rows) return [...head, ...rest.map(cut)];
  const kept = head.slice(0, Math.max(1, rows - TAIL_LINES_MIN - 1));
  const tail = Math.min(rest.length, Math.max(0, rows - kept.length - 1));
  const left = head.length - kept.length + rest.length - tail;
  return [...kept, cut(`  ... ${left} more line(s); weir events has them all`), ...rest.slice(rest.length - tail).map(cut)];
}

/** Continued lines are indented further than where they began. */
function wrap(line: string, columns: number): readonly string[] {
  const indent = `${/^ */.exec(line)?.[0] ?? ''}    `;
  if (line.length <= columns || columns <= indent.length + 8) return [line.slice(0, columns)];
  const space = line.lastIndexOf(' ', columns);
  const at = space > indent.length ? space : columns;
  return [line.slice(0, at), ...wrap(`${indent}${line.slice(at).trimStart()}`, columns)];
}
