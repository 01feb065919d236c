// Two people who want the opposite, a millisecond apart, each pressing twice: one outcome, and both are told which.
import type { AwsShape } from '../../../localaws/region.ts';
import type { Stage, Story } from './stories.ts';

const ann = 'arn:aws:iam::000000000000:user/ann';
const bob = 'arn:aws:iam::000000000000:user/bob';
const SETTLE_MS = 60_000;

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
];
