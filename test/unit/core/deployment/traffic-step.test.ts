// Before each step of a shift that can be held: what goes on, what waits, what goes back.
import { describe, expect, test } from '@jest/globals';
import type { Deployment, Plan } from '#core/deployment/deployment.ts';
import { evolveAll, requestDeployment } from '#core/deployment/evolve.ts';
import { decideStep, type StepObservation } from '#core/deployment/traffic-step.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import type { HealthVerdict } from '#core/health/health.ts';

const MINUTE = 60_000;
const RULE = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener-rule/app/orders/1/2/3';
const plan: Plan = {
  settings: {
    manifestVersion: 1,
    strategy: { kind: 'adaptive', percent: 5 },
    bakeTimeMinutes: 5,
    health: { comparison: COMPARISON_DEFAULTS, healthyHosts: { minimumPercent: 50 }, alarms: [], windowMinutes: 5, settleSeconds: 60 },
    crashThreshold: { type: 'BOUNDED_PERCENT', value: 50 },
    onInconclusive: 'hold',
    waitForSlotMinutes: 60,
    quarantineHours: 24,
  },
  blue: { taskSetId: 'r1', taskDefinitionArn: 'orders:1', targetGroupArn: 'blue', digest: undefined },
  greenTargetGroupArn: 'green',
  productionListenerArn: 'listener',
  productionRuleArn: RULE,
  driver: 'ecs',
  launch: { loadBalancerContainer: 'app', loadBalancerPort: 8080 },
  desiredCount: 2,
  containerName: 'app',
  configurationName: 'LINEAR 5 %, paced by evidence',
  warnings: [],
};
const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:green', tag: '2.0.0', pushedAt: 0, source: 'push' as const };
const deployment = evolveAll(
  requestDeployment('d', 'prod/orders', request, 0),
  [
    { type: 'Started', fence: 1, run: 1 },
    { type: 'Planned', plan },
    { type: 'TrafficShiftStarted', driverDeploymentId: 'arn', adopted: false },
    { type: 'ShiftObserved', phase: 'PRODUCTION_TRAFFIC_SHIFT', greenPercent: 10 },
  ],
  0,
);

const says = (verdict: HealthVerdict['verdict'], lacksOnlyProof = false): HealthVerdict => ({
  verdict,
  reasons: ['numbers'],
  alarms: [],
  lacksOnlyProof,
  at: 0,
});
const at10 = (verdict: HealthVerdict | undefined): StepObservation => ({ expectedPercent: 10, foundPercent: 10, nextPercent: 15, verdict });
const held = (since: number): Deployment => evolveAll(deployment, [{ type: 'StepHeld', greenPercent: 10, nextPercent: 15, reason: 'thin' }], since);
const withSettings = (settings: Partial<Plan['settings']>): Plan => ({ ...plan, settings: { ...plan.settings, ...settings } });

describe('the evidence before a step', () => {
  test.each([
    ['pass', 'goOn'],
    ['inconclusive', 'hold'],
    ['fail', 'goBack'],
  ] as const)('%s: %s', (verdict, kind) => {
    expect(decideStep(deployment, plan, at10(says(verdict)), 0).kind).toBe(kind);
  });

  test('a failing alarm is named as the cause', () => {
    const verdict: HealthVerdict = { ...says('fail'), alarms: ['orders-errors'] };
    expect(decideStep(deployment, plan, at10(verdict), 0)).toMatchObject({ kind: 'goBack', cause: { kind: 'alarm', alarms: ['orders-errors'] } });
  });

  test('the first step needs none: green has had no traffic', () => {
    expect(decideStep(deployment, plan, { expectedPercent: 0, foundPercent: 0, nextPercent: 5, verdict: undefined }, 0).kind).toBe('goOn');
  });

  test('thin evidence holds as long as the manifest says hold, however long that is', () => {
    expect(decideStep(held(0), plan, at10(says('inconclusive', true)), 600 * MINUTE).kind).toBe('hold');
  });

  test('promote goes on after the bake time when only proof is missing, and not before', () => {
    const promoting = withSettings({ onInconclusive: 'promote' });
    expect(decideStep(held(0), promoting, at10(says('inconclusive', true)), 5 * MINUTE - 1).kind).toBe('hold');
    expect(decideStep(held(0), promoting, at10(says('inconclusive', true)), 5 * MINUTE).kind).toBe('goOn');
    expect(decideStep(held(0), promoting, at10(says('inconclusive', false)), 60 * MINUTE).kind).toBe('hold');
  });

  test('rollBack goes back after the bake time', () => {
    const decision = decideStep(held(0), withSettings({ onInconclusive: 'rollBack' }), at10(says('inconclusive')), 5 * MINUTE);
    expect(decision).toMatchObject({ kind: 'goBack', cause: { kind: 'inconclusive', reasons: ['numbers'] } });
  });

  test('a person may answer for green, but not against the evidence', () => {
    const promoted = evolveAll(deployment, [{ type: 'PromoteRequested', by: 'ann', reason: 'known good' }], 0);
    expect(decideStep(promoted, plan, at10(says('inconclusive')), 0)).toMatchObject({ kind: 'goOn', reason: 'ann answers for green: known good' });
    expect(decideStep(promoted, plan, at10(says('fail')), 0).kind).toBe('goBack');
  });
});

describe('what nobody may step over', () => {
  test('an operator who asked to abort', () => {
    const aborted = evolveAll(deployment, [{ type: 'AbortRequested', by: 'ann', reason: 'x' }], 0);
    expect(decideStep(aborted, plan, at10(says('pass')), 0).kind).toBe('hold');
  });

  test('a newer push, until all traffic is on green', () => {
    const asked = evolveAll(deployment, [{ type: 'SupersedeRequested', by: 'd2' }], 0);
    expect(decideStep(asked, plan, at10(says('pass')), 0).kind).toBe('hold');
    const full = evolveAll(asked, [{ type: 'ShiftObserved', phase: 'POST_PRODUCTION_TRAFFIC_SHIFT', greenPercent: 100 }], 0);
    expect(decideStep(full, plan, { expectedPercent: 100, foundPercent: 100, nextPercent: 100, verdict: undefined }, 0).kind).toBe('goOn');
  });

  test('weights that cannot be read', () => {
    expect(decideStep(deployment, plan, { ...at10(says('pass')), foundPercent: undefined }, 0).kind).toBe('hold');
  });
});

describe('weights that somebody else set', () => {
  const changed: StepObservation = { ...at10(says('pass')), foundPercent: 0 };
  const event = { type: 'WeightsChanged', ruleArn: RULE, expectedPercent: 10, foundPercent: 0 } as const;

  test('hold and are named, once', () => {
    const first = decideStep(deployment, plan, changed, 0);
    expect(first).toMatchObject({ kind: 'hold', events: [event], reason: expect.stringContaining(RULE) });
    expect(decideStep(evolveAll(deployment, first.events, 0), plan, changed, MINUTE)).toMatchObject({ kind: 'hold', events: [] });
  });

  test('go on when they are right again', () => {
    const known = evolveAll(deployment, [event], 0);
    const decision = decideStep(known, plan, at10(says('pass')), MINUTE);
    expect(decision).toMatchObject({ kind: 'goOn', events: [{ type: 'WeightsRestored' }] });
    const restored = evolveAll(known, decision.events, MINUTE);
    expect(restored.weightsChange).toMatchObject({ seenAt: 0, restoredAt: MINUTE });
    // The same change again is a new one.
    expect(decideStep(restored, plan, changed, 2 * MINUTE).events).toEqual([event]);
  });

  test('go back where the manifest says so', () => {
    expect(decideStep(deployment, { ...plan, onWeightsChanged: 'rollBack' }, changed, 0)).toMatchObject({ kind: 'goBack', cause: { kind: 'weights' } });
  });

  test.each([9.6, 10.4])('%d %% is the 10 that whole weights can give', (foundPercent) => {
    expect(decideStep(deployment, plan, { ...at10(says('pass')), foundPercent }, 0).kind).toBe('goOn');
  });
});
