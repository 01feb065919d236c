// What crosses a boundary is parsed once, here, and is a value or a problem afterwards: never a half-trusted object, never a throw.
import type * as z from 'zod';

export type Parsed<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

/** Faults named in one problem; the rest is counted. */
const FAULTS_NAMED_MAX = 5;

/** Parses with a schema. The problem names each faulty member and what was expected, never the value: it may be secret. */
export function parseWith<Schema extends z.ZodType>(schema: Schema, input: unknown): Parsed<z.output<Schema>> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  const named = faults.slice(0, FAULTS_NAMED_MAX).join('; ');
  const rest = faults.length - FAULTS_NAMED_MAX;
  return { ok: false, problem: rest > 0 ? `${named}; and ${rest} more` : named };
}
