// A bar that moves on a terminal; elsewhere a line now and then, so that a log stays readable.
const BAR_WIDTH = 30;
const REDRAW_MS = 200;
const LINE_MS = 20_000;

export interface Progress {
  step(note?: string): void;
  /** A line above the bar. */
  say(text: string): void;
  end(): void;
}

export function startProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = performance.now();
  const isTerminal = stream.isTTY === true;
  let done = 0;
  let drawnAt = isTerminal ? Number.NEGATIVE_INFINITY : startedAt;
  let note = '';
  const line = (): string => {
    const seconds = (performance.now() - startedAt) / 1000;
    const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total));
    const rate = done / Math.max(0.001, seconds);
    const left = Math.max(0, Math.round((total - done) / Math.max(0.001, rate)));
    return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${done}/${total}  ${rate.toFixed(1)} runs/s  ${left} s left  ${note}`;
  };
  const draw = (force: boolean): void => {
    const now = performance.now();
    if (!force && now - drawnAt < (isTerminal ? REDRAW_MS : LINE_MS)) return;
    drawnAt = now;
    stream.write(isTerminal ? `\r\x1b[2K${line()}` : `${line()}\n`);
  };
  return {
    step(given = note) {
      done++;
      note = given;
      draw(false);
    },
    say(text) {
      stream.write(isTerminal ? `\r\x1b[2K${text}\n` : `${text}\n`);
    },
    end() {
      if (isTerminal) {
        draw(true);
        stream.write('\n');
      }
    },
  };
}
