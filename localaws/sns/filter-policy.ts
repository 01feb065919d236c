// Subscription filter policies. Their language is that of event patterns, matched against the attributes of a message or its body.
import { compilePattern } from '../eventbridge/pattern/compile-pattern.ts';
import { readJson } from '../eventbridge/pattern/json-node.ts';
import { flattenEvent, matchesPattern } from '../eventbridge/pattern/match-pattern.ts';
import { PatternError } from '../eventbridge/pattern/pattern-error.ts';
import { FILTER_POLICY_CHARACTERS_MAX } from './limits.ts';
import { invalid } from './request-checks.ts';
import type { MessageAttribute } from './topic-records.ts';

export type EventPattern = ReturnType<typeof compilePattern>;

/** @throws AwsError InvalidParameter */
export function readFilterPolicy(text: string): EventPattern {
  if (text.length > FILTER_POLICY_CHARACTERS_MAX) throw invalid('FilterPolicy: Filter policy is too long');
  try {
    return compilePattern(text);
  } catch (error) {
    if (error instanceof PatternError) throw invalid(`FilterPolicy: ${error.message}`);
    throw error;
  }
}

/** Whether a subscription with this policy wants the message. A body that is no JSON object is never wanted. */
export function wantsMessage(filter: EventPattern, scope: string, message: string, attributes: Readonly<Record<string, MessageAttribute>>): boolean {
  try {
    return matchesPattern(filter, flattenEvent(readJson(scope === 'MessageBody' ? message : attributesAsEvent(attributes))));
  } catch (error) {
    if (scope !== 'MessageBody') throw error;
    return false;
  }
}

function attributesAsEvent(attributes: Readonly<Record<string, MessageAttribute>>): string {
  const members = Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) => {
    if (StringValue === undefined) return [];
    // A number keeps its digits; a String.Array is the JSON array its text is.
    const isJson = DataType.startsWith('Number') || DataType === 'String.Array';
    return [`${JSON.stringify(name)}:${isJson ? StringValue : JSON.stringify(StringValue)}`];
  });
  return `{${members.join(',')}}`;
}
