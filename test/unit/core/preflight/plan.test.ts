// Before anything changes: each finding that prevents a deployment, and what only warns.
import { describe, expect, test } from '@jest/globals';
import type { DeploymentSettings } from '#core/deployment/deployment.ts';
import { requestDeployment } from '#core/deployment/evolve.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import { decidePlan, type PlanObservation, type PlanTarget, slotWaitSeconds } from '#core/preflight/plan.ts';

const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:green', tag: '2.0.0', pushedAt: 0, source: 'push' as const };
const deployment = requestDeployment('d', 'prod/orders', request, 0);
const settings: DeploymentSettings = {
  manifestVersion: 1,
  strategy: { kind: 'canary', percent: 10, intervalMinutes: 5 },
  bakeTimeMinutes: 5,
  health: { comparison: COMPARISON_DEFAULTS, healthyHosts: { minimumPercent: 50 }, alarms: [], windowMinutes: 5, settleSeconds: 60 },
  crashThreshold: { type: 'BOUNDED_PERCENT', value: 50 },
  onInconclusive: 'hold',
  waitForSlotMinutes: 60,
  quarantineHours: 24,
};
const target: PlanTarget = {
  cluster: 'prod',
  service: 'orders',
  container: undefined,
  driver: 'codedeploy',
  onWeightsChanged: 'hold',
  onOutsideDeployment: 'yield',
  maxScanSeverity: undefined,
  requireScan: false,
};
const service = {
  status: 'ACTIVE',
  deploymentController: 'CODE_DEPLOY',
  desiredCount: 2,
  taskSets: [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      taskDefinitionArn: 'orders:1',
      targetGroupArn: 'blue',
      launch: { loadBalancerContainer: 'app', loadBalancerPort: 8080 },
    },
  ],
};
const group = {
  cluster: 'prod',
  service: 'orders',
  targetGroupArns: ['blue', 'green'],
  productionListenerArn: 'listener',
  testListenerArn: 'test-listener' as string | undefined,
  terminationWaitMinutes: 30,
  terminatesBlue: true,
  active: undefined as { id: string; isOurs: boolean } | undefined,
};
const good: PlanObservation = {
  service,
  group,
  weights: { blue: 100, green: 0 },
  blueHealthyTargets: 2,
  containers: [{ name: 'app', image: 'registry/team/orders@sha256:blue' }],
  image: { status: 'ACTIVE', findings: undefined },
  alarmsInAlarm: [],
  baseline: { minutes: 720, requests: 720_000, errors: 700, dispersion: { observed: 0, expected: 0 } },
};
const plan = (over: Partial<PlanObservation> = {}, more: Partial<DeploymentSettings> = {}, wants: Partial<PlanTarget> = {}, now = 0) =>
  decidePlan(deployment, { ...settings, ...more }, { ...target, ...wants }, { ...good, ...over }, now);

test('a deployment without findings is planned from what serves', () => {
  expect(plan()).toMatchObject({
    kind: 'planned',
    plan: { blue: { taskSetId: 'ecs-svc/1', targetGroupArn: 'blue', digest: 'sha256:blue' }, greenTargetGroupArn: 'green', containerName: 'app', warnings: [] },
  });
});

describe('what prevents a deployment', () => {
  const allAtOnce = { strategy: { kind: 'allAtOnce' as const } };
  const red = { health: { ...settings.health, alarms: ['orders-5xx'] } };
  test.each<[string, Partial<PlanObservation>, Partial<DeploymentSettings>, Partial<PlanTarget>, string]>([
    ['no such service', { service: undefined }, {}, {}, 'was not found'],
    ['no such deployment group', { group: undefined }, {}, {}, 'does not exist'],
    ['another controller', { service: { ...service, deploymentController: 'ECS' } }, {}, {}, 'CODE_DEPLOY'],
    ['nothing to shift to', { service: { ...service, desiredCount: 0 } }, {}, {}, 'desired count of 0'],
    ['a group of another service', { group: { ...group, service: 'carts' } }, {}, {}, 'deploys prod/carts'],
    ['no serving task set', { service: { ...service, taskSets: [] } }, {}, {}, 'never served'],
    ['weights somebody changed by hand', { weights: { blue: 50, green: 50 } }, {}, {}, 'changed it by hand'],
    ['weights that cannot be read', { weights: undefined }, {}, {}, 'could not be read'],
    ['all at once without a test listener', { group: { ...group, testListenerArn: undefined } }, allAtOnce, {}, 'never health-checked'],
    ['an image that is gone', { image: undefined }, {}, {}, 'not in ECR any more'],
    ['an archived image', { image: { status: 'ARCHIVED', findings: undefined } }, {}, {}, 'cannot be pulled'],
    ['scan findings above the limit', { image: { status: 'ACTIVE', findings: { CRITICAL: 2 } } }, {}, { maxScanSeverity: 'HIGH' }, '2 CRITICAL'],
    ['a scan that is required and missing', {}, {}, { requireScan: true }, 'no finished scan'],
    ['several containers and none named', { containers: [...good.containers, { name: 'proxy', image: 'x' }] }, {}, {}, 'name one'],
    ['a container that is not there', {}, {}, { container: 'web' }, 'no container named web'],
    ['an alarm that is already red', { alarmsInAlarm: ['orders-5xx'] }, red, {}, 'already in ALARM'],
  ])('%s', (_what, observed, more, wants, text) => {
    const decision = plan(observed, more, wants);
    expect(decision.kind).toBe('refuse');
    expect(decision.kind === 'refuse' ? decision.problems.join() : '').toContain(text);
  });
});

test('a bake longer than CodeDeploy keeps blue, and a blue that is ill, only warn', () => {
  const decision = plan({ group: { ...group, terminationWaitMinutes: 1 }, blueHealthyTargets: 0 });
  expect(decision.kind === 'planned' ? decision.plan.warnings : []).toHaveLength(2);
});

test('a group that somebody else uses is waited for, as long as the manifest says', () => {
  const taken = { group: { ...group, active: { id: 'd-OTHER', isOurs: false } } };
  expect(plan(taken)).toMatchObject({ kind: 'waitForSlot', holder: 'CodeDeploy deployment d-OTHER' });
  const waited = decidePlan({ ...deployment, waitingForSlotSince: 0 }, settings, target, { ...good, ...taken }, 60 * 60_000);
  expect(waited.kind).toBe('refuse');
  expect(slotWaitSeconds(0, 61 * 60_000)).toBeGreaterThan(slotWaitSeconds(0, 0));
});
