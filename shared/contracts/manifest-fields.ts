// The kinds of fields a manifest is made of. Each says in one phrase what it must be: that phrase is the error a person reads, and
// the same limits reach editors through the published JSON Schema.
import * as z from 'zod';

/** A field's documentation; goes into the JSON Schema. */
export interface FieldDocumentation {
  readonly description: string;
  readonly examples?: readonly unknown[];
}

/** A mapping that knows all its keys: any other key is an error, for a misspelt setting must never be a setting not made. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, description: string) {
  return z.strictObject(shape, { error: 'must be a mapping of keys' }).meta({ description });
}

/** A section of which exactly one key is given. */
export function choice<Shape extends Record<string, z.ZodOptional>>(shape: Shape, description: string) {
  const keys = Object.keys(shape);
  return z
    .strictObject(shape, { error: `must be a mapping with one of ${keys.join(', ')}` })
    .refine((given) => keys.filter((key) => Object.hasOwn(given, key)).length === 1, { error: `must have exactly one of ${keys.join(', ')}` })
    .meta({ description, minProperties: 1, maxProperties: 1 });
}

/** A whole number within limits, both allowed. */
export function wholeNumber(minimum: number, maximum: number, description: string) {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error }).meta({ description });
}

/** A number within limits, both allowed. */
export function decimal(minimum: number, maximum: number, description: string) {
  const error = `must be a number from ${minimum} to ${maximum}`;
  return z.number({ error }).min(minimum, { error }).max(maximum, { error }).meta({ description });
}

/** Text of a form. `must` goes on after "must be". */
export function text(form: RegExp, maximumLength: number, must: string, documentation: FieldDocumentation) {
  const error = `must be ${must}`;
  const { description, examples = [] } = documentation;
  return z
    .string({ error })
    .max(maximumLength, { error: `${error}, at most ${maximumLength} characters` })
    .regex(form, { error })
    .meta({ description, ...(examples.length === 0 ? {} : { examples: [...examples] }) });
}

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` }).meta({ description });
}

/** `true` or `false`. */
export function flag(description: string) {
  return z.boolean({ error: 'must be true or false' }).meta({ description });
}

/** A list without repeated entries. */
export function distinctList<Item extends z.ZodType>(item: Item, minimum: number, maximum: number, description: string) {
  const error = `must be a list of ${minimum} to ${maximum} entries`;
  return z
    .array(item, { error })
    .min(minimum, { error })
    .max(maximum, { error })
    .refine((entries) => new Set(entries).size === entries.length, { error: 'must not name an entry twice' })
    .meta({ description, uniqueItems: true });
}

/** A mapping from names to values of one kind. `must` says what the names must be. */
export function dictionary<Value extends z.ZodType>(nameForm: RegExp, must: string, value: Value, maximum: number, description: string) {
  return z
    .record(z.string().regex(nameForm, { error: `must be ${must}` }), value, { error: 'must be a mapping of names to values' })
    .refine((entries) => Object.keys(entries).length <= maximum, { error: `must have at most ${maximum} entries` })
    .meta({ description, maxProperties: maximum });
}
