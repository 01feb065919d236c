// Runs that once broke something, each with its story. The faults are written out: the same seed would draw others once Weir makes
// other calls.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagedTemplate } from '../support/scenario/packaged-template.ts';
import type { Fault } from '../support/simulation/faults.ts';
import { type Pool, startPool } from '../support/simulation/pool.ts';
import type { RunResult } from '../support/simulation/run-story.ts';

interface Regression {
  /** What happened, and what it did before it was mended. */
  readonly story: string;
  readonly seed: number;
  readonly name: string;
  readonly faults: readonly Fault[];
  /** How the deployments of 2.0.0 end now. */
  readonly ends: readonly string[];
  /** Simulated minutes until then, at most. */
  readonly minutes: number;
}

const regressions: readonly Regression[] = [
  {
    story:
      'somebody stops the CodeDeploy deployment while blue waits for its end; CodeDeploy takes every further stop and starts no rollback, and Weir asked it for 90 minutes',
    seed: 27,
    name: 'canary',
    faults: [{ kind: 'driverStoppedByOthers', atMs: 160_000, amount: 0 }],
    ends: ['RolledBack'],
    minutes: 6,
  },
  {
    story: "somebody stops the deployment after an all-at-once shift: blue's targets had no health check any more and got all traffic unseen",
    seed: 2_747,
    name: 'all-at-once',
    faults: [{ kind: 'driverStoppedByOthers', atMs: 124_000, amount: 4 }],
    ends: ['RolledBack'],
    minutes: 6,
  },
  {
    story: 'blue loses its targets, and the one look at them before the rollback is throttled: CodeDeploy was told to go back to nobody',
    seed: 1_150,
    name: 'broken-rollback-target',
    faults: [{ kind: 'throttled', functionName: 'assess', invocation: 8, ordinal: 4 }],
    ends: ['Held'],
    minutes: 25,
  },
  {
    story: "a later look at blue's targets is throttled while the rollback waits for them: traffic went to them after all",
    seed: 1_015,
    name: 'broken-rollback-target',
    faults: [
      { kind: 'swallowed', functionName: 'deployment-state-changed', invocation: 1, ordinal: 4 },
      { kind: 'failsBefore', functionName: 'assess', invocation: 7, ordinal: 4 },
      { kind: 'throttled', functionName: 'roll-back', invocation: 15, ordinal: 2 },
    ],
    ends: ['Held'],
    minutes: 25,
  },
  {
    story: 'the version to go back to cannot be looked up in the minute in which the guard window has made up its mind: people were told, and it stayed',
    seed: 4,
    name: 'guard',
    faults: [
      { kind: 'redelivered', functionName: 'guard', invocation: 10, ordinal: 3 },
      { kind: 'killed', functionName: 'guard', invocation: 10, ordinal: 4 },
      { kind: 'killed', functionName: 'guard', invocation: 12, ordinal: 3 },
      { kind: 'killed', functionName: 'guard', invocation: 13, ordinal: 9 },
      { kind: 'failsAfter', functionName: 'guard', invocation: 14, ordinal: 3 },
      { kind: 'failsAfter', functionName: 'guard', invocation: 16, ordinal: 5 },
    ],
    ends: ['Succeeded', 'Succeeded'],
    minutes: 25,
  },
  {
    story: 'the version to go back to cannot be looked up when the runbook of a crash loop decides: people were told that there was none',
    seed: 1,
    name: 'crash-loop',
    faults: [{ kind: 'throttled', functionName: 'remediate-decide', invocation: 1, ordinal: 7 }],
    ends: ['Succeeded', 'Succeeded'],
    minutes: 30,
  },
  {
    story: 'one write fails while people are told that an image crashed: the step took its news for told, and nobody ever was',
    seed: 933,
    name: 'crash-at-start',
    faults: [{ kind: 'failsBefore', functionName: 'conclude', invocation: 1, ordinal: 10 }],
    ends: ['Failed'],
    minutes: 5,
  },
  {
    story: 'the function dies while it tells people: its claim was still held when the step came again, which left them untold',
    seed: 904,
    name: 'canary',
    faults: [{ kind: 'killed', functionName: 'conclude', invocation: 1, ordinal: 11 }],
    ends: ['Succeeded'],
    minutes: 6,
  },
];

let pool: Pool;
beforeAll(async () => {
  pool = await startPool(packagedTemplate().templateFile);
}, 60_000);
afterAll(() => pool.close());

describe('what once went wrong', () => {
  test.each(regressions)(
    '$story',
    async ({ seed, name, faults, ends, minutes }) => {
      const results: RunResult[] = [];
      await pool.run([{ index: 0, seed, story: name, faults }], ({ result }) => {
        results.push(result);
        return 'go on';
      });
      const [result] = results;
      expect(result?.violations).toEqual([]);
      // A fault that strikes nobody proves nothing.
      expect(result?.struck.length).toBe(faults.length);
      expect(result?.ends['2.0.0']).toEqual(ends);
      expect((result?.simulatedMs ?? Number.POSITIVE_INFINITY) / 60_000).toBeLessThan(minutes);
    },
    60_000,
  );
});
