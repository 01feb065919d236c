// Rule conditions: from AWS's request shape (old `Values` or the newer config members) to ours, and back as Describe shows them.
import { isIP } from 'node:net';
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { CONDITION_VALUES_PER_RULE_MAX } from './limits.ts';
import type { Condition } from './load-balancing-state.ts';
import { isGiven, notOffered, requiredText, shape, shapes, text, texts, validationError } from './request-members.ts';

const CONFIG_MEMBER = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'source-ip': 'SourceIpConfig',
} as const;
const VALUE_LENGTH_MAX = 128;

/** The conditions of a rule, at least one. */
export function parseConditions(input: AwsShape): readonly Condition[] {
  const given = shapes(input, 'Conditions');
  if (given.length === 0) throw validationError('A condition must be specified');
  const conditions = given.map(parseCondition);
  const single = conditions.map((condition) => condition.kind).filter((kind) => kind !== 'http-header' && kind !== 'query-string');
  const repeated = single.find((kind, index) => single.indexOf(kind) !== index);
  if (repeated !== undefined) throw validationError(`A rule can only have one '${repeated}' condition`);
  const valueCount = conditions.reduce((sum, condition) => sum + condition.values.length, 0);
  if (valueCount > CONDITION_VALUES_PER_RULE_MAX) throw validationError(`A rule can only have '${CONDITION_VALUES_PER_RULE_MAX}' condition values`);
  return conditions;
}

function parseCondition(given: AwsShape): Condition {
  const kind = requiredText(given, 'Field');
  switch (kind) {
    case 'path-pattern':
    case 'host-header':
    case 'http-request-method':
    case 'source-ip':
      return { kind, values: parseValues(given, kind) };
    case 'http-header': {
      const config = shape(given, 'HttpHeaderConfig') ?? {};
      refuseRegex(config);
      return { kind, name: requiredText(config, 'HttpHeaderName'), values: checkedValues(kind, texts(config, 'Values')) };
    }
    case 'query-string': {
      const pairs = shapes(shape(given, 'QueryStringConfig') ?? {}, 'Values');
      if (pairs.length === 0) throw validationError("A condition value must be specified for the field 'query-string'");
      return { kind, values: pairs.map((pair) => ({ key: text(pair, 'Key'), value: requiredText(pair, 'Value') })) };
    }
    default:
      throw validationError(`Condition field '${kind}' must be one of '[${[...Object.keys(CONFIG_MEMBER), 'http-header', 'query-string'].join(', ')}]'`);
  }
}

function parseValues(given: AwsShape, kind: keyof typeof CONFIG_MEMBER): readonly string[] {
  const config = shape(given, CONFIG_MEMBER[kind]);
  refuseRegex(given);
  if (config !== undefined) refuseRegex(config);
  const fromConfig = config === undefined ? [] : texts(config, 'Values');
  const simple = texts(given, 'Values');
  if (fromConfig.length > 0 && simple.length > 0 && fromConfig.join() !== simple.join()) {
    throw validationError(`You cannot specify both 'Values' and '${CONFIG_MEMBER[kind]}' for the field '${kind}'`);
  }
  const values = checkedValues(kind, fromConfig.length > 0 ? fromConfig : simple);
  if (kind === 'http-request-method' && values.some((value) => !/^[A-Z_-]{1,40}$/.test(value))) {
    throw validationError('An HTTP request method condition takes upper-case method names');
  }
  if (kind === 'source-ip') for (const value of values) checkCidr(value);
  return values;
}

function checkedValues(kind: string, values: readonly string[]): readonly string[] {
  if (values.length === 0) throw validationError(`A condition value must be specified for the field '${kind}'`);
  if (values.some((value) => value === '' || value.length > VALUE_LENGTH_MAX)) {
    throw validationError(`Condition values of the field '${kind}' must have 1 to ${VALUE_LENGTH_MAX} characters`);
  }
  return values;
}

function refuseRegex(given: AwsShape): void {
  if (isGiven(given, 'RegexValues')) throw notOffered('a rule condition with RegexValues');
}

function checkCidr(value: string): void {
  const [address = '', bits = ''] = value.split('/');
  const version = isIP(address);
  const length = Number(bits);
  if (version === 0 || bits === '' || !Number.isInteger(length) || length < 0 || length > (version === 4 ? 32 : 128)) {
    throw new AwsError('ValidationError', `The CIDR block '${value}' is not valid`);
  }
}

/** The condition as Describe answers it. */
export function describeCondition(condition: Condition): AwsShape {
  switch (condition.kind) {
    case 'path-pattern':
    case 'host-header':
      return { Field: condition.kind, Values: [...condition.values], [CONFIG_MEMBER[condition.kind]]: { Values: [...condition.values] } };
    case 'http-request-method':
    case 'source-ip':
      return { Field: condition.kind, [CONFIG_MEMBER[condition.kind]]: { Values: [...condition.values] } };
    case 'http-header':
      return { Field: condition.kind, HttpHeaderConfig: { HttpHeaderName: condition.name, Values: [...condition.values] } };
    case 'query-string':
      return { Field: condition.kind, QueryStringConfig: { Values: condition.values.map((pair) => ({ Key: pair.key, Value: pair.value })) } };
  }
}
