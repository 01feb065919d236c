// A deployment explained: what happened, why, and what a person can do, for every way it can end.
import { describe, expect, test } from '@jest/globals';
import { newServiceBreaker } from '#core/breaker/service-breaker.ts';
import type { Deployment, DeploymentEvent } from '#core/deployment/deployment.ts';
import { evolve, evolveAll, requestDeployment } from '#core/deployment/evolve.ts';
import { explainDeployment } from '#core/deployment/explain.ts';
import type { RollbackCause } from '#core/deployment/rollback-cause.ts';
import { newServiceRecord, type ServiceRecord } from '#core/service/service-record.ts';

const T0 = Date.UTC(2026, 10, 23, 9);
const HOUR = 3_600_000;
const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:green', tag: '2.0.0', pushedAt: T0, source: 'push' as const };
const service: ServiceRecord = newServiceRecord('prod/orders', {}, { onPush: 'queue', frozen: undefined }, T0);

function deploymentOf(...events: DeploymentEvent[]): Deployment {
  return evolveAll(requestDeployment('d', 'prod/orders', request, T0), events, T0);
}
function rolledBack(cause: RollbackCause, status: 'Failed' | 'RolledBack' | 'Held' = 'Failed'): Deployment {
  return deploymentOf({ type: 'RollbackStarted', cause, mode: 'toBlue' }, { type: 'Concluded', status, reason: 'the reason' });
}
const nextOf = (deployment: Deployment, record = service): string => explainDeployment(deployment, record, T0).next.join('\n');

describe('an explanation', () => {
  test('of crashes names their causes as sentences, most frequent first, each with its remedy', () => {
    const seen = { lastAt: T0, lastText: 'app: exit code 1', lastTaskId: 't1' };
    const causes = [
      { ...seen, code: 'outOfMemory' as const, count: 1, remedy: 'More memory.' },
      { ...seen, code: 'exitError' as const, count: 2, remedy: 'Read the log.' },
    ];
    const explained = explainDeployment(rolledBack({ kind: 'crashes', count: 3, threshold: 3, lastReason: 'app: exit code 1', causes }), service, T0);
    expect(explained.happened).toBe('It failed, and production never saw it.');
    expect(explained.why).toBe('the reason');
    expect(explained.causes.map(({ title }) => title)).toEqual([
      'The task stopped because an essential container ended with an error.',
      'The task stopped because a container used more memory than it has.',
    ]);
    expect(explained.evidence).toContain("3 of green's tasks crashed, the limit is 3; the last one: app: exit code 1");
    expect(explained.next.slice(0, 2)).toEqual(['Read the log.', 'More memory.']);
  });

  test('of crashes recorded before causes were kept still says what is known', () => {
    const explained = explainDeployment(rolledBack({ kind: 'crashes', count: 3, threshold: 3, lastReason: 'exit code 1' }), service, T0);
    expect(explained).toMatchObject({ causes: [], evidence: ["3 of green's tasks crashed, the limit is 3; the last one: exit code 1"] });
  });

  test.each<[string, RollbackCause, string]>([
    ['bad health', { kind: 'health', reasons: ['worse'] }, 'weir replay prod/orders --deployment d'],
    ['an alarm', { kind: 'alarm', alarms: ['orders-5xx'] }, 'orders-5xx'],
    ['a hook', { kind: 'hook', hook: 'AfterInstall', reason: 'no' }, 'AfterInstall'],
    ['an unexpected error', { kind: 'unexpected', reason: 'bug' }, 'safe'],
  ])('of %s says where to look next', (_what, cause, text) => {
    expect(nextOf(rolledBack(cause, 'RolledBack'))).toContain(text);
  });

  test('says what stands in the way of trying again, and how to insist', () => {
    const quarantined = { ...service, quarantine: [{ digest: 'sha256:green', until: T0 + HOUR, reason: 'bad' }] };
    const failed = rolledBack({ kind: 'health', reasons: ['worse'] });
    expect(nextOf(failed, quarantined)).toContain('refused until 20261123T100000Z');
    expect(nextOf(failed, quarantined)).toContain('weir deploy 2.0.0 --service prod/orders --force');
    const state = { kind: 'open' as const, since: T0, until: T0 + HOUR, openings: 1, reason: '3 in a row' };
    expect(nextOf(failed, { ...service, breaker: { ...newServiceBreaker, state } })).toContain('weir breaker close prod/orders');
    expect(nextOf(failed)).toContain('try the same image again: weir deploy 2.0.0 --service prod/orders');
  });

  test('of what runs says how to follow and how to end it, of what went well nothing at all', () => {
    expect(nextOf(deploymentOf())).toContain('weir abort prod/orders');
    expect(explainDeployment(deploymentOf({ type: 'Concluded', status: 'Succeeded', reason: 'green' }), service, T0)).toMatchObject({
      why: undefined,
      next: [],
    });
  });

  test('of a success that went bad says so, by whom it was put right, or how a person can', () => {
    const bad = (kind: 'redeploy' | 'propose', restoredBy: string | undefined): Deployment =>
      deploymentOf(
        { type: 'Concluded', status: 'Succeeded', reason: 'green' },
        { type: 'GuardStarted', target: { taskDefinitionArn: 'orders:1', digest: 'sha256:blue' } },
        { type: 'GuardEnded', kind, why: 'it went bad', evidence: ['errors'], isNews: true, ...(restoredBy === undefined ? {} : { restoredBy }) },
      );
    expect(explainDeployment(bad('redeploy', 'r'), service, T0)).toMatchObject({
      happened: 'It succeeded, and went bad in its guard window. Then deployment r went back to what worked before.',
      why: 'it went bad',
      evidence: ['in the guard window: errors'],
    });
    expect(nextOf(bad('redeploy', 'r'))).toContain('weir explain prod/orders r');
    expect(nextOf(bad('propose', undefined))).toContain('To go back: weir deploy sha256:blue --service prod/orders');
    const proposed = bad('propose', undefined);
    const told = (news: 'told' | 'givenUp'): Deployment => evolve(proposed, { type: 'GuardNewsEnded', news }, T0);
    expect([proposed, told('told'), told('givenUp')].map((one) => explainDeployment(one, service, T0).happened)).toEqual([
      'It succeeded, and went bad in its guard window. People are being told.',
      'It succeeded, and went bad in its guard window. People were told.',
      'It succeeded, and went bad in its guard window. Nobody could be told.',
    ]);
  });
});
