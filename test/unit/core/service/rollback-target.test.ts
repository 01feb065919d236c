import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '#core/deployment/deployment.ts';
import { requestDeployment } from '#core/deployment/evolve.ts';
import { rollbackTarget } from '#core/service/rollback-target.ts';

const request = { repository: 'team/orders', registry: '111122223333', tag: undefined, pushedAt: 0, source: 'push' as const };
let minute = 0;

/** A success that replaced `blue`; ids are the versions, with a mark for each rollback. */
function success(id: string, blue: string, more: Partial<Deployment> = {}): Deployment {
  minute += 1;
  const digest = id.replace(/'+$/, '');
  const remedy = { by: 'ann', why: '', purpose: 'restore' as const, taskDefinition: { kind: 'serving' as const } };
  const deployment = requestDeployment(id, 'prod/orders', { ...request, digest, ...(id === digest ? {} : { remedy }) }, minute);
  const plan = { blue: { digest: blue, taskDefinitionArn: `arn:${blue}` } } as unknown as NonNullable<Deployment['plan']>;
  return { ...deployment, status: 'Succeeded', taskDefinitionArn: `arn:${digest}`, plan, outcome: { status: 'Succeeded', at: minute, reason: '' }, ...more };
}

const target = (history: readonly Deployment[], serving: string, quarantined: readonly string[] = []) =>
  rollbackTarget(
    history.toReversed(),
    serving,
    quarantined.map((digest) => ({ digest, until: 10, reason: '' })),
    5,
  )?.digest;

describe('going back', () => {
  const upTo3 = [success('v1', 'v0'), success('v2', 'v1'), success('v3', 'v2')];

  test('goes to the version before, and never forth again', () => {
    expect(target(upTo3, 'v3')).toBe('v2');
    const once = [...upTo3, success("v2'", 'v3')];
    expect(target(once, "v2'")).toBe('v1');
    const twice = [...once, success("v1'", 'v2')];
    expect(target(twice, "v1'")).toBe('v0');
    expect(target([...twice, success("v0'", 'v1')], "v0'")).toBeUndefined();
  });

  test('begins anew from a version deployed after a rollback', () => {
    const history = [...upTo3, success("v2'", 'v3'), success('v4', 'v2')];
    expect(target(history, 'v4')).toBe('v2');
  });

  test('passes over what went bad in its guard window, what is quarantined, and what is the same image', () => {
    const bad = success('v2', 'v1', {
      guard: { startedAt: 0, until: 9, target: undefined, ended: { kind: 'redeploy', at: 1, why: '', evidence: [] } } as unknown as NonNullable<
        Deployment['guard']
      >,
    });
    expect(target([success('v1', 'v0'), bad, success('v3', 'v2')], 'v3')).toBe('v1');
    expect(target(upTo3, 'v3', ['v2'])).toBe('v1');
    expect(target(upTo3, 'v3', ['v0', 'v1', 'v2'])).toBeUndefined();
    expect(target([success('v1', 'v0'), success('v1', 'v1')], 'v1')).toBe('v0');
  });

  test('knows nothing where what serves is not among the deployments, or nothing served before', () => {
    expect(target(upTo3, 'v9')).toBeUndefined();
    expect(target([], 'v1')).toBeUndefined();
    const first = success('v1', 'v0');
    expect(
      target([{ ...first, plan: { blue: { taskDefinitionArn: 'arn:v0', digest: undefined } } as unknown as NonNullable<Deployment['plan']> }], 'v1'),
    ).toBeUndefined();
  });

  test('counts only successes', () => {
    expect(target([success('v1', 'v0'), success('v2', 'v1', { status: 'RolledBack' }), success('v3', 'v1')], 'v3')).toBe('v1');
  });
});
