// A service's move from one driver to the other: what has to be done, in which order, and what stands in the way. Decided from what AWS
// shows now, so that a move that was interrupted goes on where it stopped. `weir migrate` shows and performs it.
import { type LifecycleHook, lifecycleHooks } from '#core/deployment/deployment.ts';
import { type DriverKind, driverName } from '#core/deployment/driver-kind.ts';
import { stageOfHook } from '#core/rollout/gates.ts';

export interface RuleObservation {
  readonly arn: string;
  /** undefined: the listener's default rule. */
  readonly priority: number | undefined;
  /** Weights by target group ARN; empty for a rule that forwards nothing. */
  readonly weights: Readonly<Record<string, number>>;
  /** Whether it takes every request that gets to it: its only condition is the path `/*`. */
  readonly takesEverything: boolean;
}

export interface ListenerObservation {
  readonly arn: string;
  readonly rules: readonly RuleObservation[];
}

export interface MigrationObservation {
  /** Deployment controller as ECS names it, and the driver of the manifest on record. */
  readonly controller: string;
  readonly manifestDriver: DriverKind;
  /** A deployment that is under way, Weir's or another: whose; undefined: none. */
  readonly underWay: string | undefined;
  /** One revision runs, with all its tasks. */
  readonly isSteady: boolean;
  readonly pair: readonly string[];
  /** Target group of the tasks that serve. */
  readonly servingTargetGroupArn: string | undefined;
  readonly production: ListenerObservation | undefined;
  readonly test: ListenerObservation | undefined;
  /** Whether the CodeDeploy deployment group exists and deploys this service. */
  readonly deploymentGroupFits: boolean;
}

export type ListenerUse = 'production' | 'test';

export type MigrationStep =
  | { readonly kind: 'freeze' }
  | { readonly kind: 'applyManifest' }
  | {
      readonly kind: 'createRule';
      readonly use: ListenerUse;
      readonly listenerArn: string;
      readonly priority: number;
      readonly weights: RuleObservation['weights'];
    }
  | { readonly kind: 'toEcs'; readonly servingTargetGroupArn: string; readonly idleTargetGroupArn: string }
  | { readonly kind: 'toCodeDeploy' }
  | { readonly kind: 'forwardDefault'; readonly use: ListenerUse; readonly listenerArn: string; readonly targetGroupArn: string }
  | { readonly kind: 'deleteRule'; readonly use: ListenerUse; readonly ruleArn: string };

export interface HookMove {
  readonly from: string;
  readonly to: string;
  /** The owner's function asked there. */
  readonly userFunction?: string;
}

export interface Migration {
  readonly to: DriverKind;
  /** Each prevents the move and says what to do. */
  readonly problems: readonly string[];
  readonly steps: readonly MigrationStep[];
  readonly hooks: readonly HookMove[];
  /** Rules that ECS will shift, those that exist already. */
  readonly rules: { readonly production?: string; readonly test?: string };
  readonly notes: readonly string[];
}

const controllers: Readonly<Record<DriverKind, string>> = { codedeploy: 'CODE_DEPLOY', ecs: 'ECS' };

/** Highest priority a rule can have. Source: Elastic Load Balancing API, CreateRule. */
const RULE_PRIORITY_MAX = 50_000;

export function planMigration(to: DriverKind, observed: MigrationObservation, userHooks: Readonly<Partial<Record<LifecycleHook, string>>>): Migration {
  const hooks = hookMoves(to, userHooks);
  const isThere = observed.controller === controllers[to];
  if (isThere && observed.manifestDriver === to) {
    return { to, problems: [], steps: [], hooks, rules: {}, notes: [`the service is deployed through ${driverName(to)} already`] };
  }
  const { problems, steps, rules } = to === 'ecs' ? toEcs(observed) : toCodeDeploy(observed);
  return {
    to,
    problems: [...commonProblems(observed), ...problems],
    steps: [{ kind: 'freeze' }, ...steps, { kind: 'applyManifest' }],
    hooks,
    rules,
    notes: to === 'ecs' ? notesToEcs : notesToCodeDeploy,
  };
}

/** Sources: ECS developer guide, "Migrating from a CodeDeploy blue/green to an Amazon ECS blue/green service deployment" and "Update deployment controller". */
const notesToEcs: readonly string[] = [
  'AWS lists this change of controller as one without new tasks. The application and the deployment group of CodeDeploy stay as they are and do nothing any more.',
  'The way back is not among the changes that AWS lists (CODE_DEPLOY to ECS is, ECS to CODE_DEPLOY is not): once moved, count on staying.',
];
const notesToCodeDeploy: readonly string[] = [
  'AWS does not list a change of controller from ECS to CODE_DEPLOY. Weir asks for it before it changes anything else; where AWS refuses, nothing has changed.',
  'Where AWS refuses: create a second service with the controller CODE_DEPLOY on the idle target group, move the production weights to that group, give the deployment group the new service, onboard it with weir apply under its new name, and delete the old one.',
];

function commonProblems({ underWay, isSteady, pair, servingTargetGroupArn, production }: MigrationObservation): readonly string[] {
  const problems: string[] = [];
  if (underWay !== undefined) problems.push(`${underWay} is under way; wait for its end`);
  if (!isSteady) problems.push('the service is not steady: exactly one revision must run, with all its tasks');
  if (pair.length !== 2) problems.push(`the service has ${pair.length} target group(s) to shift between; a pair is needed`);
  if (servingTargetGroupArn === undefined) problems.push('which target group serves could not be read');
  if (production === undefined) problems.push('the production listener could not be read');
  else if (servingTargetGroupArn !== undefined && !servesAlone(production, pair, servingTargetGroupArn)) {
    problems.push('the production listener does not send all its traffic to the target group of the running tasks; put the weights right first');
  }
  return problems;
}

function servesAlone(listener: ListenerObservation, pair: readonly string[], serving: string): boolean {
  return servingTargetGroup(listener, pair) === serving;
}

/** The one group of the pair that the listener sends production traffic to; undefined when it is none or both. */
export function servingTargetGroup({ rules }: ListenerObservation, pair: readonly string[]): string | undefined {
  const inOrder = rules.toSorted((one, other) => (one.priority ?? Number.POSITIVE_INFINITY) - (other.priority ?? Number.POSITIVE_INFINITY));
  const last = inOrder.findIndex(({ takesEverything }) => takesEverything);
  // What comes behind a rule that takes everything gets no request.
  const reached = last < 0 ? inOrder : inOrder.slice(0, last + 1);
  const weighted = reached.flatMap(({ weights }) => Object.entries(weights)).filter(([arn, weight]) => weight > 0 && pair.includes(arn));
  const serving = new Set(weighted.map(([arn]) => arn));
  return serving.size === 1 ? [...serving][0] : undefined;
}

function forwards({ weights }: RuleObservation, pair: readonly string[]): boolean {
  return Object.keys(weights).some((arn) => pair.includes(arn));
}

interface Way {
  readonly problems: readonly string[];
  readonly steps: readonly MigrationStep[];
  readonly rules: Migration['rules'];
}

/** ECS shifts the weights of one rule of each listener, which must name both groups before its first deployment. */
function toEcs(observed: MigrationObservation): Way {
  const { pair, servingTargetGroupArn, controller } = observed;
  const idle = pair.find((arn) => arn !== servingTargetGroupArn);
  if (servingTargetGroupArn === undefined || idle === undefined) return { problems: [], steps: [], rules: {} };
  const problems: string[] = [];
  const steps: MigrationStep[] = [];
  const rules: { production?: string; test?: string } = {};
  for (const use of ['production', 'test'] as const) {
    const listener = observed[use];
    if (listener === undefined) continue;
    const own = listener.rules.filter((rule) => rule.priority !== undefined && forwards(rule, pair));
    if (own.length > 1) problems.push(`${own.length} rules of the ${use} listener forward to the pair; ECS shifts one: make them one first`);
    const [rule] = own;
    if (rule !== undefined) {
      if (pair.some((arn) => rule.weights[arn] === undefined))
        problems.push(`${rule.arn} must forward to both target groups of the pair, with weight 0 for the idle one`);
      rules[use] = rule.arn;
    } else
      steps.push({
        kind: 'createRule',
        use,
        listenerArn: listener.arn,
        priority: freePriority(listener),
        weights: { [servingTargetGroupArn]: 100, [idle]: 0 },
      });
  }
  if (controller !== controllers.ecs) steps.push({ kind: 'toEcs', servingTargetGroupArn, idleTargetGroupArn: idle });
  return { problems, steps, rules };
}

/** Behind every rule there is, and so just before the default one, whose place it takes. */
function freePriority({ rules }: ListenerObservation): number {
  return Math.min(RULE_PRIORITY_MAX, Math.max(0, ...rules.flatMap(({ priority }) => priority ?? [])) + 1);
}

/** CodeDeploy shifts what the listener's rules forward: the default action takes the place of the rule that took everything. */
function toCodeDeploy(observed: MigrationObservation): Way {
  const { pair, servingTargetGroupArn, controller, deploymentGroupFits } = observed;
  if (servingTargetGroupArn === undefined) return { problems: [], steps: [], rules: {} };
  const problems = deploymentGroupFits
    ? []
    : ['the CodeDeploy deployment group does not exist or deploys another service or other target groups; create it first'];
  const steps: MigrationStep[] = [];
  // Asked first: where AWS refuses, nothing has changed.
  if (controller !== controllers.codedeploy) steps.push({ kind: 'toCodeDeploy' });
  for (const use of ['production', 'test'] as const) {
    const listener = observed[use];
    if (listener === undefined) continue;
    const everything = listener.rules.filter((rule) => rule.priority !== undefined && rule.takesEverything && forwards(rule, pair));
    if (everything.length === 0) continue;
    steps.push({ kind: 'forwardDefault', use, listenerArn: listener.arn, targetGroupArn: servingTargetGroupArn });
    steps.push(...everything.map(({ arn }) => ({ kind: 'deleteRule', use, ruleArn: arn }) as const));
  }
  return { problems, steps, rules: {} };
}

function hookMoves(to: DriverKind, userHooks: Readonly<Partial<Record<LifecycleHook, string>>>): readonly HookMove[] {
  const moves = lifecycleHooks.map((hook): HookMove => {
    const stage = stageOfHook[hook];
    const user = userHooks[hook];
    return { ...(to === 'ecs' ? { from: hook, to: stage } : { from: stage, to: hook }), ...(user === undefined ? {} : { userFunction: user }) };
  });
  const [native, clocked] = [`${stageOfHook.BeforeAllowTraffic}, each later step`, 'none: CodeDeploy goes on by the clock'];
  const [kept, wait] = [`${stageOfHook.AfterAllowTraffic}, held by Weir`, 'termination wait'];
  return [
    ...moves,
    to === 'ecs' ? { from: clocked, to: native } : { from: native, to: clocked },
    to === 'ecs' ? { from: wait, to: kept } : { from: kept, to: wait },
  ];
}

export function describeMigrationStep(step: MigrationStep, to: DriverKind): string {
  switch (step.kind) {
    case 'freeze':
      return 'refuse pushes while the service moves (frozen)';
    case 'createRule':
      return `create a rule /* with priority ${step.priority} on the ${step.use} listener ${step.listenerArn}, weights ${Object.entries(step.weights)
        .map(([arn, weight]) => `${arn} ${weight}`)
        .join(', ')}`;
    case 'toEcs':
      return `UpdateService: controller ECS, strategy BLUE_GREEN, ${step.servingTargetGroupArn} serving, ${step.idleTargetGroupArn} as the alternate group`;
    case 'toCodeDeploy':
      return 'UpdateService: controller CODE_DEPLOY, strategy ROLLING, no hooks, alarms or circuit breaker of ECS';
    case 'forwardDefault':
      return `let the ${step.use} listener ${step.listenerArn} forward to ${step.targetGroupArn} by default`;
    case 'deleteRule':
      return `delete the ${step.use} rule ${step.ruleArn}, whose traffic the default action takes`;
    case 'applyManifest':
      return `store the manifest with driver.kind ${to}, and take pushes again`;
  }
}
