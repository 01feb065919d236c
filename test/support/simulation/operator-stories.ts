// What people ask for, each request sent twice: the opposite of what another asks at the same moment, a rollback, a retry, an approval of
// what Weir proposes. Once is once, and the answers say so.

import type { Remedy } from '#rehearsal/region/truth.ts';
import type { AwsShape } from '../../../localaws/region.ts';
import { deployTwo, untilEnded, untilRemedied, untilServing } from './remedy-stories.ts';
import type { Stage, Story } from './stories.ts';

const ann = 'arn:aws:iam::000000000000:user/ann';
const bob = 'arn:aws:iam::000000000000:user/bob';
const SETTLE_MS = 60_000;
/** Until a version that people asked for serves, with every fault on the way. */
const RESTORE_MS_MAX = 60 * 60_000;

interface Press {
  readonly operation: string;
  readonly request: AwsShape;
}

/** Each request twice, all within three milliseconds; then each once more, when it is settled, for the answers that must name one outcome. */
async function press({ pass, insist }: Stage, one: Press, other: Press): Promise<readonly [AwsShape | undefined, AwsShape | undefined]> {
  const sent: Promise<unknown>[] = [];
  for (const { operation, request } of [one, other, one, other]) {
    sent.push(insist(operation, request));
    await pass(1);
  }
  await Promise.all(sent);
  await pass(SETTLE_MS);
  return [await insist(one.operation, one.request), await insist(other.operation, other.request)];
}

/** Abort against promote: whichever came first, traffic goes back. */
async function abortAgainstPromote(stage: Stage): Promise<void> {
  const { push, untilShifting, world } = stage;
  await push('2.0.0');
  await untilShifting();
  const about = { serviceKey: world.service.key, deploymentId: await runningDeployment(stage), reason: 'the story says so' };
  const [aborted, promoted] = await press(
    stage,
    { operation: 'abort-deployment', request: { ...about, by: ann } },
    { operation: 'promote-deployment', request: { ...about, by: bob } },
  );
  // Whoever gave up after failures was not told, and has not to be.
  if (aborted !== undefined && aborted['kind'] === 'nothingRuns')
    stage.report('opposite requests have one outcome', `who aborts is told ${JSON.stringify(aborted)}`);
  const isTold = promoted === undefined || promoted['kind'] === 'goesBack' || promoted['kind'] === 'ended';
  if (aborted?.['kind'] === 'asked' && !isTold)
    stage.report('opposite requests have one outcome', `after an abort who promotes is told ${JSON.stringify(promoted)}`);
}

/** Pause against resume by people who had both looked before: the pause stands until somebody who has seen it resumes. */
async function pauseAgainstResume(stage: Stage): Promise<void> {
  const { push, untilShifting, insist, world } = stage;
  await push('2.0.0');
  await untilShifting();
  const about = { serviceKey: world.service.key, deploymentId: await runningDeployment(stage), reason: 'the story says so' };
  const [paused, resumed] = await press(
    stage,
    { operation: 'pause-deployment', request: { ...about, by: ann, seen: 0 } },
    { operation: 'resume-deployment', request: { ...about, by: bob, seen: 0 } },
  );
  if (paused?.['kind'] === 'paused' && resumed !== undefined && !['pausedSince', 'goesBack', 'ended', 'nothingRuns'].includes(String(resumed['kind'])))
    stage.report('opposite requests have one outcome', `after a pause who resumes without having seen it is told ${JSON.stringify(resumed)}`);
  if (paused?.['number'] !== undefined && paused['number'] !== 1)
    stage.report('opposite requests have one outcome', `one request, sent again, paused ${paused['number']} times`);
  await insist('resume-deployment', { ...about, by: bob, seen: 1 });
}

/** The deployment that people look at: the one that has production traffic; undefined when none runs any more. */
async function runningDeployment({ world }: Stage): Promise<string | undefined> {
  const { service } = await world.truth.records();
  return (service?.['active'] as { deploymentId: string } | undefined)?.deploymentId;
}

/** The same request twice, a millisecond apart. */
async function pressTwice({ pass, insist }: Stage, operation: string, request: AwsShape): Promise<void> {
  const sent: Promise<unknown>[] = [];
  for (let presses = 0; presses < 2; presses++) {
    sent.push(insist(operation, request));
    await pass(1);
  }
  await Promise.all(sent);
}

/** As the CLI does it: what would happen is shown first, and its ticket is sent. */
async function rollBack(stage: Stage): Promise<void> {
  const { world, insist } = stage;
  await deployTwo(stage);
  const about = { serviceKey: world.service.key, by: ann, reason: 'the story says so' };
  const shown = await insist('roll-back-service', { ...about, dryRun: true });
  await pressTwice(stage, 'roll-back-service', { ...about, ticket: shown?.['plan']?.ticket });
  await untilServing(stage, '2.0.0', RESTORE_MS_MAX);
  await reportMore(stage, '2.0.0', 2);
}

async function retry(stage: Stage): Promise<void> {
  const { world, push } = stage;
  const digest = await push('2.0.0', { script: { exitAfterMs: 3_000, exitCode: 1 } });
  await untilEnded(stage, '2.0.0');
  // What its tasks lacked is there now.
  world.behaviours.set(digest, {});
  world.runtime.script(digest, {});
  const [failed] = (await world.truth.records()).deployments;
  await pressTwice(stage, 'retry-deployment', { serviceKey: world.service.key, by: ann, reason: 'the story says so', deploymentId: failed?.['id'] });
  await untilServing(stage, '2.0.0', RESTORE_MS_MAX);
  await reportMore(stage, '2.0.0', 2);
}

async function approveProposal(stage: Stage): Promise<void> {
  const { world, until } = stage;
  const digest = await deployTwo(stage);
  await stage.spoil(digest, { script: { exitAfterMs: 30_000, exitCode: 1 } });
  const proposed = async (): Promise<Remedy | undefined> => (await world.truth.remedies()).find(({ status }) => status === 'Proposed');
  await until(async () => (await proposed()) !== undefined, RESTORE_MS_MAX);
  const about = { serviceKey: world.service.key, by: ann, reason: 'the story says so' };
  await pressTwice(stage, 'approve-remediation', { ...about, remediationId: (await proposed())?.id });
  await untilServing(stage, '2.0.0', RESTORE_MS_MAX);
  await untilRemedied(stage);
}

/** Reports more deployments of a version than people asked for. */
async function reportMore({ world, report }: Stage, tag: string, most: number): Promise<void> {
  const { deployments } = await world.truth.records();
  const made = deployments.filter(({ request }) => world.tags.get(request.digest) === tag);
  if (made.length > most) report('one request is carried out once', `${tag} was deployed ${made.length} times`);
}

export const operatorStories: readonly Story[] = [
  {
    name: 'opposite-requests',
    summary: 'one person aborts and another promotes, a millisecond apart',
    manifest: { strategy: { canary: { percent: 20, intervalMinutes: 2 } } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'RolledBack' },
    serves: '1.0.0',
    tell: abortAgainstPromote,
  },
  {
    name: 'ecs-opposite-requests',
    summary: 'one person pauses and another resumes, a millisecond apart (ECS-native)',
    waits: true,
    driver: 'ecs',
    manifest: { strategy: { canary: { percent: 20, intervalMinutes: 2 } } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': 'Succeeded' },
    serves: '2.0.0',
    tell: pauseAgainstResume,
  },
  {
    name: 'rollback-request',
    summary: 'a person goes back to the version before, and presses twice',
    waits: true,
    manifest: { strategy: { allAtOnce: {} } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': ['Succeeded', 'Succeeded'], '3.0.0': 'Succeeded' },
    serves: '2.0.0',
    tell: rollBack,
  },
  {
    name: 'retry-request',
    summary: 'a person retries a version that failed, and presses twice',
    waits: true,
    manifest: { strategy: { allAtOnce: {} } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': ['Failed', 'Succeeded'] },
    serves: '2.0.0',
    tell: retry,
  },
  {
    name: 'proposal',
    summary: 'the serving version crashes, Weir proposes to go back, and a person approves, twice',
    waits: true,
    manifest: { strategy: { allAtOnce: {} }, guard: { mode: 'off' }, remediation: { crashLoop: { mode: 'propose' } } },
    desiredCount: 2,
    badTags: [],
    ends: { '2.0.0': ['Succeeded', 'Succeeded'], '3.0.0': 'Succeeded' },
    remedies: ['Helped'],
    serves: '2.0.0',
    tell: approveProposal,
  },
];
