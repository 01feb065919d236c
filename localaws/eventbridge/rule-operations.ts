// Rules: PutRule and everything that reads, switches or removes one.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { busName, type EventBus, type EventBusState, type Rule } from './event-bus-state.ts';
import { limitExceeded, oneOf, optionalText, pageOf, requiredText, validationError } from './input-members.ts';
import { DESCRIPTION_LENGTH_MAX, PATTERN_LENGTH_MAX, RULES_PER_BUS_MAX, WILDCARD_RULES_PER_BUS_MAX } from './limits.ts';
import { type CompiledPattern, compilePattern } from './pattern/compile-pattern.ts';
import { PatternError } from './pattern/pattern-error.ts';
import { parseSchedule, type Schedule } from './schedule/schedule-expression.ts';
import { checkedTags } from './tag-operations.ts';

const RULE_NAME = /^[.\-_A-Za-z0-9]{1,64}$/;
const RULE_STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const;

export interface RuleActions {
  /** Begins a rule's schedule; answers how to end it. */
  readonly startSchedule: (rule: Rule) => () => void;
}

export function createRuleOperations(region: Region, state: EventBusState, actions: RuleActions): Readonly<Record<string, Operation>> {
  const resources = (input: AwsShape): string[] => [ruleArn(region, input, 'Name')];
  const enable = (enabled: boolean): Operation => ({
    resources,
    handle(input) {
      const rule = ruleOf(state, input, 'Name');
      if (rule.enabled === enabled) return {};
      rule.stop();
      rule.enabled = enabled;
      rule.state = enabled ? 'ENABLED' : 'DISABLED';
      rule.stop = enabled ? actions.startSchedule(rule) : () => undefined;
      return {};
    },
  });
  return {
    PutRule: { resources, handle: (input) => putRule(region, state, actions, input) },
    DescribeRule: { resources, handle: (input) => ({ ...ruleShape(ruleOf(state, input, 'Name')), CreatedBy: region.account }) },
    ListRules: {
      handle(input) {
        const prefix = optionalText(input, 'NamePrefix') ?? '';
        const rules = [...busOf(state, input).rules.values()].filter((rule) => rule.name.startsWith(prefix)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const { page, ...rest } = pageOf(rules, input);
        return { Rules: page.map(ruleShape), ...rest };
      },
    },
    DeleteRule: {
      resources,
      handle(input) {
        const name = requiredText(input, 'Name');
        const { rules } = busOf(state, input);
        const rule = rules.get(name);
        // AWS answers success for a rule that is not there.
        if (rule === undefined) return {};
        if (rule.targets.size > 0) throw validationError("Rule can't be deleted since it has targets.");
        rule.stop();
        rules.delete(name);
        state.tags.delete(rule.arn);
        return {};
      },
    },
    EnableRule: enable(true),
    DisableRule: enable(false),
  };
}

/** The bus that EventBusName names. @throws AwsError ResourceNotFoundException */
export function busOf(state: EventBusState, input: AwsShape): EventBus {
  const name = busName(input['EventBusName']);
  const bus = state.buses.get(name);
  if (bus === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  return bus;
}

/** @throws AwsError ResourceNotFoundException */
export function ruleOf(state: EventBusState, input: AwsShape, member: 'Name' | 'Rule'): Rule {
  const name = requiredText(input, member);
  const bus = busOf(state, input);
  const rule = bus.rules.get(name);
  if (rule === undefined) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus.name}.`);
  return rule;
}

/** The ARN of the rule that an input names, whether it exists or not. */
export function ruleArn(region: Region, input: AwsShape, member: 'Name' | 'Rule'): string {
  const bus = busName(input['EventBusName']);
  const name = String(input[member] ?? '*');
  return region.arn('events', bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`);
}

/** @throws AwsError InvalidEventPatternException */
export function readPattern(text: string): CompiledPattern {
  try {
    return compilePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.message}`, { cause: error });
  }
}

function putRule(region: Region, state: EventBusState, actions: RuleActions, input: AwsShape): AwsShape {
  const name = requiredText(input, 'Name', RULE_NAME);
  const { rules, name: bus } = busOf(state, input);
  const patternText = optionalText(input, 'EventPattern', PATTERN_LENGTH_MAX);
  const scheduleText = optionalText(input, 'ScheduleExpression');
  if (patternText === undefined && scheduleText === undefined) throw validationError('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  const before = rules.get(name);
  if (before === undefined && rules.size >= RULES_PER_BUS_MAX) throw limitExceeded(`${RULES_PER_BUS_MAX} rules on an event bus`);
  const ruleState = oneOf(input, 'State', RULE_STATES) ?? 'ENABLED';
  const rule: Rule = {
    name,
    bus,
    arn: ruleArn(region, input, 'Name'),
    description: optionalText(input, 'Description', DESCRIPTION_LENGTH_MAX),
    patternText,
    pattern: patternText === undefined ? undefined : readPattern(patternText),
    scheduleText,
    schedule: scheduleText === undefined ? undefined : readSchedule(scheduleText, bus),
    roleArn: optionalText(input, 'RoleArn'),
    madeAt: region.clock.now(),
    state: ruleState,
    enabled: ruleState !== 'DISABLED',
    targets: before?.targets ?? new Map(),
    stop: () => undefined,
  };
  if (hasWildcard(rule) && [...rules.values()].filter((other) => other.name !== name && hasWildcard(other)).length >= WILDCARD_RULES_PER_BUS_MAX) {
    throw limitExceeded(`${WILDCARD_RULES_PER_BUS_MAX} rules with wildcards on an event bus`);
  }
  // Tags of a rule that is there already stay as they are.
  const tags = before === undefined ? checkedTags(input['Tags']) : undefined;
  before?.stop();
  rules.set(name, rule);
  if (rule.enabled) rule.stop = actions.startSchedule(rule);
  if (tags !== undefined && tags.size > 0) state.tags.set(rule.arn, tags);
  return { RuleArn: rule.arn };
}

function hasWildcard(rule: Rule): boolean {
  return rule.patternText !== undefined && /"wildcard"\s*:/.test(rule.patternText);
}

function readSchedule(text: string, bus: string): Schedule {
  if (bus !== 'default') throw validationError('ScheduleExpression is supported only on the default event bus.');
  const schedule = parseSchedule(text);
  if (schedule === undefined) throw validationError('Parameter ScheduleExpression is not valid.');
  return schedule;
}

function ruleShape(rule: Rule): AwsShape {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.patternText,
    ScheduleExpression: rule.scheduleText,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: rule.bus,
  };
}
