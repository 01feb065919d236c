// Simulates many cells on a few threads. The result does not depend on how many there are: a cell is one task, drawn from its own seed.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CellOutcomes } from './simulate.ts';
import type { Task, WorkerSetting } from './worker.ts';

const THREADS_MAX = 8;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Outcomes in the order of the tasks. */
export async function runCells(
  tasks: readonly Task[],
  setting: WorkerSetting,
  {
    threads = Math.min(THREADS_MAX, availableParallelism()),
    onProgress,
  }: { readonly threads?: number; readonly onProgress?: (progress: Progress) => void } = {},
): Promise<readonly CellOutcomes[]> {
  const results = new Map<string, CellOutcomes>();
  // Cells differ in cost by a factor of ten. The dear ones (long runs, no rollback) come first, so that no thread ends alone with one.
  const waiting = tasks.toSorted((a, b) => b.repetitions - a.repetitions);
  const work = (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setting });
    return new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const task = waiting.shift();
        if (task === undefined) {
          resolve();
          return;
        }
        worker.postMessage(task);
      };
      worker.on('message', (outcomes: CellOutcomes) => {
        results.set(outcomes.cell, outcomes);
        onProgress?.({ done: results.size, total: tasks.length });
        next();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`a benchmark thread ended early (code ${code})`)));
      next();
    }).finally(() => worker.terminate());
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return tasks.flatMap(({ cell }) => results.get(cell) ?? []);
}
