// One thread of the benchmark: simulates the cells it is sent and answers with their outcomes.
import { parentPort, workerData } from 'node:worker_threads';
import { decidersOf } from './deciders.ts';
import { allCells } from './scenarios/cells.ts';
import { simulateCell } from './simulate.ts';

/** What every thread is told when it starts. */
export interface WorkerSetting {
  readonly seed: number;
  readonly deciders: readonly string[];
}

export interface Task {
  readonly cell: string;
  readonly repetitions: number;
}

const setting = workerData as WorkerSetting;
const cells = new Map(allCells.map((cell) => [cell.name, cell]));

parentPort?.on('message', ({ cell: name, repetitions }: Task) => {
  const cell = cells.get(name);
  if (cell === undefined) throw new Error(`no cell is called ${name}`);
  parentPort?.postMessage(simulateCell(cell, decidersOf(cell, setting.deciders), { seed: setting.seed, repetitions }));
});
