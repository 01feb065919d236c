// Checks of task arguments that integrations share, in the words Step Functions uses.
import { isObject, type Json } from '../evaluation/json.ts';

export function missingFields(args: Json, fields: readonly string[]): string[] {
  if (!isObject(args)) return ['The arguments must be an object'];
  return fields.filter((field) => args[field] === undefined).map((field) => `The required field '${field}' is missing`);
}

export function unknownFields(args: Json, fields: readonly string[]): string[] {
  if (!isObject(args)) return [];
  return Object.keys(args)
    .filter((field) => !fields.includes(field))
    .map((field) => `The field '${field}' is not supported by Step Functions`);
}

/** Members of an API that must be text may be given as JSON. */
export function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
