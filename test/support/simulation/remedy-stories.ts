// What breaks while nothing is being deployed, and when deployments keep failing: guard window, runbooks, the service's circuit breaker.
import type { Stage, Story } from './stories.ts';

const MINUTE = 60_000;
const allAtOnce = { strategy: { allAtOnce: {} } };
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';
/** Where three minutes of crashes and the deployment that mends them come to their end. */
const REMEDY_MS_MAX = 90 * MINUTE;

const over = new Set(['Helped', 'DidNotHelp', 'Inconclusive', 'Rejected', 'Expired', 'Alerted', 'NotNeeded', 'Failed']);

/** Two versions that Weir has deployed; the digest of the newer, which serves. */
export async function deployTwo(stage: Stage): Promise<string> {
  await stage.push('2.0.0');
  await untilServing(stage, '2.0.0', 30 * MINUTE);
  const digest = await stage.push('3.0.0');
  await untilServing(stage, '3.0.0', 30 * MINUTE);
  return digest;
}

/** Until a version has all the traffic and nobody is at work on it. */
export function untilServing({ until, world }: Stage, tag: string, limitMs: number): Promise<void> {
  return until(async () => {
    const { service } = await world.truth.records();
    const serving = await world.truth.servingDigest();
    return service !== undefined && service['active'] === undefined && serving !== undefined && world.tags.get(serving) === tag;
  }, limitMs);
}

export async function untilRemedied({ until, world }: Stage): Promise<void> {
  await until(async () => {
    const remedies = await world.truth.remedies();
    return remedies.length > 0 && remedies.every(({ status }) => over.has(status) || status === 'Proposed');
  }, REMEDY_MS_MAX);
}

export const remedyStories: readonly Story[] = [
  {
    name: 'guard',
    summary: 'a version goes bad after it was deployed and the last good one comes back',
    waits: true,
    manifest: allAtOnce,
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': ['Succeeded', 'Succeeded'], '3.0.0': 'Succeeded' },
    serves: '2.0.0',
    async tell(stage) {
      const digest = await deployTwo(stage);
      await stage.pass(2 * MINUTE);
      await stage.spoil(digest, { errorShare: 0.5 });
      await untilServing(stage, '2.0.0', 30 * MINUTE);
    },
  },
  {
    name: 'crash-loop',
    summary: 'the tasks of the serving version crash again and again, long after its deployment',
    waits: true,
    manifest: { ...allAtOnce, guard: { mode: 'off' } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': ['Succeeded', 'Succeeded'], '3.0.0': 'Succeeded' },
    remedies: ['Helped'],
    serves: '2.0.0',
    async tell(stage) {
      const digest = await deployTwo(stage);
      await stage.spoil(digest, { script: { exitAfterMs: 30_000, exitCode: 1 } });
      await untilServing(stage, '2.0.0', 30 * MINUTE);
      await untilRemedied(stage);
    },
  },
  {
    name: 'out-of-memory',
    summary: 'the serving version needs more memory than it has and gets it as a canary',
    waits: true,
    manifest: { strategy: { canary: { percent: 20, intervalMinutes: 1 } }, remediation: { outOfMemory: { mode: 'auto' } } },
    desiredCount: 2,
    badTags: [],
    ends: { '1.0.0': 'Succeeded' },
    remedies: ['Helped'],
    serves: '1.0.0',
    async tell(stage) {
      const { world } = stage;
      const script = { exitAfterMs: 2 * MINUTE, exitCode: 137, exitReason: OUT_OF_MEMORY, needsMiB: 768 };
      await world.spoil(world.firstDigest, { script });
      await untilRemedied(stage);
    },
  },
  {
    name: 'breaker',
    summary: 'three bad versions open the circuit breaker, a fourth push is refused, and a good one closes it after the cool-down',
    waits: true,
    manifest: { ...allAtOnce, breaker: { failuresToOpen: 3, coolDownMinutes: 10 } },
    desiredCount: 2,
    badTags: ['2.0.0', '3.0.0', '4.0.0', '5.0.0'],
    ends: { '2.0.0': 'Failed', '3.0.0': 'Failed', '4.0.0': 'Failed', '5.0.0': 'Refused', '6.0.0': 'Succeeded' },
    serves: '6.0.0',
    async tell(stage) {
      const bad = { script: { exitAfterMs: 3_000, exitCode: 1 } };
      for (const tag of ['2.0.0', '3.0.0', '4.0.0', '5.0.0']) {
        await stage.push(tag, bad);
        await untilEnded(stage, tag);
      }
      await stage.pass(11 * MINUTE);
      await stage.push('6.0.0');
    },
  },
];

export async function untilEnded({ until, world }: Stage, tag: string): Promise<void> {
  await until(async () => {
    const { service, deployments } = await world.truth.records();
    const digest = [...world.tags].find(([, name]) => name === tag)?.[0];
    const isKnown = deployments.some((deployment) => (deployment['request'] as { digest: string }).digest === digest);
    return isKnown && service?.['active'] === undefined && service?.['next'] === undefined;
  }, 20 * MINUTE);
}
