// The manifest's JSON Schema for editors, as published in schema/weir.schema.json. Written by build/write-schema.ts.
import * as z from 'zod';
import { manifestSchema } from './manifest.ts';

/**
 * JSON Schema (draft 7, which editors know best) of what a person may write. It accepts all that the parser accepts; the parser
 * also refuses what a schema cannot say: patterns that do not compile, shifts that take too long, sums and repeated names.
 */
export function manifestJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(manifestSchema, { target: 'draft-7', io: 'input' }), title: 'weir.yaml' };
}
