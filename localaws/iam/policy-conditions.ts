// The Condition part of a policy statement. A key that the local AWS cannot know makes its statement not match: an Allow that
// depends on it is not granted (the harsher side), a Deny is not applied.
import type { Condition } from './policy-document.ts';
import { matchesWildcard } from './wildcard.ts';

/** What is known of a call, by lower-case condition key. A known key without values is absent from the call. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

type Compare = (actual: string, wanted: string) => boolean;

const equals: Compare = (actual, wanted) => actual === wanted;
const numbers =
  (compare: (actual: number, wanted: number) => boolean): Compare =>
  (actual, wanted) =>
    compare(Number(actual), Number(wanted));
const dates =
  (compare: (actual: number, wanted: number) => boolean): Compare =>
  (actual, wanted) =>
    compare(instant(actual), instant(wanted));

/** Each of the six parts of an ARN is matched by itself, so that a `*` cannot swallow a colon before the resource. */
const arnLike: Compare = (actual, wanted) => {
  const actualParts = arnParts(actual);
  const wantedParts = arnParts(wanted);
  return actualParts.length === wantedParts.length && wantedParts.every((part, index) => matchesWildcard(part, actualParts[index] ?? ''));
};

const OPERATORS: Readonly<Record<string, { compare: Compare; negated?: boolean }>> = {
  StringEquals: { compare: equals },
  StringNotEquals: { compare: equals, negated: true },
  StringEqualsIgnoreCase: { compare: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase() },
  StringNotEqualsIgnoreCase: { compare: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(), negated: true },
  StringLike: { compare: (actual, wanted) => matchesWildcard(wanted, actual) },
  StringNotLike: { compare: (actual, wanted) => matchesWildcard(wanted, actual), negated: true },
  ArnEquals: { compare: arnLike },
  ArnLike: { compare: arnLike },
  ArnNotEquals: { compare: arnLike, negated: true },
  ArnNotLike: { compare: arnLike, negated: true },
  Bool: { compare: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase() },
  NumericEquals: { compare: numbers((actual, wanted) => actual === wanted) },
  NumericNotEquals: { compare: numbers((actual, wanted) => actual === wanted), negated: true },
  NumericLessThan: { compare: numbers((actual, wanted) => actual < wanted) },
  NumericLessThanEquals: { compare: numbers((actual, wanted) => actual <= wanted) },
  NumericGreaterThan: { compare: numbers((actual, wanted) => actual > wanted) },
  NumericGreaterThanEquals: { compare: numbers((actual, wanted) => actual >= wanted) },
  DateEquals: { compare: dates((actual, wanted) => actual === wanted) },
  DateNotEquals: { compare: dates((actual, wanted) => actual === wanted), negated: true },
  DateLessThan: { compare: dates((actual, wanted) => actual < wanted) },
  DateLessThanEquals: { compare: dates((actual, wanted) => actual <= wanted) },
  DateGreaterThan: { compare: dates((actual, wanted) => actual > wanted) },
  DateGreaterThanEquals: { compare: dates((actual, wanted) => actual >= wanted) },
};

/** Whether every condition of a statement holds. */
export function conditionsHold(conditions: readonly Condition[], context: ConditionContext): boolean {
  return conditions.every((condition) => conditionHolds(condition, context));
}

function conditionHolds(condition: Condition, context: ConditionContext): boolean {
  const actual = context.get(condition.key.toLowerCase());
  if (actual === undefined) return false;
  const [, quantifier, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(condition.operator) ?? [];
  if (name === 'Null') return condition.values.some((value) => (value.toLowerCase() === 'true') === (actual.length === 0));
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) return false;
  if (actual.length === 0) return ifExists !== undefined || quantifier === 'ForAllValues' || (operator.negated === true && quantifier === undefined);
  const wanted = condition.values.map((value) => substituteVariables(value, context)).filter((value) => value !== undefined);
  const fits = (value: string): boolean => wanted.some((pattern) => operator.compare(value, pattern)) !== (operator.negated === true);
  return quantifier === 'ForAnyValue' ? actual.some(fits) : actual.every(fits);
}

/** Fills `${aws:PrincipalAccount}` and the like in; undefined when a variable is not known, for then nothing can match. */
export function substituteVariables(text: string, context: ConditionContext): string | undefined {
  let unknown = false;
  const filled = text.replace(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    const value = context.get(name.toLowerCase())?.[0];
    if (value === undefined) unknown = true;
    return value ?? '';
  });
  return unknown ? undefined : filled;
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
