// Threads that share the runs of a simulation. Which thread does a run changes nothing in it.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RunResult } from './run-story.ts';
import type { Answer, Order, ThreadData } from './thread.ts';

export interface Done {
  readonly order: Order;
  readonly result: RunResult;
  /** Real milliseconds. */
  readonly milliseconds: number;
}

export interface Pool {
  /**
   * Does the orders in any order and tells of each as it is done; stops early when told so.
   * @throws Error when a run broke the simulation itself
   */
  run(orders: Iterable<Order>, done: (done: Done) => 'go on' | 'stop'): Promise<void>;
  close(): Promise<void>;
}

export interface PoolOptions {
  /** One per processor when absent. */
  readonly threads?: number | undefined;
  /** As in ThreadData; handed over when absent. */
  readonly commands?: ThreadData['commands'];
}

export async function startPool(templateFile: string, { threads = availableParallelism(), commands = 'handed over' }: PoolOptions = {}): Promise<Pool> {
  const workers = await Promise.all(Array.from({ length: threads }, () => startThread({ templateFile, commands })));
  return {
    async run(orders, done) {
      const queue = orders[Symbol.iterator]();
      let stopped = false;
      await Promise.all(
        workers.map(async (worker) => {
          for (;;) {
            const next = stopped ? undefined : queue.next();
            if (next === undefined || next.done === true) return;
            const answer = await ask(worker, next.value);
            if (answer.kind !== 'done')
              throw new Error(`seed ${next.value.seed} of ${next.value.story}: ${answer.kind === 'broken' ? answer.error : 'no answer'}`);
            if (done({ order: next.value, result: answer.result, milliseconds: answer.milliseconds }) === 'stop') stopped = true;
          }
        }),
      );
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

async function startThread(data: ThreadData): Promise<Worker> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: data,
    env: { ...process.env, POWERTOOLS_LOG_LEVEL: 'SILENT', AWS_LAMBDA_LOG_LEVEL: 'FATAL' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // What functions print for CloudWatch is nothing for the terminal.
    stdout: true,
    stderr: false,
    // A run makes a region's worth of objects that die with it: with room for them, few are ever copied.
    resourceLimits: { maxYoungGenerationSizeMb: 192 },
  });
  worker.stdout.resume();
  await answerOf(worker);
  return worker;
}

function ask(worker: Worker, order: Order): Promise<Answer> {
  const answer = answerOf(worker);
  worker.postMessage(order);
  return answer;
}

function answerOf(worker: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const clear = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
    };
    const onMessage = (answer: Answer): void => {
      clear();
      resolve(answer);
    };
    const onError = (error: unknown): void => {
      clear();
      reject(error);
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
  });
}
