// What the page says and offers of a deployment, from records alone.
import { describe, expect, test } from '@jest/globals';
import type { ApprovalState } from '#core/approval/approval.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import { requestDeployment } from '#core/deployment/evolve.ts';
import { newServiceRecord, type ServiceRecord } from '#core/service/service-record.ts';
import { controlsOf } from '../../../dashboard/view/controls.ts';
import { deploymentView } from '../../../dashboard/view/deployment-view.ts';
import { evidenceView } from '../../../dashboard/view/evidence-view.ts';
import { servicesPage } from '../../../dashboard/view/pages.ts';
import { serviceRow } from '../../../dashboard/view/service-row.ts';

const KEY = 'prod/orders';
const ID = '20261123T090000-3f0c2a91be';
const NOW = Date.UTC(2026, 10, 23, 9, 10);
const MINUTE = 60_000;
const requested = requestDeployment(
  ID,
  KEY,
  { repository: 'team/orders', registry: '111122223333', digest: 'sha256:0', tag: '2.0.0', pushedAt: NOW - 10 * MINUTE, source: 'push' },
  NOW - 10 * MINUTE,
);
const idle = newServiceRecord(KEY, {}, { onPush: 'queue', frozen: undefined }, NOW);
const busy: ServiceRecord = { ...idle, active: { deploymentId: ID, fence: 1, since: NOW, digest: 'sha256:0', pushedAt: NOW } };
const success = { deploymentId: 'before', digest: 'sha256:1', taskDefinitionArn: 'orders:1', at: 0 };

function shifting(driver: 'codedeploy' | 'ecs', change: Partial<Deployment> = {}): Deployment {
  return {
    ...requested,
    status: 'Shifting',
    plan: {
      settings: { strategy: { kind: 'linear', percent: 25, intervalMinutes: 5 }, bakeTimeMinutes: 5 },
      blue: { taskDefinitionArn: 'orders:1', targetGroupArn: 'blue', digest: 'sha256:1', taskSetId: 'ts' },
      driver,
      configurationName: 'LINEAR 25 %, 5 min',
      warnings: [],
    } as unknown as NonNullable<Deployment['plan']>,
    shift: {
      driverDeploymentId: 'd-1',
      startedAt: NOW - 9 * MINUTE,
      observedAt: NOW,
      phase: 'AllowTraffic',
      greenPercent: 50,
      firstTrafficAt: NOW - 7 * MINUTE,
    },
    ...change,
  };
}
const approval: ApprovalState = {
  rules: { required: 2, approvers: [], timeoutMinutes: 60, onTimeout: 'rollBack' },
  askedAt: NOW - MINUTE,
  answers: [{ by: 'ann', reason: 'read', approves: true, at: NOW }],
};

const offered = (service: ServiceRecord, deployment: Deployment) =>
  controlsOf(service, deployment, NOW).map(({ action, refusal }) => (refusal === undefined ? action : `${action}: ${refusal}`));

describe('the controls', () => {
  test('of a shift that can be held', () => {
    expect(offered(busy, shifting('ecs'))).toEqual(['pause', 'promote', 'abort']);
  });

  test('say why a shift of CodeDeploy cannot be paused', () => {
    expect(offered(busy, shifting('codedeploy'))[0]).toBe('pause: this driver cannot hold traffic between two steps');
  });

  test('offer approval first while it waits, and no promotion past it', () => {
    expect(offered(busy, shifting('ecs', { approval }))).toEqual(['approve', 'reject', 'pause', 'promote: it waits for approval', 'abort']);
  });

  test('offer resume instead of pause, and nothing twice', () => {
    const paused = shifting('ecs', {
      pause: { number: 1, by: 'ann', reason: 'looking', at: NOW },
      promoteRequest: { by: 'bob', reason: 'quiet', at: NOW },
      abortRequest: { by: 'eve', reason: 'errors', at: NOW },
    });
    expect(offered(busy, paused)).toEqual([
      'resume: eve has asked it to go back',
      'promote: eve has asked it to go back',
      'abort: eve has asked it to go back',
    ]);
  });

  test('of an ended one are retry where it failed and rollback where something succeeded; neither while another runs', () => {
    const failed = shifting('ecs', { status: 'RolledBack' });
    expect(offered(idle, failed)).toEqual(['retry']);
    expect(offered({ ...idle, lastSuccess: success }, failed)).toEqual(['retry', 'rollback']);
    expect(offered({ ...idle, lastSuccess: success }, shifting('ecs', { status: 'Succeeded' }))).toEqual(['rollback']);
    const other = { ...busy, lastSuccess: success, active: { ...busy.active, deploymentId: 'other' } } as ServiceRecord;
    expect(offered(other, failed)).toEqual(['retry: other is running', 'rollback: other is running: abort that one']);
  });
});

describe('a deployment', () => {
  test('says what it does, what it waits for and until when, and where it stands among its steps', () => {
    expect(deploymentView(shifting('codedeploy'), { service: busy, now: NOW })).toMatchObject({
      headline: 'Green has 50 % of production traffic.',
      waits: { what: 'CodeDeploy to give green 75 %', until: NOW + 3 * MINUTE, about: true, or: 'evidence against green', forPerson: false },
      traffic: { greenPercent: 50, steps: [{ state: 'done' }, { percent: 50, state: 'now' }, { state: 'next' }, { state: 'next' }] },
      sides: { blue: 'orders:1' },
    });
  });

  test('that waits for people says so first', () => {
    expect(deploymentView(shifting('ecs', { approval }), { service: busy, now: NOW })).toMatchObject({
      status: 'Waits for you',
      tone: 'attention',
      headline: 'Waits for approval: 1 of 2 given. Green has no production traffic.',
      waits: { what: '1 more approval(s)', until: NOW + 59 * MINUTE, or: 'then it goes back', forPerson: true },
      approval: { state: '1 of 2 given', isOpen: true },
    });
  });

  test('that ended says how and why, and waits for nothing', () => {
    const ended = shifting('ecs', { status: 'RolledBack', outcome: { status: 'RolledBack', at: NOW, reason: 'alarm(s) p99 went off' } });
    const view = deploymentView(ended, { service: idle, now: NOW });
    expect(view).toMatchObject({ headline: 'Rolled back: alarm(s) p99 went off', isRunning: false, tone: 'bad', endedAt: NOW });
    expect(view.waits).toBeUndefined();
  });
});

test('evidence stands on its way to each decision line by the logarithm of its odds', () => {
  const view = evidenceView({
    metric: 'errors',
    blue: { requests: 1_000, bad: 1 },
    green: { requests: 0, bad: 0 },
    evidence: Math.log(10),
    limit: Math.log(100),
    advance: Math.log(400),
    advanceLimit: Math.log(20),
  });
  expect(view).toMatchObject({
    blue: { percent: 0.1 },
    green: { bad: 0, requests: 0 },
    fail: { part: 0.5, now: '10 to 1', line: '100 to 1' },
    pass: { part: 1 },
  });
  expect(view.green).not.toHaveProperty('percent');
  expect(evidenceView({ metric: 'crashes', blue: { requests: 1, bad: 0 }, green: { requests: 1, bad: 0 }, evidence: -2, limit: 5 }).fail.part).toBe(0);
});

describe('the services', () => {
  const view = (service: ServiceRecord, deployments: readonly Deployment[]) => ({ service, deployments, remediations: [], now: NOW });

  test('that need somebody come first, then those that refuse pushes, those that deploy, the rest by name', () => {
    const named = (key: string, service: Partial<ServiceRecord>, deployments: readonly Deployment[] = []) => view({ ...idle, ...service, key }, deployments);
    const active = busy.active;
    const open = {
      schema: 1 as const,
      state: { kind: 'open' as const, since: 0, until: NOW + 1, openings: 1, reason: 'three failed' },
      failuresInARow: 3,
      counted: [],
    };
    const page = servicesPage(
      [
        named('z/idle', {}),
        named('a/idle', { frozen: 'sale' }),
        named('d/busy', { active }, [shifting('ecs')]),
        named('b/open', { breaker: open }),
        named('c/waits', { active }, [shifting('ecs', { approval })]),
      ],
      0,
    );
    expect(page.rows.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'c/waits Waits for you',
      'b/open Refuses pushes',
      'd/busy Shifting',
      'a/idle Frozen',
      'z/idle No deployments',
    ]);
  });

  test('show the traffic of what runs only', () => {
    expect(serviceRow(view(busy, [shifting('ecs')])).last).toMatchObject({ image: 'team/orders:2.0.0', greenPercent: 50 });
    expect(serviceRow(view(idle, [shifting('ecs', { status: 'RolledBack' })])).last).not.toHaveProperty('greenPercent');
  });
});
