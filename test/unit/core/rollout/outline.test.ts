import { describe, expect, test } from '@jest/globals';
import { parseManifestDocument } from '#contracts/stored-manifest.ts';
import type { Outline } from '#core/rollout/outline.ts';
import { describeOutline, outlineOfManifest } from '../../../../cli/plan.ts';

const codedeploy = { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' };

function outline(rest: object, driver: object = { kind: 'ecs' }): Outline {
  const parsed = parseManifestDocument({ version: 1, service: 'orders', cluster: 'prod', image: { repository: 'team/orders' }, driver, ...rest });
  if (!parsed.ok) throw new Error(parsed.problem);
  return outlineOfManifest(parsed.value);
}

const minutesOf = ({ exposures }: Outline): readonly number[] => exposures.map(({ fullTrafficMinutes }) => fullTrafficMinutes);

describe('the outline of a canary', () => {
  const strategy = { canary: { percent: 10, intervalMinutes: 15 } };

  test('has the times, the room it takes, and the exposure as share times minutes', () => {
    const shown = outline({ strategy, bakeTimeMinutes: 20 }, codedeploy);
    expect(shown).toMatchObject({
      configurationName: 'CodeDeployDefault.ECSCanary10Percent15Minutes',
      steps: [
        { atMinutes: 0, greenPercent: 10 },
        { atMinutes: 15, greenPercent: 100 },
      ],
      timesAreEarliest: false,
      minutes: 35,
      extraCapacity: { percent: 100, minutes: 35 },
    });
    // 10 % for the 3 minutes to the first proof; 10 % for 15 minutes and all for 20.
    expect(minutesOf(shown)).toEqual([0.3, 21.5]);
  });

  test('says what each driver holds by which hook, and that only ECS holds the second step', () => {
    const manifest = { strategy, hooks: { beforeAllowTraffic: { function: 'my-gate' } }, smokeChecks: [{ name: 'smoke', path: '/smoke' }] };
    const asks = ({ gates }: Outline, part: string): readonly string[] =>
      gates.filter((gate) => gate.asks.some((ask) => ask.includes(part))).map(({ name }) => name);
    const [own, other] = [outline(manifest, codedeploy), outline(manifest)];
    expect(asks(own, 'my-gate')).toEqual(['BeforeAllowTraffic']);
    expect(asks(other, 'my-gate')).toEqual(['PRE_PRODUCTION_TRAFFIC_SHIFT']);
    expect(asks(other, 'smoke check')).toEqual(['POST_TEST_TRAFFIC_SHIFT']);
    expect(asks(own, 'next share')).toEqual([]);
    expect(asks(other, 'next share')).toEqual(['PRE_PRODUCTION_TRAFFIC_SHIFT, each of 1 later step(s)']);
    expect(own.gaps).toContainEqual({ what: 'hold a step until the evidence is enough', otherCould: true });
    expect(other.gaps.some(({ otherCould }) => otherCould)).toBe(false);
  });

  test.each([
    ['hold', 144],
    ['promote', 144],
    ['rollBack', 0.5],
  ])('counts what a held step exposes where onInconclusive is %s', (onInconclusive, minutes) => {
    expect(minutesOf(outline({ strategy, health: { onInconclusive } })).at(-1)).toBe(minutes);
  });
});

describe('the outline of other strategies', () => {
  test('all at once exposes everybody from the first minute, and has no step to hold', () => {
    const shown = outline({ strategy: { allAtOnce: {} }, bakeTimeMinutes: 5 });
    expect(minutesOf(shown)).toEqual([3, 5]);
    expect(shown.gates.map(({ name }) => name)).not.toContainEqual(expect.stringContaining('later step'));
  });

  test('a linear shift adds up its shares', () => {
    expect(minutesOf(outline({ strategy: { linear: { percent: 40, intervalMinutes: 10 } }, bakeTimeMinutes: 0 }, codedeploy))).toEqual([1.2, 12]);
  });

  test('an adaptive ramp has no least time after the first evidence, and names the limits of the platform', () => {
    const shown = outline({ strategy: { adaptive: { stepPercent: 4 } }, health: { settleSeconds: 60 }, bakeTimeMinutes: 10 });
    expect(shown.steps).toHaveLength(25);
    expect(shown.steps.slice(0, 2)).toEqual([
      { atMinutes: 0, greenPercent: 4 },
      { atMinutes: 2, greenPercent: 8 },
    ]);
    expect(shown.limits[0]).toBe('the first step of an adaptive ramp is at least 3 % and there are at most 33 steps; this one: 4 %, 25 steps');
    expect(minutesOf(shown)).toEqual([0.12, 10.08, 1382.4]);
  });
});

describe('the outline of a rolling deployment', () => {
  test('has no gates but an approval before it starts, and says that nothing holds it', () => {
    const shown = outline({ strategy: { rolling: { maximumPercent: 150 } }, bakeTimeMinutes: 10, approval: {} });
    expect(shown.gates.map(({ name }) => name)).toEqual(['before the deployment is started']);
    expect(shown).toMatchObject({
      configurationName: 'ROLLING 100 to 150 %',
      extraCapacity: { percent: 50 },
      limits: [expect.stringContaining('nothing holds it'), expect.anything()],
    });
  });

  test.each<[object, object]>([
    [{ kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' }, {}],
    [{ kind: 'ecs' }, { hooks: { afterInstall: { function: 'my-check' } } }],
    [{ kind: 'ecs' }, { smokeChecks: [{ name: 'smoke', path: '/smoke' }] }],
    [{ kind: 'ecs' }, { strategy: { rolling: { maximumPercent: 100 } } }],
  ])('is refused with driver %j and %j', (driver, rest) => {
    expect(() => outline({ strategy: { rolling: {} }, ...rest }, driver)).toThrow(/strategy|hooks|smokeChecks/);
  });
});

describe('weir plan', () => {
  test('shows steps, gates, exposure, capacity, limits and what the other driver could', () => {
    const lines = describeOutline(outline({ strategy: { canary: { percent: 10, intervalMinutes: 5 } }, bakeTimeMinutes: 3 }, codedeploy));
    expect(lines[0]).toBe('prod/orders  CodeDeployDefault.ECSCanary10Percent5Minutes through CodeDeploy, then a bake of 3 min');
    expect(lines).toEqual(
      expect.arrayContaining([
        'Steps (by the clock):',
        '      +5 min  green 100 %',
        '  a fault found only when the bake is over: 10 % x 5 min + 100 % x 3 min = 3.5 min of all traffic',
        '  100 % more tasks for at least 8 min, and while green starts',
        'What CodeDeploy cannot do and ECS could (driver.kind: ecs):',
        '  pace the steps by evidence (strategy.adaptive)',
      ]),
    );
  });
});
