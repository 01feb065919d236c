// A way to stop a branch of an execution, and all branches inside of it, wherever it waits.
import type { Clock } from '../../clock/clock.ts';
import { Interrupted } from './faults.ts';

export interface Interruption {
  readonly interrupted: boolean;
  /** Idempotent. */
  interrupt(): void;
  /** Runs the listener once, at the interruption; the returned function takes it back. */
  onInterrupt(listener: () => void): () => void;
  /** What `work` answers, or Interrupted at once when that comes first; `work` is then left to itself. */
  guard<T>(work: Promise<T>): Promise<T>;
  /** An interruption of its own that this one also triggers. */
  child(): Interruption;
}

export function createInterruption(): Interruption {
  let interrupted = false;
  const listeners = new Set<() => void>();
  const self: Interruption = {
    get interrupted() {
      return interrupted;
    },
    interrupt() {
      if (interrupted) return;
      interrupted = true;
      for (const listener of [...listeners]) listener();
      listeners.clear();
    },
    onInterrupt(listener) {
      if (interrupted) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    guard: (work) =>
      new Promise((resolve, reject) => {
        const off = self.onInterrupt(() => reject(new Interrupted()));
        work.then(
          (value) => {
            off();
            resolve(value);
          },
          (error: unknown) => {
            off();
            reject(error);
          },
        );
      }),
    child() {
      const inner = createInterruption();
      const off = self.onInterrupt(inner.interrupt);
      inner.onInterrupt(off);
      return inner;
    },
  };
  return self;
}

/** Sleeps on the clock; an interruption takes the timer away. */
export async function sleepUnlessInterrupted(clock: Clock, delayMs: number, interruption: Interruption, label: string): Promise<void> {
  let cancel = (): void => undefined;
  const slept = new Promise<void>((resolve) => {
    cancel = clock.schedule(delayMs, resolve, label).cancel;
  });
  try {
    await interruption.guard(slept);
  } finally {
    cancel();
  }
}
