// What people and images do in a simulated region. Without faults each story ends as it says here; with faults only the invariants count.

import type { SimulatedDriver } from '#rehearsal/region/sample-service.ts';
import type { ImageBehaviour, World } from '#rehearsal/region/world.ts';
import type { AwsShape } from '../../../localaws/region.ts';
import type { InvariantName } from './invariants.ts';
import { operatorStories } from './operator-stories.ts';
import { remedyStories } from './remedy-stories.ts';
import { workflowStories } from './workflow-stories.ts';

export interface Stage {
  readonly world: World;
  push(tag: string, behaviour?: ImageBehaviour): Promise<string>;
  /** A version that was good behaves so from now on, and must not stay. */
  spoil(digest: string, behaviour: ImageBehaviour): Promise<void>;
  /** Lets simulated time pass. */
  pass(milliseconds: number): Promise<void>;
  /** Until something is so, looking every two seconds, or at most as long as given: with faults it may never be. */
  until(reached: () => Promise<boolean>, limitMs?: number): Promise<void>;
  /** Until two versions share the production traffic. */
  untilShifting(): Promise<void>;
  /** Asks an operation, again and again as a person would whose request failed; its answer, undefined when they gave up. */
  insist(operation: string, request: unknown): Promise<AwsShape | undefined>;
  /** Says that something is not as people may expect. */
  report(invariant: InvariantName, text: string): void;
}

export interface Story {
  readonly name: string;
  readonly summary: string;
  /** Members over the manifest all stories share. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly desiredCount: number;
  /** Who moves the traffic; CodeDeploy when absent. */
  readonly driver?: SimulatedDriver;
  /** Versions that must not stay. */
  readonly badTags: readonly string[];
  /** How each deployment of a version ends without faults, oldest first. */
  readonly ends: Readonly<Record<string, string | readonly string[]>>;
  /** How each remediation ends without faults; none is started when absent. */
  readonly remedies?: readonly string[];
  /** Time passes in it by design: how long it takes says nothing about Weir. */
  readonly waits?: true;
  /** The version that serves at the end without faults; undefined where traffic stays as it stands. */
  readonly serves: string | undefined;
  tell(stage: Stage): Promise<void>;
}

const canary = { strategy: { canary: { percent: 20, intervalMinutes: 1 } } };
/** Long enough for the evidence to decide while most of the traffic is still on blue. */
const slowCanary = { strategy: { canary: { percent: 20, intervalMinutes: 2 } } };
const ALARM = 'orders-refunds';
const failing: ImageBehaviour = { errorShare: 0.5 };

const NATIVE_STORIES = new Set(['canary', 'bad-image', 'crash-at-start', 'supersede', 'abort']);

/** Of deployments through CodeDeploy. */
const deploymentStories: readonly Story[] = [
  {
    name: 'canary',
    summary: 'a canary succeeds',
    manifest: canary,
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Succeeded' },
    serves: '2.0.0',
    async tell({ push }) {
      await push('2.0.0');
    },
  },
  {
    name: 'linear',
    summary: 'a linear shift succeeds',
    manifest: { strategy: { linear: { percent: 50, intervalMinutes: 1 } } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Succeeded' },
    serves: '2.0.0',
    async tell({ push }) {
      await push('2.0.0');
    },
  },
  {
    name: 'all-at-once',
    summary: 'all traffic moves at once',
    manifest: { strategy: { allAtOnce: {} } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Succeeded' },
    serves: '2.0.0',
    async tell({ push }) {
      await push('2.0.0');
    },
  },
  {
    name: 'bad-image',
    summary: 'an image that answers errors is rolled back',
    manifest: slowCanary,
    desiredCount: 2,
    badTags: ['2.0.0'],
    ends: { '2.0.0': 'RolledBack' },
    serves: '1.0.0',
    async tell({ push }) {
      await push('2.0.0', failing);
    },
  },
  {
    name: 'alarm',
    summary: 'an alarm of the service goes off in the middle of a canary',
    manifest: { ...slowCanary, health: { errorRate: { maxPercent: 5 }, alarms: [ALARM] } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'RolledBack' },
    serves: '1.0.0',
    async tell({ push, untilShifting, world }) {
      const watched = { AlarmName: ALARM, Namespace: 'Orders', MetricName: 'Refunds', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 5 };
      await world.call('monitoring', 'PutMetricAlarm', { ...watched, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' });
      await push('2.0.0');
      await untilShifting();
      await world.call('monitoring', 'SetAlarmState', { AlarmName: ALARM, StateValue: 'ALARM', StateReason: 'the story says so' });
    },
  },
  {
    name: 'crash-at-start',
    summary: 'an image whose tasks crash never gets traffic',
    manifest: canary,
    desiredCount: 2,
    badTags: ['2.0.0'],
    ends: { '2.0.0': 'Failed' },
    serves: '1.0.0',
    async tell({ push }) {
      await push('2.0.0', { script: { exitAfterMs: 3_000, exitCode: 1 } });
    },
  },
  {
    name: 'supersede',
    summary: 'a newer push takes over in the middle of a canary',
    manifest: { ...canary, onPush: 'supersede' },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Superseded', '3.0.0': 'Succeeded' },
    serves: '3.0.0',
    async tell({ push, untilShifting }) {
      await push('2.0.0');
      await untilShifting();
      await push('3.0.0');
    },
  },
  {
    name: 'abort',
    summary: 'an operator aborts a canary',
    manifest: canary,
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'RolledBack' },
    serves: '1.0.0',
    async tell({ push, untilShifting, insist, world }) {
      await push('2.0.0');
      await untilShifting();
      await insist('abort-deployment', { serviceKey: world.service.key, by: 'simulation', reason: 'the story says so' });
    },
  },
  {
    name: 'broken-rollback-target',
    summary: 'green answers errors, and blue has no healthy target to go back to',
    manifest: slowCanary,
    desiredCount: 2,
    badTags: ['2.0.0'],
    ends: { '2.0.0': 'Held' },
    serves: undefined,
    async tell({ push, untilShifting, until, world }) {
      await push('2.0.0', failing);
      await untilShifting();
      world.behaviours.set(world.firstDigest, { answersHealthCheck: () => false });
      await until(async () => (await world.truth.records()).deployments.every(({ status }) => status === 'Held'));
      // The outage passes; what Weir left is for a person to decide.
      world.behaviours.set(world.firstDigest, {});
    },
  },
  {
    name: 'approval',
    summary: 'two people approve a canary before it gets production traffic',
    waits: true,
    manifest: { ...canary, approval: { required: 2, timeoutMinutes: 120 } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Succeeded' },
    serves: '2.0.0',
    async tell({ push, pass, until, insist, world }) {
      await push('2.0.0');
      const asked = (): Promise<boolean> =>
        world.truth.records().then(({ deployments }) => deployments.some(({ approval }) => approval !== undefined && approval['ended'] === undefined));
      await until(asked);
      await pass(600_000);
      for (const by of ['arn:aws:iam::000000000000:user/ann', 'arn:aws:iam::000000000000:user/bob'])
        await insist('approve-deployment', { by, serviceKey: world.service.key, reason: 'the story says so', approves: true });
    },
  },
  {
    name: 'burst',
    summary: 'five pushes in three seconds',
    manifest: { strategy: { allAtOnce: {} } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Succeeded', '3.0.0': 'Superseded', '4.0.0': 'Superseded', '5.0.0': 'Superseded', '6.0.0': 'Succeeded' },
    serves: '6.0.0',
    async tell({ push, pass }) {
      for (const major of [2, 3, 4, 5, 6]) {
        await push(`${major}.0.0`);
        await pass(700);
      }
    },
  },
];

/** The same with ECS itself as the driver. */
const nativeStories: readonly Story[] = deploymentStories
  .filter(({ name }) => NATIVE_STORIES.has(name))
  .map((story) => ({ ...story, name: `ecs-${story.name}`, summary: `${story.summary} (ECS-native)`, driver: 'ecs' }));

const shiftStories: readonly Story[] = [...deploymentStories, ...nativeStories];
/** Each comes once in so many seeds. */
const rareStories: readonly Story[] = [...remedyStories, ...operatorStories, ...workflowStories];

export const stories: readonly Story[] = [...shiftStories, ...rareStories];

/** Seeds in which each rare story comes once: remedies are the longest. */
const SEEDS_PER_RARE_STORY = 200;
/** Stories of the rest that take twice as many calls as the others come a third as often. */
const LONG_STORIES = new Set(['supersede', 'broken-rollback-target', 'approval', 'burst', 'ecs-canary', 'ecs-supersede']);
const shortStories = shiftStories.filter(({ name }) => !LONG_STORIES.has(name));
const turns: readonly Story[] = [...shiftStories, ...shortStories, ...shortStories];

/** The story of a seed: its number chooses the story too, so that the seed says everything. */
export function storyOf(seed: number): Story {
  const rare = rareStories[seed % SEEDS_PER_RARE_STORY];
  return rare ?? (turns[seed % turns.length] as Story);
}

export function storyNamed(name: string): Story {
  const found = stories.find((story) => story.name === name);
  if (found === undefined) throw new Error(`there is no story ${name}; there are ${stories.map((story) => story.name).join(', ')}`);
  return found;
}

/** The manifest of the simulated service, with a story's own members over it. */
export function manifestFor(story: Story): Readonly<Record<string, unknown>> {
  return {
    version: 1,
    service: 'orders',
    cluster: 'prod',
    image: { repository: 'team/orders', tags: { semver: '>=1.0.0' } },
    driver: story.driver === 'ecs' ? { kind: 'ecs' } : { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' },
    bakeTimeMinutes: 1,
    // Also where blue had no traffic in the minutes that count, errors are errors.
    health: { errorRate: { maxPercent: 5 } },
    smokeChecks: [{ name: 'smoke', path: '/smoke', expect: { status: 200 } }],
    ...story.manifest,
  };
}
