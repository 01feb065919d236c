// The check of Retry and Catch.
import { isObject, type Json } from '../evaluation/json.ts';
import { RETRY_ATTEMPTS_MAX, RETRY_MAX_DELAY_SECONDS_MAX, SECONDS_MAX } from '../limits.ts';
import { checkAssign, checkNumber, checkRequired, checkTemplate } from './check-values.ts';
import type { QueryLanguage } from './definition.ts';
import type { Findings } from './diagnostics.ts';

const RETRIER_FIELDS = ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'];
const CATCHER_FIELDS: Readonly<Record<QueryLanguage, readonly string[]>> = {
  JSONata: ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'],
  JSONPath: ['ErrorEquals', 'Next', 'Assign', 'ResultPath', 'Comment'],
};

/** @param checkTarget reports a Next that names no state. */
export function checkErrorHandling(
  state: Readonly<Record<string, Json>>,
  location: string,
  language: QueryLanguage,
  checkTarget: (name: Json | undefined, location: string) => void,
  findings: Findings,
): void {
  for (const { entry, at, last } of entriesOf(state['Retry'], `${location}/Retry`, findings)) {
    checkFields(entry, RETRIER_FIELDS, at, findings);
    checkErrorEquals(entry['ErrorEquals'], at, last, findings);
    checkNumber(entry['IntervalSeconds'], `${at}/IntervalSeconds`, { min: 1, max: SECONDS_MAX, integer: true }, 'JSONPath', findings);
    checkNumber(entry['MaxAttempts'], `${at}/MaxAttempts`, { min: 0, max: RETRY_ATTEMPTS_MAX, integer: true }, 'JSONPath', findings);
    checkNumber(entry['BackoffRate'], `${at}/BackoffRate`, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: false }, 'JSONPath', findings);
    checkNumber(entry['MaxDelaySeconds'], `${at}/MaxDelaySeconds`, { min: 1, max: RETRY_MAX_DELAY_SECONDS_MAX, integer: true }, 'JSONPath', findings);
    const [interval, delay] = [entry['IntervalSeconds'], entry['MaxDelaySeconds']];
    if (typeof interval === 'number' && typeof delay === 'number' && delay <= interval) {
      findings.schema(`${at}/MaxDelaySeconds`, 'MaxDelaySeconds must be greater than IntervalSeconds');
    }
    const jitter = entry['JitterStrategy'];
    if (jitter !== undefined && jitter !== 'FULL' && jitter !== 'NONE') {
      findings.schema(`${at}/JitterStrategy`, 'Value is not valid, expected one of: [FULL, NONE]');
    }
  }
  for (const { entry, at, last } of entriesOf(state['Catch'], `${location}/Catch`, findings)) {
    checkFields(entry, CATCHER_FIELDS[language], at, findings);
    checkErrorEquals(entry['ErrorEquals'], at, last, findings);
    checkRequired(entry, ['Next'], at, findings);
    checkTarget(entry['Next'], `${at}/Next`);
    checkAssign(entry['Assign'], `${at}/Assign`, language, findings);
    if (language === 'JSONata' && entry['Output'] !== undefined) checkTemplate(entry['Output'], `${at}/Output`, findings);
  }
}

function entriesOf(value: Json | undefined, location: string, findings: Findings): { entry: Readonly<Record<string, Json>>; at: string; last: boolean }[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    findings.schema(location, 'Expected value of type Array');
    return [];
  }
  return value.flatMap((entry, index) => {
    const at = `${location}[${index}]`;
    if (isObject(entry)) return [{ entry, at, last: index === value.length - 1 }];
    findings.schema(at, 'Expected value of type Object');
    return [];
  });
}

function checkFields(entry: Readonly<Record<string, Json>>, allowed: readonly string[], location: string, findings: Findings): void {
  for (const field of Object.keys(entry)) {
    if (!allowed.includes(field)) findings.schema(location, `Field '${field}' is not supported`);
  }
}

function checkErrorEquals(value: Json | undefined, location: string, last: boolean, findings: Findings): void {
  if (value === undefined) {
    findings.schema(location, 'These fields are required: [ErrorEquals]');
    return;
  }
  if (!Array.isArray(value) || value.length === 0 || value.some((name) => typeof name !== 'string')) {
    findings.schema(`${location}/ErrorEquals`, 'Expected a non-empty Array of String');
    return;
  }
  if (!value.includes('States.ALL')) return;
  if (value.length > 1) findings.schema(`${location}/ErrorEquals`, 'States.ALL must appear alone');
  if (!last) findings.schema(`${location}/ErrorEquals`, 'States.ALL must be in the last element of the list');
}
