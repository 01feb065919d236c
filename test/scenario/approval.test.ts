// Approval by people before production traffic: days of waiting without an invocation, on both drivers.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AwsShape } from '../../localaws/region.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ann = 'arn:aws:iam::000000000000:user/ann';
const bob = 'arn:aws:iam::000000000000:user/bob';
const approval = { required: 2, approvers: [ann, bob], timeoutMinutes: 4 * 24 * 60 };
const drivers = [
  ['ecs', { kind: 'ecs' }],
  ['codedeploy', { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' }],
] as const;

describe.each(drivers)('an approval with %s', (kind, driver) => {
  let scenario: Scenario;
  let invoked: string[];
  beforeAll(async () => {
    scenario = await startScenario({ driver: kind });
    // They run whether or not anything waits: every invocation that is left is the deployment's.
    for (const schedule of ['sweep', 'guard']) await scenario.call('events', 'DisableRule', { Name: await scenario.ruleOf(schedule) });
    // Evaluated every minute, Weir's own alarms would be most of what three days cost.
    const { MetricAlarms, CompositeAlarms } = await scenario.call('monitoring', 'DescribeAlarms', {});
    const names = [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])].map((alarm: AwsShape) => alarm['AlarmName']);
    if (names.length > 0) await scenario.call('monitoring', 'DeleteAlarms', { AlarmNames: names });
    scenario.faults.beforeInvocation = (name) => void invoked.push(name);
    invoked = [];
    await scenario.apply({ driver, approval });
  });
  afterAll(() => scenario.close());

  const approve = (by: string, approves = true): Promise<AwsShape> =>
    scenario.ask('approve-deployment', { by, serviceKey: SERVICE_KEY, reason: 'notes read', approves });

  async function checkTargetsEvery(seconds: number): Promise<void> {
    for (const TargetGroupArn of scenario.sample.targetGroupArns) {
      await scenario.call('elasticloadbalancing', 'ModifyTargetGroup', { TargetGroupArn, HealthCheckIntervalSeconds: seconds });
    }
  }

  async function waiting(tag: string): Promise<string> {
    scenario.traffic.requestsPerMinute = 12_000;
    const digest = await scenario.push(tag);
    await scenario.untilSeen(digest, ({ approval: asked }) => asked?.toldAt !== undefined);
    // The smoke checks, the pause and the telling are over.
    await scenario.pass(3 * MINUTE);
    return digest;
  }

  test('costs no invocation while it waits (three days with ECS), takes two people, and then the canary begins', async () => {
    const digest = await waiting('2.0.0');
    scenario.traffic.requestsPerMinute = 0;
    invoked = [];
    // Three days of health checks every 10 seconds would be all that the test does.
    await checkTargetsEvery(300);
    await scenario.pass(kind === 'ecs' ? 3 * DAY : DAY / 4);
    expect(invoked).toEqual([]);
    await checkTargetsEvery(10);
    expect(await scenario.greenPercent()).toBe(0);
    scenario.traffic.requestsPerMinute = 12_000;
    expect(await approve('arn:aws:iam::000000000000:user/eve')).toMatchObject({ kind: 'notCounted', why: expect.stringContaining('not among the approvers') });
    expect(await approve(ann)).toMatchObject({ kind: 'counted', missing: 1 });
    expect(await approve(ann)).toMatchObject({ kind: 'notCounted' });
    expect(await approve(bob)).toMatchObject({ kind: 'counted', missing: 0 });
    const deployment = await scenario.untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Succeeded', approval: { ended: { kind: 'approved' }, answers: [{ by: ann }, { by: bob }] } });
    expect(await scenario.servingDigest()).toBe(digest);
  });

  test('that one person refuses ends it: nothing served, nothing quarantined, no failure counted', async () => {
    const before = await scenario.servingDigest();
    const digest = await waiting('3.0.0');
    await approve(bob, false);
    expect(await scenario.untilEnded(digest)).toMatchObject({
      status: 'Failed',
      approval: { ended: { kind: 'rejected' } },
      outcome: { reason: expect.stringContaining('did not approve: notes read') },
    });
    expect(await scenario.servingDigest()).toBe(before);
    expect(await scenario.service()).toMatchObject({ quarantine: [], failuresInARow: 0 });
  });

  test('that nobody gives in time ends it as the manifest says', async () => {
    await scenario.apply({ driver, approval: { ...approval, timeoutMinutes: 90 } });
    const digest = await waiting('4.0.0');
    await scenario.pass(80 * MINUTE);
    expect(await scenario.deploymentOf(digest)).toMatchObject({ approval: { answers: [] } });
    expect(await scenario.untilEnded(digest)).toMatchObject({
      status: 'Failed',
      approval: { ended: { kind: 'timedOut' } },
      outcome: { reason: expect.stringContaining('2 of 2 approval(s) still missing after 90 min') },
    });
    await scenario.apply({ driver, approval: { ...approval, timeoutMinutes: 30, onTimeout: 'goOn' } });
    const next = await waiting('5.0.0');
    expect(await scenario.untilEnded(next)).toMatchObject({ status: 'Succeeded', approval: { ended: { kind: 'timedOut' } } });
  });

  test('can be aborted, and promote does not stand for it', async () => {
    const digest = await waiting('6.0.0');
    await scenario.ask('promote-deployment', { by: ann, serviceKey: SERVICE_KEY, reason: 'in a hurry' });
    await scenario.pass(10 * MINUTE);
    expect(await scenario.greenPercent()).toBe(0);
    await scenario.ask('abort-deployment', { by: ann, serviceKey: SERVICE_KEY, reason: 'never mind' });
    expect(await scenario.untilEnded(digest)).toMatchObject({ status: 'Failed' });
  });
});
