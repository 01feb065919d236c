// The thresholds of health checks, without sockets or time.
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_HEALTH_CHECK } from '../../../../localaws/elbv2/health-check-settings.ts';
import { afterCheck, type CheckResult, FIRST_CHECKS, matchesStatus, type TargetHealth } from '../../../../localaws/elbv2/target-health.ts';

const pass: CheckResult = { kind: 'answered', status: 200 };
const fail: CheckResult = { kind: 'answered', status: 500 };

function healthAfter(...results: CheckResult[]): TargetHealth {
  return results.reduce((health, result) => afterCheck(health, result, DEFAULT_HEALTH_CHECK), FIRST_CHECKS);
}

describe('target health', () => {
  test('a new target is healthy after one passed check, and one failed check does not make it unhealthy', () => {
    expect(healthAfter(pass).state).toBe('healthy');
    expect(healthAfter(fail)).toMatchObject({ state: 'initial', reason: 'Elb.InitialHealthChecking' });
    expect(healthAfter(fail, pass).state).toBe('healthy');
    expect(healthAfter(pass, fail).state).toBe('healthy');
  });

  test('two failures in a row make it unhealthy, five passes in a row healthy again', () => {
    expect(healthAfter(pass, fail, pass, fail).state).toBe('healthy');
    expect(healthAfter(pass, fail, fail)).toMatchObject({
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [500]',
    });
    expect(healthAfter(fail, fail, pass, pass, pass, pass).state).toBe('unhealthy');
    expect(healthAfter(fail, fail, pass, pass, pass, pass, pass)).toMatchObject({ state: 'healthy', reason: undefined });
    expect(healthAfter(fail, fail, pass, pass, fail, pass, pass, pass, pass).state).toBe('unhealthy');
  });

  test('says what went wrong last', () => {
    expect(healthAfter(fail, { kind: 'timeout' })).toMatchObject({ reason: 'Target.Timeout', description: 'Request timed out' });
    expect(healthAfter({ kind: 'failed' }, { kind: 'failed' })).toMatchObject({ reason: 'Target.FailedHealthChecks', description: 'Health checks failed' });
  });

  test('a matcher takes single codes, lists and ranges', () => {
    expect([200, 204, 301].map((status) => matchesStatus('200-299', status))).toEqual([true, true, false]);
    expect([200, 202, 201].map((status) => matchesStatus('200,202', status))).toEqual([true, true, false]);
  });
});
