// The simulation hands AWS calls over without writing them out. Told with every call on the wire, through the whole of the SDK, its
// stories are the same.
import { describe, expect, test } from '@jest/globals';
import { packagedTemplate } from '../support/scenario/packaged-template.ts';
import { startPool } from '../support/simulation/pool.ts';
import type { RunResult } from '../support/simulation/run-story.ts';
import type { Order, ThreadData } from '../support/simulation/thread.ts';

const told: readonly Omit<Order, 'index'>[] = [
  { seed: 21, story: 'canary', faults: [] },
  { seed: 22, story: 'bad-image', faults: [] },
  { seed: 23, story: 'ecs-canary', faults: [] },
  { seed: 24, story: 'ecs-bad-image', faults: [] },
  { seed: 25, story: 'crash-loop', faults: [] },
  { seed: 26, story: 'canary', faults: [{ kind: 'throttled', functionName: 'conclude', invocation: 1, ordinal: 3 }] },
  { seed: 27, story: 'canary', faults: [{ kind: 'answerLost', functionName: 'register-task-definition', invocation: 1, ordinal: 4 }] },
  { seed: 28, story: 'bad-image', faults: [{ kind: 'failsAfter', functionName: 'roll-back', invocation: 1, ordinal: 3 }] },
];

async function tellAll(commands: ThreadData['commands']): Promise<readonly RunResult[]> {
  const pool = await startPool(packagedTemplate().templateFile, { commands });
  const results: RunResult[] = [];
  try {
    await pool.run(
      told.map((order, index) => ({ ...order, index, keepsHistory: true })),
      ({ order, result }) => {
        results[order.index] = result;
        return 'go on';
      },
    );
  } finally {
    await pool.close();
  }
  return results;
}

/** What was done and how it ended, but for the order: which of two calls made at once comes first is the SDK's business. */
function deedsOf({ lines }: RunResult): readonly string[] {
  return lines.map(({ who, what, outcome }) => `${who} ${what.replace(/ #\d+/, '')} ${outcome}`).sort();
}

describe('stories told with every call on the wire', () => {
  test('are the same as those whose calls are handed over', async () => {
    const [onTheWire, handedOver] = [await tellAll('on the wire'), await tellAll('handed over')];
    for (const [index, order] of told.entries()) {
      const [wired, short] = [onTheWire[index], handedOver[index]] as [RunResult, RunResult];
      expect([order, wired.violations, wired.struck.length]).toEqual([order, [], order.faults?.length]);
      expect([order, short.ends, short.remedies, short.serves]).toEqual([order, wired.ends, wired.remedies, wired.serves]);
      expect(deedsOf(short)).toEqual(deedsOf(wired));
      expect(short.lines.length).toBeGreaterThan(100);
    }
  }, 120_000);
});
