// Small checks of single fields that several states share.
import { compileExpression, expressionSource } from '../evaluation/evaluate-expression.ts';
import { expressionsOf } from '../evaluation/evaluate-template.ts';
import { isObject, type Json } from '../evaluation/json.ts';
import { VARIABLE_NAME_LENGTH_MAX } from '../limits.ts';
import type { QueryLanguage } from './definition.ts';
import type { Findings } from './diagnostics.ts';

const VARIABLE_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** Every expression inside of a value must parse. */
export function checkTemplate(value: Json, location: string, findings: Findings): void {
  for (const expression of expressionsOf(value, location)) checkExpression(expression.source, expression.location, findings);
}

function checkExpression(source: string, location: string, findings: Findings): void {
  if (source === '') {
    findings.schema(location, 'The JSONata expression must not be empty.');
    return;
  }
  try {
    compileExpression(source);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    findings.schema(location, `The JSONata expression '${source}' is not valid. ${code ?? 'S0500'}: ${message ?? 'syntax error'}`);
  }
}

/** A text that starts or ends like an expression but is not one: AWS refuses it, since it was surely meant as one. */
export function checkExpressionText(value: Json | undefined, location: string, findings: Findings): void {
  if (typeof value !== 'string' || expressionSource(value) !== undefined) return;
  if (value.startsWith('{%') || value.endsWith('%}')) findings.schema(location, `The JSONata expression '${value}' must start with '{%' and end with '%}'.`);
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/** A number in a range; in JSONata also an expression. */
export function checkNumber(value: Json | undefined, location: string, range: NumberRange, language: QueryLanguage, findings: Findings): void {
  if (value === undefined) return;
  if (language === 'JSONata' && typeof value === 'string') {
    if (expressionSource(value) === undefined) findings.schema(location, 'Expected a number or a JSONata expression');
    else checkTemplate(value, location, findings);
    return;
  }
  if (typeof value !== 'number' || (range.integer && !Number.isInteger(value))) {
    findings.schema(location, `Expected value of type ${range.integer ? 'Integer' : 'Number'}`);
    return;
  }
  if (value < range.min || value > range.max) findings.schema(location, `Value must be between ${range.min} and ${range.max}`);
}

/** A text; in JSONata it may be an expression, which must parse. */
export function checkText(value: Json | undefined, location: string, language: QueryLanguage, findings: Findings): void {
  if (value === undefined) return;
  if (typeof value !== 'string') findings.schema(location, 'Expected value of type String');
  else if (language === 'JSONata') {
    checkExpressionText(value, location, findings);
    checkTemplate(value, location, findings);
  }
}

/** Assign: an object of variable names and values. */
export function checkAssign(value: Json | undefined, location: string, language: QueryLanguage, findings: Findings): void {
  if (value === undefined) return;
  if (!isObject(value)) {
    findings.schema(location, 'Expected value of type Object');
    return;
  }
  for (const key of Object.keys(value)) {
    const name = language === 'JSONPath' && key.endsWith('.$') ? key.slice(0, -2) : key;
    if (name === 'states') findings.schema(`${location}/${key}`, "The variable name 'states' is reserved.");
    else if (!VARIABLE_NAME.test(name) || name.length > VARIABLE_NAME_LENGTH_MAX) findings.schema(`${location}/${key}`, `Invalid variable name: '${name}'`);
  }
  if (language === 'JSONata') checkTemplate(value, location, findings);
}

/** Reports each of the fields that is missing, in one message as AWS does. */
export function checkRequired(record: Readonly<Record<string, unknown>>, fields: readonly string[], location: string, findings: Findings): void {
  const missing = fields.filter((field) => record[field] === undefined);
  if (missing.length > 0) findings.schema(location, `These fields are required: [${missing.join(', ')}]`);
}
