// The guard window on the record: opened once, ended once, only for what succeeded.
import { describe, expect, test } from '@jest/globals';
import type { Deployment, DeploymentEvent } from '#core/deployment/deployment.ts';
import { evolve, evolveAll, requestDeployment } from '#core/deployment/evolve.ts';
import { isGuarded } from '#core/deployment/guard-state.ts';
import type { HealthVerdict } from '#core/health/health.ts';

const T0 = Date.UTC(2026, 10, 23, 9);
const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:green', tag: '2.0.0', pushedAt: T0, source: 'push' as const };
const verdict = (kind: HealthVerdict['verdict']): HealthVerdict => ({ verdict: kind, reasons: [`numbers ${kind}`], alarms: [], lacksOnlyProof: false, at: T0 });
const target = { deploymentId: 'before', taskDefinitionArn: 'orders:1', digest: 'sha256:blue' };
const start: DeploymentEvent = { type: 'GuardStarted', target };
const end: DeploymentEvent = { type: 'GuardEnded', kind: 'redeploy', why: 'it went bad', evidence: ['numbers'], restoredBy: 'r', isNews: true };

function ended(status: 'Succeeded' | 'Failed'): Deployment {
  return evolve(requestDeployment('d', 'prod/orders', request, T0), { type: 'Concluded', status, reason: 'because' }, T0);
}

describe('the guard window of a deployment', () => {
  test('knows since when every look has found it bad', () => {
    const judgedAs = (kind: 'pass' | 'fail') => ({ type: 'GuardJudged' as const, verdict: verdict(kind), isBad: kind === 'fail' });
    const bad = evolve(evolve(evolve(ended('Succeeded'), start, T0), judgedAs('fail'), T0 + 1), judgedAs('fail'), T0 + 2);
    expect(bad.guard?.badSince).toBe(T0 + 1);
    expect(evolve(bad, judgedAs('pass'), T0 + 3).guard).not.toHaveProperty('badSince');
  });

  test('opens with the success and is open until it ends', () => {
    const open = evolve(ended('Succeeded'), start, T0 + 1);
    expect(open).toMatchObject({ status: 'Succeeded', guard: { startedAt: T0 + 1, target } });
    expect(isGuarded(open)).toBe(true);
    const closed = evolve(open, end, T0 + 2);
    expect(closed.guard?.ended).toEqual({ kind: 'redeploy', at: T0 + 2, why: 'it went bad', evidence: ['numbers'], restoredBy: 'r', news: 'due' });
    expect(closed.timeline.at(-1)?.text).toBe('Guard window ended: back to the last successful version, because it went bad');
  });

  test('is looked after until people know how it ended, or nobody could be told', () => {
    const closed = evolveAll(ended('Succeeded'), [start, end], T0);
    expect(isGuarded(closed)).toBe(true);
    const told = evolve(closed, { type: 'GuardNewsEnded', news: 'told' }, T0 + 1);
    expect(isGuarded(told)).toBe(false);
    expect(told.timeline).toEqual(closed.timeline);
    expect(evolve(told, { type: 'GuardNewsEnded', news: 'givenUp' }, T0 + 2).guard).toEqual(told.guard);
    const untold = evolve(closed, { type: 'GuardNewsEnded', news: 'givenUp' }, T0 + 1);
    expect(isGuarded(untold)).toBe(false);
    expect(untold.timeline.at(-1)?.text).toBe('Nobody could be told how the guard window ended');
    const quiet = evolveAll(ended('Succeeded'), [start, { type: 'GuardEnded', kind: 'over', why: 'its time is over', evidence: [], isNews: false }], T0);
    expect(isGuarded(quiet)).toBe(false);
    expect(evolve(evolve(ended('Succeeded'), start, T0), { type: 'GuardNewsEnded', news: 'told' }, T0).guard).not.toHaveProperty('ended');
  });

  test('never opens for what failed or runs, and not without its start', () => {
    expect(evolve(ended('Failed'), start, T0).guard).toBeUndefined();
    expect(evolve(requestDeployment('d', 'prod/orders', request, T0), start, T0).guard).toBeUndefined();
    expect(evolve(ended('Succeeded'), end, T0).guard).toBeUndefined();
  });

  test('is changed by nothing once it is over, and started only once', () => {
    const closed = evolveAll(ended('Succeeded'), [start, end], T0);
    const repeated = evolveAll(closed, [start, end, { type: 'GuardJudged', verdict: verdict('fail'), isBad: true }], T0 + 9);
    expect(repeated.guard).toEqual(closed.guard);
    expect(repeated.timeline).toEqual(closed.timeline);
  });

  test('keeps what the newest look said and writes only bad news down', () => {
    const judged = evolveAll(
      ended('Succeeded'),
      [
        start,
        ...(['pass', 'inconclusive', 'fail', 'fail'] as const).map((kind) => ({
          type: 'GuardJudged' as const,
          verdict: verdict(kind),
          isBad: kind === 'fail',
        })),
      ],
      T0,
    );
    expect(judged.guard?.verdict?.verdict).toBe('fail');
    expect(judged.timeline.filter((entry) => entry.type === 'GuardJudged').map((entry) => entry.text)).toEqual(['Guard window, health fail: numbers fail']);
    // The verdict at success stays what it was.
    expect(judged.verdict).toBeUndefined();
  });
});
