// CreateRule, DescribeRules, ModifyRule, DeleteRule, SetRulePriorities. Rules of a listener are replaced as a whole, so a
// request sees the rules before or after a change and never between.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { describeAction, parseActions } from './action-shape.ts';
import { checkActionTargets } from './action-targets.ts';
import { describeCondition, parseConditions } from './condition-shape.ts';
import { RULES_PER_LISTENER_MAX } from './limits.ts';
import type { RuleHooks } from './listener-operations.ts';
import { type Listener, type LoadBalancing, listenerOf, type Rule, ruleOf } from './load-balancing-state.ts';
import { pageOf } from './pages.ts';
import { integer, isGiven, notOffered, requiredText, shapes, text, texts, validationError } from './request-members.ts';
import { parseTags } from './tag-operations.ts';

const PRIORITY = { min: 1, max: 50_000 };

function describe(rule: Rule): AwsShape {
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    Conditions: rule.conditions.map(describeCondition),
    Actions: [describeAction(rule.action)],
    IsDefault: rule.priority === 'default',
    Transforms: [],
  };
}

function inOrder(rules: readonly Rule[]): Rule[] {
  const rank = (rule: Rule): number => (rule.priority === 'default' ? Number.POSITIVE_INFINITY : rule.priority);
  return [...rules].sort((a, b) => rank(a) - rank(b));
}

function refusePriorityInUse(rules: readonly Rule[]): void {
  const seen = new Set<number | 'default'>();
  for (const { priority } of rules) {
    if (seen.has(priority)) throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
    seen.add(priority);
  }
}

function refuseTransforms(input: AwsShape): void {
  if (shapes(input, 'Transforms').length > 0) throw notOffered('a rule with Transforms');
}

function create(region: Region, state: LoadBalancing, input: AwsShape): Rule {
  const listener = listenerOf(state, requiredText(input, 'ListenerArn'));
  const priority = integer(input, 'Priority', PRIORITY);
  if (priority === undefined) throw validationError('A priority must be specified');
  refuseTransforms(input);
  const conditions = parseConditions(input);
  const action = parseActions(input, 'Actions');
  const tags = parseTags(input);
  checkActionTargets(state, listener.loadBalancerArn, action);
  if (listener.rules.length > RULES_PER_LISTENER_MAX) throw new AwsError('TooManyRules', 'The maximum number of rules per listener has been reached');
  const arn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${region.ids.hex(16)}`;
  const rule: Rule = { arn, listenerArn: listener.arn, priority, conditions, action };
  const rules = inOrder([...listener.rules, rule]);
  refusePriorityInUse(rules);
  listener.rules = rules;
  state.tags.set(arn, new Map(tags));
  return rule;
}

function modify(state: LoadBalancing, input: AwsShape): Rule {
  const { listener, rule } = ruleOf(state, requiredText(input, 'RuleArn'));
  // Unverified for callers inside AWS; ordinary callers change the default rule by ModifyListener.
  if (rule.priority === 'default') throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be modified`);
  refuseTransforms(input);
  const conditions = isGiven(input, 'Conditions') ? parseConditions(input) : rule.conditions;
  const action = isGiven(input, 'Actions') ? parseActions(input, 'Actions') : rule.action;
  checkActionTargets(state, listener.loadBalancerArn, action);
  const changed: Rule = { ...rule, conditions, action };
  listener.rules = listener.rules.map((candidate) => (candidate === rule ? changed : candidate));
  return changed;
}

function remove(state: LoadBalancing, input: AwsShape): void {
  const { listener, rule } = ruleOf(state, requiredText(input, 'RuleArn'));
  if (rule.priority === 'default') throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be deleted`);
  listener.rules = listener.rules.filter((candidate) => candidate !== rule);
  state.tags.delete(rule.arn);
}

function setPriorities(state: LoadBalancing, input: AwsShape): Rule[] {
  const wanted = new Map<string, number>();
  let listener: Listener | undefined;
  for (const pair of shapes(input, 'RulePriorities')) {
    const found = ruleOf(state, requiredText(pair, 'RuleArn'));
    if (found.rule.priority === 'default')
      throw new AwsError('OperationNotPermitted', `The priority of the default rule '${found.rule.arn}' cannot be changed`);
    if (listener !== undefined && listener !== found.listener) throw validationError('All rules must belong to the same listener');
    listener = found.listener;
    const priority = integer(pair, 'Priority', PRIORITY);
    if (priority === undefined) throw validationError('A priority must be specified');
    wanted.set(found.rule.arn, priority);
  }
  if (listener === undefined) throw validationError('At least one rule priority must be specified');
  const rules = inOrder(listener.rules.map((rule) => ({ ...rule, priority: wanted.get(rule.arn) ?? rule.priority })));
  refusePriorityInUse(rules);
  listener.rules = rules;
  return rules.filter((rule) => wanted.has(rule.arn));
}

function describeAll(state: LoadBalancing, input: AwsShape): AwsShape {
  const arns = texts(input, 'RuleArns');
  const listenerArn = text(input, 'ListenerArn');
  if (arns.length === 0 && listenerArn === undefined) throw validationError('You must specify either listener rule ARNs or a listener ARN');
  if (arns.length > 0 && listenerArn !== undefined) throw validationError('Listener rule ARNs and a listener ARN cannot be specified at the same time');
  const rules = listenerArn === undefined ? arns.map((arn) => ruleOf(state, arn).rule) : listenerOf(state, listenerArn).rules;
  return pageOf(input, 'Rules', rules, describe);
}

const judged = (input: AwsShape): string[] => [text(input, 'RuleArn') ?? '*'];

export function ruleOperations(region: Region, state: LoadBalancing, hooks: RuleHooks): Readonly<Record<string, Operation>> {
  return {
    CreateRule: {
      resources: (input) => [text(input, 'ListenerArn') ?? '*'],
      handle(input) {
        const rule = create(region, state, input);
        hooks.usageChanged();
        return { Rules: [describe(rule)] };
      },
    },
    DescribeRules: { handle: (input) => describeAll(state, input) },
    ModifyRule: {
      resources: judged,
      handle(input) {
        const rule = modify(state, input);
        hooks.usageChanged();
        return { Rules: [describe(rule)] };
      },
    },
    DeleteRule: {
      resources: judged,
      handle(input) {
        remove(state, input);
        hooks.usageChanged();
        return {};
      },
    },
    SetRulePriorities: {
      resources: (input) => shapes(input, 'RulePriorities').map((pair) => text(pair, 'RuleArn') ?? '*'),
      handle: (input) => ({ Rules: setPriorities(state, input).map(describe) }),
    },
  };
}
