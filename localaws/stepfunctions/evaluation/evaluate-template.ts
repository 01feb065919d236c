// A field such as Output, Arguments or Assign is a JSON value with expressions anywhere inside of it.
import { expressionSource } from './evaluate-expression.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

/** Evaluates one expression found at `location` (`Output/result`); must answer a value or throw. */
type EvaluateAt = (source: string, location: string) => Promise<Json>;

/** Evaluates every expression of a value, in order, and answers the value with the results in their places. */
export async function evaluateTemplate(value: Json, location: string, evaluate: EvaluateAt): Promise<Json> {
  if (typeof value === 'string') {
    const source = expressionSource(value);
    return source === undefined ? value : await evaluate(source, location);
  }
  if (Array.isArray(value)) {
    const items: Json[] = [];
    // How AWS writes a place inside of an array is not documented (unverified).
    for (const [index, item] of value.entries()) items.push(await evaluateTemplate(item, `${location}[${index}]`, evaluate));
    return items;
  }
  if (!isObject(value)) return value;
  const record: JsonObject = {};
  for (const [key, member] of Object.entries(value)) record[key] = await evaluateTemplate(member, `${location}/${key}`, evaluate);
  return record;
}

/** Every expression of a value with its place; for checks before anything runs. */
export function expressionsOf(value: Json, location: string): { source: string; location: string }[] {
  if (typeof value === 'string') {
    const source = expressionSource(value);
    return source === undefined ? [] : [{ source, location }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => expressionsOf(item, `${location}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => expressionsOf(member, `${location}/${key}`));
}
