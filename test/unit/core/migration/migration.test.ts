import { describe, expect, test } from '@jest/globals';
import { type ListenerObservation, type MigrationObservation, planMigration, servingTargetGroup } from '#core/migration/migration.ts';

const [blue, green] = ['blue', 'green'];
const pair = [blue, green];
const defaultTo = (weights: Record<string, number>) => ({ arn: 'default', priority: undefined, weights, takesEverything: false });
const everything = (weights: Record<string, number>, priority = 1) => ({ arn: 'everything', priority, weights, takesEverything: true });
const listener = (...rules: ListenerObservation['rules'][number][]): ListenerObservation => ({ arn: 'listener', rules });

const clocked: MigrationObservation = {
  controller: 'CODE_DEPLOY',
  manifestDriver: 'codedeploy',
  underWay: undefined,
  isSteady: true,
  pair,
  servingTargetGroupArn: green,
  production: listener(defaultTo({ [green]: 1 })),
  test: undefined,
  deploymentGroupFits: true,
};
const native: MigrationObservation = {
  ...clocked,
  controller: 'ECS',
  manifestDriver: 'ecs',
  production: listener(everything({ [blue]: 0, [green]: 100 }), defaultTo({ [blue]: 1 })),
};

describe('the way to ECS', () => {
  test('makes a rule behind all others that sends everything where it goes already, then changes the controller', () => {
    const other = { arn: 'other', priority: 7, weights: { somewhere: 1 }, takesEverything: false };
    const { steps, problems } = planMigration('ecs', { ...clocked, production: listener(other, defaultTo({ [green]: 1 })) }, {});
    expect(problems).toEqual([]);
    expect(steps).toEqual([
      { kind: 'freeze' },
      { kind: 'createRule', use: 'production', listenerArn: 'listener', priority: 8, weights: { green: 100, blue: 0 } },
      { kind: 'toEcs', servingTargetGroupArn: green, idleTargetGroupArn: blue },
      { kind: 'applyManifest' },
    ]);
  });

  test('uses a rule that is there, and needs it to name both groups', () => {
    const own = { ...everything({ [green]: 100, [blue]: 0 }), takesEverything: false };
    expect(planMigration('ecs', { ...clocked, production: listener(own) }, {})).toMatchObject({ problems: [], rules: { production: 'everything' } });
    const half = { ...own, weights: { [green]: 100 } };
    expect(planMigration('ecs', { ...clocked, production: listener(half) }, {}).problems).toEqual([expect.stringContaining('both target groups')]);
    expect(planMigration('ecs', { ...clocked, production: listener(own, { ...own, arn: 'second' }) }, {}).problems).toEqual([
      expect.stringContaining('2 rules of the production listener'),
    ]);
  });

  test('goes on after the controller was changed: only the manifest is left', () => {
    const { steps } = planMigration('ecs', { ...native, manifestDriver: 'codedeploy' }, {});
    expect(steps.map(({ kind }) => kind)).toEqual(['freeze', 'applyManifest']);
  });

  test("moves the owner's functions with their hooks", () => {
    const { hooks } = planMigration('ecs', clocked, { BeforeAllowTraffic: 'my-gate' });
    expect(hooks).toContainEqual({ from: 'BeforeAllowTraffic', to: 'PRE_PRODUCTION_TRAFFIC_SHIFT', userFunction: 'my-gate' });
    expect(hooks).toHaveLength(7);
  });
});

describe('the way back', () => {
  test('asks for the controller before it changes anything else, and lets the default action take over before the rule goes', () => {
    expect(planMigration('codedeploy', native, {}).steps).toEqual([
      { kind: 'freeze' },
      { kind: 'toCodeDeploy' },
      { kind: 'forwardDefault', use: 'production', listenerArn: 'listener', targetGroupArn: green },
      { kind: 'deleteRule', use: 'production', ruleArn: 'everything' },
      { kind: 'applyManifest' },
    ]);
  });

  test('needs the deployment group', () => {
    expect(planMigration('codedeploy', { ...native, deploymentGroupFits: false }, {}).problems).toEqual([expect.stringContaining('deployment group')]);
  });
});

describe('what stands in the way', () => {
  test.each<[string, Partial<MigrationObservation>, RegExp]>([
    ['a deployment', { underWay: 'deployment 1' }, /deployment 1 is under way/],
    ['two revisions', { isSteady: false }, /not steady/],
    ['one target group', { pair: [green] }, /1 target group/],
    ['traffic on both', { production: listener(defaultTo({ [green]: 1, [blue]: 1 })) }, /put the weights right first/],
    ['an unreadable listener', { production: undefined }, /listener could not be read/],
  ])('%s', (_name, observed, problem) => {
    expect(planMigration('ecs', { ...clocked, ...observed }, {}).problems).toContainEqual(expect.stringMatching(problem));
  });

  test('nothing is to be done where it is done', () => {
    expect(planMigration('codedeploy', clocked, {})).toMatchObject({ steps: [], problems: [] });
  });

  test('a rule behind one that takes everything serves nobody', () => {
    expect(servingTargetGroup(listener(defaultTo({ [blue]: 1 }), everything({ [green]: 100 })), pair)).toBe(green);
    expect(servingTargetGroup(listener(defaultTo({ [blue]: 1 }), { ...everything({ [green]: 100 }), takesEverything: false }), pair)).toBeUndefined();
  });
});
