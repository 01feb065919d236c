import { describe, expect, test } from '@jest/globals';
import { movesTraffic, parseLifecycleHookRequest, stageOfUnreadable } from '#contracts/lifecycle-hook-request.ts';

const GREEN = 'arn:aws:ecs:us-east-1:111122223333:service-revision/prod/orders/2';
const BLUE = 'arn:aws:ecs:us-east-1:111122223333:service-revision/prod/orders/1';
const resourceArn = 'arn:aws:ecs:us-east-1:111122223333:service-deployment/prod/orders/abc';
const details = { serviceArn: 'arn:aws:ecs:us-east-1:111122223333:service/prod/orders', targetServiceRevisionArn: GREEN };
const common = { executionId: 'e1', resourceArn };
const parsed = { executionId: 'e1', serviceDeploymentArn: resourceArn };

describe('the input of a lifecycle hook', () => {
  test('as recorded on AWS', () => {
    const input = {
      ...common,
      lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
      executionDetails: { ...details, testTrafficWeights: {}, productionTrafficWeights: { [BLUE]: 90, [GREEN]: 10 } },
      hookDetails: { any: 'thing' },
    };
    expect(parseLifecycleHookRequest(input)).toEqual({ ok: true, value: { ...parsed, stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', targetPercent: 10 } });
  });

  test("as in the guide's examples, without executionDetails", () => {
    const input = { ...common, ...details, lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT', productionTrafficWeights: { [BLUE]: 100, [GREEN]: 0 } };
    expect(parseLifecycleHookRequest(input)).toEqual({ ok: true, value: { ...parsed, stage: 'PRODUCTION_TRAFFIC_SHIFT', targetPercent: 0 } });
  });

  test('at TEST_TRAFFIC_SHIFT the share is that of the test traffic', () => {
    const executionDetails = { ...details, testTrafficWeights: { [BLUE]: 0, [GREEN]: 100 }, productionTrafficWeights: {} };
    expect(parseLifecycleHookRequest({ ...common, lifecycleStage: 'TEST_TRAFFIC_SHIFT', executionDetails })).toMatchObject({ value: { targetPercent: 100 } });
  });

  test('stages that move no traffic name no share, and a stage added later is taken', () => {
    expect(parseLifecycleHookRequest({ ...common, lifecycleStage: 'SOMETHING_NEW', executionDetails: details })).toMatchObject({
      ok: true,
      value: { stage: 'SOMETHING_NEW', targetPercent: undefined },
    });
  });

  test('names the deployment that its hook was made for, where it is whole', () => {
    const input = { ...common, lifecycleStage: 'PRE_SCALE_UP', executionDetails: details };
    const whole = { weirDeployment: 'd1', weirService: 'prod/orders', taskDefinition: 'orders:2' };
    expect(parseLifecycleHookRequest({ ...input, hookDetails: whole })).toMatchObject({ value: { named: { serviceKey: 'prod/orders', deploymentId: 'd1' } } });
    for (const hookDetails of [{ weirDeployment: 'd1' }, { weirDeployment: 1, weirService: 'x' }, 'text', null, []]) {
      const read = parseLifecycleHookRequest({ ...input, hookDetails });
      expect(read).toMatchObject({ ok: true });
      expect(read).not.toHaveProperty('value.named');
    }
  });

  test.each([undefined, null, 'text', {}, { ...common, lifecycleStage: 'PRE_SCALE_UP' }, { ...common, executionDetails: details }])(
    '%j is a problem and no throw',
    (input) => {
      expect(parseLifecycleHookRequest(input)).toMatchObject({ ok: false });
    },
  );
});

test('only the stages that move traffic run again in a rollback', () => {
  expect(['PRE_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'].filter(movesTraffic)).toEqual([
    'TEST_TRAFFIC_SHIFT',
    'PRODUCTION_TRAFFIC_SHIFT',
  ]);
  expect(stageOfUnreadable({ lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT' })).toBe('PRODUCTION_TRAFFIC_SHIFT');
  expect(stageOfUnreadable(null)).toBeUndefined();
});
