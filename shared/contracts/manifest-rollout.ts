// The manifest's sections about which image is deployed and how: image, driver, strategy. Put together in manifest.ts.
import * as z from 'zod';
import { type DriverKind, driverKinds } from '#core/deployment/driver-kind.ts';
import { type TagRule, tagRuleProblem } from '#core/image-policy/image-policy.ts';
import { PATTERN_LENGTH_MAX } from '#core/image-policy/tag-matcher.ts';
import { predefinedConfigurations } from '#core/strategy/codedeploy-configuration.ts';
import { ECS_BAKE_MINUTES_MAX, ecsStrategyProblem } from '#core/strategy/ecs-configuration.ts';
import {
  STRATEGY_INTERVAL_MINUTES_MIN,
  STRATEGY_PERCENT_MAX,
  STRATEGY_PERCENT_MIN,
  STRATEGY_TOTAL_MINUTES_MAX,
  strategyProblem,
} from '#core/strategy/strategy.ts';
import { choice, distinctList, flag, section, text, wholeNumber, word } from './manifest-fields.ts';

/** Whole percents whose steps are at most 33, the most that ECS makes of its smallest step; a larger step than half is a canary. */
const ADAPTIVE_PERCENT_MIN = 4;
const ADAPTIVE_PERCENT_MAX = 50;

/** Longest list of exact tags, globs or ignored globs. */
const TAG_PATTERNS_MAX = 50;

const pattern = (must: string, description: string, examples: readonly string[]) => text(/^.+$/, PATTERN_LENGTH_MAX, must, { description, examples });

/** What only compiling shows: a glob, range or regular expression that can never be used. */
function usable<Schema extends z.ZodType>(schema: Schema, rule: (value: z.output<Schema>) => TagRule) {
  return schema.superRefine((value, context) => {
    const problem = tagRuleProblem(rule(value));
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
}

/** Source: OCI distribution specification, tags. */
const tag = text(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 128, 'a tag: letters, digits, dots, dashes, underscores', { description: 'A tag.' });
const globs = (minimum: number, description: string) =>
  usable(
    distinctList(
      pattern('a glob', 'A glob: * any text, ? one character, [a-z] one of, {a,b} one of several.', ['release-*']),
      minimum,
      TAG_PATTERNS_MAX,
      description,
    ),
    (list) => ({
      kind: 'glob',
      globs: list,
    }),
  );

const tags = choice(
  {
    exact: distinctList(tag, 1, TAG_PATTERNS_MAX, 'These tags and no others.').optional(),
    glob: globs(1, 'Tags that match one of these globs.').optional(),
    semver: usable(
      pattern('a range of semantic versions', 'Tags that are semantic versions, with or without a leading v, within this range as npm writes it.', [
        '>=1.0.0 <2',
        '^1.4.0',
      ]),
      (range) => ({ kind: 'semver', range }),
    ).optional(),
    regex: usable(
      pattern('a regular expression', 'Tags that this regular expression matches as a whole; RE2 syntax, which has no look-around.', ['v[0-9]+']),
      (regex) => ({ kind: 'regex', regex }),
    ).optional(),
  },
  'Which tags are deployed: one of exact, glob, semver, regex.',
);

export const image = section(
  {
    // Source: ECR API, RepositoryName.
    repository: text(/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/, 256, 'the name of an ECR repository, without registry and tag', {
      description: 'Name of the ECR repository.',
      examples: ['team/orders'],
    }),
    registry: text(/^[0-9]{12}$/, 12, 'an AWS account id of 12 digits', {
      description: 'AWS account that owns the repository. Default: the account Weir runs in.',
      examples: ['111122223333'],
    }).optional(),
    container: text(/^[A-Za-z0-9_-]+$/, 255, 'the name of a container in the task definition', {
      description: 'Container that gets the image. May be left out when the task definition has only one.',
      examples: ['app'],
    }).optional(),
    tags: tags.prefault({ glob: ['*'] }),
    ignore: globs(0, 'Globs of tags that are never deployed, whatever `tags` says.').default([]),
    acceptUntagged: flag(
      'Whether images pushed without a tag are deployed. The parts of a multi-architecture image and many attestations come without a tag too.',
    ).default(false),
  },
  'Which pushed images become deployments.',
);

/** Source: CodeDeploy API, ApplicationName and DeploymentGroupName: at most 100 characters. */
const CODEDEPLOY_NAME = 'a CodeDeploy name: letters, digits and _ + = , . @ -';
const codedeployName = (description: string, example: string) => text(/^[A-Za-z0-9_+=,.@-]+$/, 100, CODEDEPLOY_NAME, { description, examples: [example] });

export const driver = section(
  {
    kind: word(driverKinds, "What shifts the traffic. codedeploy: AWS CodeDeploy blue/green for ECS. ecs: deployments of ECS's own controller."),
    application: codedeployName('Name of the CodeDeploy application. Needed with codedeploy, and only there.', 'orders').optional(),
    deploymentGroup: codedeployName('Name of the CodeDeploy deployment group. Needed with codedeploy, and only there.', 'orders-prod').optional(),
    onWeightsChanged: word(
      ['hold', 'rollBack'],
      'With ecs: what happens when the hook before a step finds weights that somebody else has set. hold: no step is made until they are as expected; rollBack: traffic goes back to blue.',
    ).default('hold'),
    onOutsideDeployment: word(
      ['yield', 'adopt', 'stop'],
      'With ecs: what happens when somebody else deploys the service in mid-shift, for which ECS stops the shift. yield: it is theirs; adopt: where it deploys the same task definition it goes on as this deployment, else yield; stop: it is stopped with rollback, once.',
    ).default('yield'),
  },
  'Who shifts the traffic, and through what.',
)
  .superRefine((given, context) => {
    for (const key of ['application', 'deploymentGroup'] as const) {
      const isGiven = given[key] !== undefined;
      if (given.kind === 'codedeploy' && !isGiven) context.addIssue({ code: 'custom', path: [key], message: `must be ${CODEDEPLOY_NAME}` });
      if (given.kind === 'ecs' && isGiven) context.addIssue({ code: 'custom', path: [key], message: 'must be left out: the ecs driver needs no CodeDeploy' });
    }
  })
  .meta({
    // The same for editors.
    if: { properties: { kind: { const: 'codedeploy' } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { properties: { application: {}, deploymentGroup: {} }, required: ['application', 'deploymentGroup'] },
    else: { properties: { application: false, deploymentGroup: false } },
  });

/** What a driver cannot do of the rest of the manifest: where, and why. */
export function driverFaults(manifest: {
  readonly driver: { readonly kind: DriverKind };
  readonly strategy: {
    readonly linear?: { readonly percent: number; readonly intervalMinutes: number } | undefined;
    readonly canary?: { readonly percent: number; readonly intervalMinutes: number } | undefined;
    readonly adaptive?: { readonly stepPercent: number } | undefined;
    readonly rolling?: object | undefined;
  };
  readonly hooks: object;
  readonly smokeChecks: readonly unknown[];
  readonly bakeTimeMinutes: number;
}): readonly { readonly path: readonly string[]; readonly message: string }[] {
  const { linear, canary, adaptive, rolling } = manifest.strategy;
  if (manifest.driver.kind === 'codedeploy') {
    if (rolling !== undefined) return [{ path: ['strategy', 'rolling'], message: 'needs driver.kind ecs: CodeDeploy deploys blue/green only' }];
    if (adaptive === undefined) return [];
    return [{ path: ['strategy', 'adaptive'], message: 'needs driver.kind ecs: CodeDeploy cannot be held between two steps' }];
  }
  const faults: { path: readonly string[]; message: string }[] = [];
  for (const [kind, values] of [['linear', linear] as const, ['canary', canary] as const]) {
    const problem = values === undefined ? undefined : ecsStrategyProblem({ kind, ...values });
    if (problem !== undefined) faults.push({ path: ['strategy', kind], message: problem });
  }
  if (rolling !== undefined) {
    const message = 'has no place in a rolling deployment, which has no stage before its first task';
    if (Object.values(manifest.hooks).some((hook) => hook !== undefined)) faults.push({ path: ['hooks'], message });
    if (manifest.smokeChecks.length > 0) faults.push({ path: ['smokeChecks'], message });
  }
  if (manifest.bakeTimeMinutes > ECS_BAKE_MINUTES_MAX) {
    const message = `must be at most ${ECS_BAKE_MINUTES_MAX} with the ecs driver, which ends a stage after a day, got ${manifest.bakeTimeMinutes}`;
    faults.push({ path: ['bakeTimeMinutes'], message });
  }
  return faults;
}

function shift(kind: 'canary' | 'linear', description: string, percentDescription: string, intervalDescription: string, defaultInterval: number) {
  return section(
    {
      percent: wholeNumber(STRATEGY_PERCENT_MIN, STRATEGY_PERCENT_MAX, percentDescription).default(10),
      intervalMinutes: wholeNumber(STRATEGY_INTERVAL_MINUTES_MIN, STRATEGY_TOTAL_MINUTES_MAX, intervalDescription).default(defaultInterval),
    },
    description,
  ).superRefine((value, context) => {
    const problem = strategyProblem({ kind, ...value });
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
}

export const strategy = choice(
  {
    canary: shift(
      'canary',
      'A share of the traffic at once, the rest after an interval.',
      'Share of production traffic that green gets at once, percent.',
      'Minutes until green gets all of it.',
      5,
    ).optional(),
    linear: shift(
      'linear',
      'Equal shares, one after each interval, the first at once.',
      'Share of production traffic that green gets more with each step, percent.',
      'Minutes from one step to the next.',
      3,
    ).optional(),
    allAtOnce: section({}, 'All traffic at once. Without a test listener, green is not health-checked before it serves.').optional(),
    adaptive: section(
      {
        stepPercent: wholeNumber(
          ADAPTIVE_PERCENT_MIN,
          ADAPTIVE_PERCENT_MAX,
          'Share of production traffic that green gets more with each step, percent. 4 makes 25 steps; ECS takes at least 3 % and Weir at most 33 steps.',
        ).default(5),
      },
      'Equal shares, each as soon as the evidence allows it: fast where proof is strong, slow where it is thin. Needs the ecs driver.',
    ).optional(),
    rolling: section(
      {
        minimumHealthyPercent: wholeNumber(0, 100, 'Share of the desired count that must go on running, percent.').default(100),
        maximumPercent: wholeNumber(100, 400, 'Share of the desired count that may run at most, percent.').default(200),
      },
      'Tasks replaced one after another by ECS, for services without a load balancer. Judged by crashes, alarms and tasks. Needs the ecs driver; hooks and smokeChecks have no place in it.',
    )
      .superRefine(({ minimumHealthyPercent, maximumPercent }, context) => {
        if (minimumHealthyPercent === 100 && maximumPercent === 100)
          context.addIssue({ code: 'custom', message: 'must leave room: with 100 and 100 no task can be replaced' });
      })
      .optional(),
    codedeployConfiguration: z
      .enum(predefinedConfigurations, { error: `must be one of ${predefinedConfigurations.join(', ')}` })
      .meta({ description: "One of CodeDeploy's predefined ECS deployment configurations, by name." })
      .optional(),
  },
  'How production traffic moves from blue to green: one of canary, linear, allAtOnce, adaptive, rolling, codedeployConfiguration.',
);
