import { describe, expect, test } from '@jest/globals';
import type { Deployment, Plan } from '#core/deployment/deployment.ts';
import { requestDeployment } from '#core/deployment/evolve.ts';
import { decideOutside, type OutsidePolicy, stoppedOther } from '#core/deployment/outside-deployment.ts';
import { heldActions } from '#core/deployment/watch-held.ts';

const MINUTE = 60_000;
const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:1', tag: '1', pushedAt: 0, source: 'push' as const };
const deployment = requestDeployment('d', 'prod/orders', request, 0);
const planWith = (onOutsideDeployment?: OutsidePolicy): Plan =>
  ({ settings: { bakeTimeMinutes: 5 }, ...(onOutsideDeployment === undefined ? {} : { onOutsideDeployment }) }) as Plan;
const other = { driverDeploymentId: 'arn:other', name: 'service deployment arn:other', deploysTheSame: false, isOver: false };
const goingBack: Deployment = {
  ...deployment,
  rollback: { cause: { kind: 'outside', driverDeploymentId: 'arn:other', reason: '' }, mode: 'toBlue', startedAt: 0 },
};

describe('a deployment of somebody else', () => {
  test.each<[OutsidePolicy | undefined, boolean, string]>([
    [undefined, true, 'yield'],
    ['yield', true, 'yield'],
    ['adopt', true, 'adopt'],
    ['adopt', false, 'yield'],
    ['stop', true, 'stop'],
  ])('with the policy %s, deploying the same: %s, is %s', (policy, deploysTheSame, kind) => {
    expect(decideOutside(deployment, planWith(policy), { ...other, deploysTheSame }).kind).toBe(kind);
  });

  test('is yielded to while the shift goes back already: nobody is stopped twice', () => {
    expect(decideOutside(goingBack, planWith('stop'), { ...other, driverDeploymentId: 'arn:second' }).kind).toBe('yield');
    expect(stoppedOther(goingBack, { ...other, driverDeploymentId: 'arn:second' })).toBeUndefined();
    expect(stoppedOther(goingBack, other)).toBe(other);
  });
});

describe('people are told of a held step', () => {
  const step = { greenPercent: 10, nextPercent: 100, since: 0, reason: 'more green requests needed' };
  const change = { ruleArn: 'rule', expectedPercent: 10, foundPercent: 0, seenAt: 0 };

  test.each<[string, Partial<Deployment>, number, readonly string[]]>([
    ['once it is held as long as the bake time', { step }, 5 * MINUTE, ['step']],
    ['not before', { step }, 5 * MINUTE - 1, []],
    ['not twice', { step: { ...step, toldAt: 1 } }, 60 * MINUTE, []],
    ['not when it has passed', { step: { ...step, passedAt: 1 } }, 60 * MINUTE, []],
    ['at once where somebody moved the weights', { weightsChange: change }, 0, ['weights']],
    ['not when they are right again', { weightsChange: { ...change, restoredAt: 1 } }, 0, []],
  ])('%s', (_name, more, now, expected) => {
    expect(heldActions({ ...deployment, ...more }, planWith(), now).map(({ why }) => why)).toEqual(expected);
  });
});
