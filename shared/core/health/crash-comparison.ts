// Crashed tasks of green against blue's, by exposure: crashes are rare, so what counts is how many happened in how many task-minutes.
import { EFFECT_FACTORS, EFFECT_WEIGHTS } from './sequential/effects.ts';
import { addMinute, emptyMixture, logTotal, type Mixture } from './sequential/mixture.ts';

/** Crashes of one side in some time, and the time: tasks times minutes. */
export interface CrashCounts {
  readonly crashes: number;
  readonly taskMinutes: number;
}

export interface CrashRules {
  /** What blue did before the deployment; task-minutes 0 where unknown. */
  readonly history: CrashCounts;
  readonly plannedMinutes: number;
}

export interface CrashComparison {
  readonly blue: CrashCounts;
  readonly green: CrashCounts;
  readonly relative: Mixture;
  /** With blue's history as a second witness. */
  readonly capped: Mixture;
}

const MINUTES_PER_DAY = 1_440;
/** Crashes per task-minute that bother nobody: twice blue's rate and one a day more. */
const RATIO = 2;
const OFFSET = 1 / MINUTES_PER_DAY;
/** Half a crash in a task-week: what is expected of a blue nobody has seen. */
const UNSEEN: CrashCounts = { crashes: 0.5, taskMinutes: 7 * MINUTES_PER_DAY };
/** Blue's true rate is taken to be at most this multiple of the expected one, and the offset. */
const CAP_FACTOR = 3;

const none: CrashCounts = { crashes: 0, taskMinutes: 0 };
export const noCrashes: CrashComparison = { blue: none, green: none, relative: emptyMixture, capped: emptyMixture };

/** Adds one minute: the limit of the two-sample test for rare events, exact for Poisson counts. */
export function compareCrashMinute(state: CrashComparison, rules: CrashRules, blue: CrashCounts, green: CrashCounts): CrashComparison {
  const seen = plus(plus(UNSEEN, rules.history), state.blue);
  const blueRate = seen.crashes / seen.taskMinutes;
  const cap = CAP_FACTOR * blueRate + OFFSET;
  const line = RATIO * blueRate + OFFSET;
  const pairs = EFFECT_FACTORS.map((factor) => crashEvidence(blue, green, blueRate, line * factor, cap));
  return {
    blue: plus(state.blue, blue),
    green: plus(state.green, green),
    relative: addMinute(
      state.relative,
      EFFECT_WEIGHTS,
      pairs.map(({ relative }) => relative),
      rules.plannedMinutes,
    ),
    capped: addMinute(
      state.capped,
      EFFECT_WEIGHTS,
      pairs.map(({ capped }) => capped),
      rules.plannedMinutes,
    ),
  };
}

/** Log evidence that green crashes more often than the margin allows, of both kinds. */
export function readCrashes(state: CrashComparison): { readonly relative: number; readonly capped: number } {
  return { relative: logTotal(state.relative), capped: logTotal(state.capped) };
}

function plus(a: CrashCounts, b: CrashCounts): CrashCounts {
  return { crashes: a.crashes + b.crashes, taskMinutes: a.taskMinutes + b.taskMinutes };
}

function crashEvidence(blue: CrashCounts, green: CrashCounts, blueRate: number, greenRate: number, cap: number): { relative: number; capped: number } {
  if (green.taskMinutes === 0) return { relative: 0, capped: 0 };
  // Without blue there is no fault that both could share: only the cap says what is too much.
  const at = blue.taskMinutes === 0 ? (greenRate - OFFSET) / RATIO : nullRate(blue, green, blueRate, greenRate);
  const below = Math.min(at, Math.max(cap, blueRate));
  return { relative: atNull(blue, green, blueRate, greenRate, at), capped: atNull(blue, green, blueRate, greenRate, below) };
}

function atNull(blue: CrashCounts, green: CrashCounts, blueRate: number, greenRate: number, nullBlueRate: number): number {
  const line = RATIO * nullBlueRate + OFFSET;
  return poissonLog(green, greenRate, line) + poissonLog(blue, blueRate, nullBlueRate);
}

function poissonLog({ crashes, taskMinutes }: CrashCounts, rate: number, reference: number): number {
  return crashes * Math.log(rate / reference) - taskMinutes * (rate - reference);
}

/**
 * Blue's rate on the margin's line nearest to the alternative: where the slopes of both sides' expected log ratios cancel. For Poisson
 * counts that is a quadratic equation with one positive root.
 */
function nullRate(blue: CrashCounts, green: CrashCounts, blueRate: number, greenRate: number): number {
  const [g, b] = [green.taskMinutes, blue.taskMinutes];
  const square = RATIO * (RATIO * g + b);
  const linear = RATIO * g * (greenRate - OFFSET) + b * (RATIO * blueRate - OFFSET);
  const constant = b * blueRate * OFFSET;
  const root = Math.sqrt(linear * linear + 4 * square * constant);
  // The form in which nothing cancels, whatever the sign of the linear term.
  return linear >= 0 ? (linear + root) / (2 * square) : (2 * constant) / (root - linear);
}
