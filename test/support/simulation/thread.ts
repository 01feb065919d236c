// One thread of the simulation: loads everything once, runs one story to warm up, then does the runs it is sent, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import type { LoadOptions } from '#rehearsal/region/function-host.ts';
import { loadMachinery } from '#rehearsal/region/world.ts';
import type { Fault, FaultKind } from './faults.ts';
import { plantedBugNamed } from './planted-bugs.ts';
import { type RunResult, runStory } from './run-story.ts';
import { storyNamed } from './stories.ts';

export interface ThreadData {
  readonly templateFile: string;
  readonly commands: NonNullable<LoadOptions['commands']>;
}

export interface Order {
  readonly index: number;
  readonly seed: number;
  readonly story: string;
  readonly enabled?: readonly FaultKind[];
  readonly faults?: readonly Fault[];
  readonly planted?: string;
  readonly keepsHistory?: boolean;
  /** Whether the answer is to have the places at which AWS is called. */
  readonly listsSites?: boolean;
}

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly index: number; readonly result: RunResult; readonly milliseconds: number }
  | { readonly kind: 'broken'; readonly index: number; readonly error: string };

const { templateFile, commands } = workerData as ThreadData;
const send = (answer: Answer): void => parentPort?.postMessage(answer);
const machinery = await loadMachinery(templateFile, { commands });

const failures: string[] = [];
// Inside a run a promise that nobody handles is a finding: something failed unnoticed.
process.on('unhandledRejection', (reason) => failures.push(reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)));

async function carryOut(order: Order): Promise<RunResult> {
  failures.length = 0;
  const { index: _index, story, enabled, planted, ...rest } = order;
  const result = await runStory(machinery, {
    ...rest,
    story: storyNamed(story),
    ...(enabled === undefined ? {} : { enabled: new Set(enabled) }),
    ...(planted === undefined ? {} : { planted: plantedBugNamed(planted) }),
  });
  const unnoticed = failures.map((text) => ({ invariant: 'nothing fails unnoticed' as const, at: 0, text }));
  return unnoticed.length === 0 ? result : { ...result, violations: [...result.violations, ...unnoticed] };
}

// What is loaded on first use, and read from files on the way, must not belong to the first run.
for (const story of ['canary', 'crash-at-start', 'abort']) await carryOut({ index: 0, seed: 0, story });

parentPort?.on('message', (order: Order) => {
  const startedAt = performance.now();
  carryOut(order).then(
    (result) => send({ kind: 'done', index: order.index, result, milliseconds: performance.now() - startedAt }),
    (error: unknown) => send({ kind: 'broken', index: order.index, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
});
send({ kind: 'ready' });
