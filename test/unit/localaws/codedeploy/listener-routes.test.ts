// How listener actions are rewritten when traffic moves.
import { describe, expect, test } from '@jest/globals';
import { isBehindListener, routed } from '../../../../localaws/codedeploy/lifecycle/listener-routes.ts';

const BLUE = 'blue-arn';
const GREEN = 'green-arn';
const to = (greenPercent: number, isExclusive = false) => ({ blueArn: BLUE, greenArn: GREEN, greenPercent, isExclusive });
const forward = (...groups: [string, number][]) => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

describe('routing', () => {
  test('a single forward becomes a weighted pair, other actions and stickiness stay', () => {
    const login = { Type: 'authenticate-oidc', Order: 1 };
    const single = {
      Type: 'forward',
      Order: 2,
      TargetGroupArn: BLUE,
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: BLUE, Weight: 1 }], TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } },
    };
    expect(routed([login, single], to(10))).toEqual([
      login,
      {
        Type: 'forward',
        Order: 2,
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: BLUE, Weight: 90 },
            { TargetGroupArn: GREEN, Weight: 10 },
          ],
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
        },
      },
    ]);
  });

  test('the pair keeps the order the listener has', () => {
    expect(routed([forward([GREEN, 0], [BLUE, 100])], to(100))).toEqual([forward([GREEN, 100], [BLUE, 0])]);
  });

  test('an exclusive route leaves one group alone, whatever its weight was', () => {
    expect(routed([forward([BLUE, 100], [GREEN, 0])], to(100, true))).toEqual([forward([GREEN, 100])]);
    expect(routed([{ Type: 'forward', TargetGroupArn: GREEN }], to(100, true))).toBeUndefined();
  });

  test('what already stands is not written again, and what is not ours is not touched', () => {
    expect(routed([forward([BLUE, 90], [GREEN, 10])], to(10))).toBeUndefined();
    expect(routed([forward(['other', 1]), { Type: 'fixed-response' }], to(10))).toBeUndefined();
  });
});

test('a group with weight 0 is not behind the listener', () => {
  const listener = { protocol: 'HTTP', defaultActions: [forward([BLUE, 0], [GREEN, 100])], rules: [] };
  expect(isBehindListener(listener, BLUE)).toBe(false);
  expect(isBehindListener(listener, GREEN)).toBe(true);
  expect(isBehindListener({ ...listener, rules: [{ arn: 'r', actions: [forward([BLUE, 1])] }] }, BLUE)).toBe(true);
});
