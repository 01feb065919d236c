// What AWS last said, for so long: several tabs or quick looks cost one question, and while AWS cannot be read the last answer stays,
// with its age.
import { CommandFailure } from '#cli/command-failure.ts';

/** An answer as the page gets it. */
export interface Reading<Value> {
  readonly value: Value;
  /** How long ago AWS said so, milliseconds. */
  readonly ageMilliseconds: number;
  /** Why nothing newer is known; absent where the last question was answered. */
  readonly problem?: string;
}

interface Kept {
  readonly value: unknown;
  readonly at: number;
}

export interface Remembered {
  /**
   * What was answered less than `milliseconds` ago, else asks. One question at a time for each key.
   * @throws CommandFailure when it was never answered
   */
  read<Value>(key: string, milliseconds: number, ask: () => Promise<Value>): Promise<Reading<Value>>;
  /** Something was changed: whatever begins so is asked again. */
  forget(prefix: string): void;
}

/** Answers kept; the oldest goes first. */
const ANSWERS_MAX = 500;

/** @param now monotonic milliseconds */
export function createRemembered(now: () => number): Remembered {
  const kept = new Map<string, Kept>();
  const stale = new Set<string>();
  const asking = new Map<string, Promise<unknown>>();
  const askOnce = async <Value>(key: string, ask: () => Promise<Value>): Promise<Value> => {
    const running = asking.get(key);
    if (running !== undefined) return (await running) as Value;
    stale.delete(key);
    const question = ask().finally(() => asking.delete(key));
    asking.set(key, question);
    const value = await question;
    kept.delete(key);
    kept.set(key, { value, at: now() });
    const oldest = kept.keys().next();
    if (kept.size > ANSWERS_MAX && !oldest.done) kept.delete(oldest.value);
    return value;
  };
  return {
    async read<Value>(key: string, milliseconds: number, ask: () => Promise<Value>): Promise<Reading<Value>> {
      const last = kept.get(key);
      if (last !== undefined && !stale.has(key) && now() - last.at < milliseconds) {
        return { value: last.value as Value, ageMilliseconds: now() - last.at };
      }
      try {
        return { value: await askOnce(key, ask), ageMilliseconds: 0 };
      } catch (error) {
        if (!(error instanceof CommandFailure) || last === undefined) throw error;
        return { value: last.value as Value, ageMilliseconds: now() - last.at, problem: error.message };
      }
    },
    forget(prefix) {
      for (const key of kept.keys()) if (key.startsWith(prefix)) stale.add(key);
    },
  };
}
