// The functions Step Functions adds to JSONata, and those built-ins whose result depends on time or chance: they must come
// from the region's clock and identities.
import { createHash } from 'node:crypto';
import type { Expression, Focus } from 'jsonata';
import { createIds } from '../../ids.ts';
import { HASH_INPUT_LENGTH_MAX, RANGE_ITEMS_MAX } from '../limits.ts';
import { toJson } from './json.ts';

/** What an evaluation may know of the world; bound under a name that no expression can spell. */
export interface ExpressionRuntime {
  readonly now: number;
  readonly random: () => number;
  readonly uuid: () => string;
  steps: number;
  depth: number;
}

/** A variable name with a space in it: the language's tokenizer cannot produce it. */
export const RUNTIME_BINDING = 'localaws runtime';

const HASH_ALGORITHMS: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

/** An error in the shape the language's own errors have. */
export function expressionError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function runtimeOf(focus: Focus): ExpressionRuntime {
  return focus.environment.lookup(RUNTIME_BINDING) as ExpressionRuntime;
}

/** Adds AWS's functions to a compiled expression. `$eval` is not there: Step Functions leaves it out. */
export function registerAwsFunctions(expression: Expression): void {
  expression.assign('eval', undefined);
  expression.registerFunction('partition', partition, '<a-n:a>');
  expression.registerFunction('range', range, '<n-nn:a>');
  expression.registerFunction('hash', hash, '<s-s:s>');
  expression.registerFunction('parse', parse, '<s-:x>');
  expression.registerFunction('random', random, '<n?:n>');
  expression.registerFunction(
    'uuid',
    function (this: Focus) {
      return runtimeOf(this).uuid();
    },
    '<:s>',
  );
  expression.registerFunction(
    'millis',
    function (this: Focus) {
      return runtimeOf(this).now;
    },
    '<:n>',
  );
  expression.registerFunction('now', now, '<s?s?:s>');
  expression.registerFunction('shuffle', shuffle, '<a:a>');
}

function partition(items: unknown[] | undefined, size: number | undefined): unknown[] | undefined {
  if (items === undefined || size === undefined) return undefined;
  const step = Math.floor(size);
  if (!(step > 0)) throw expressionError('D3137', 'Argument 2 of function "partition" must be a positive integer');
  const chunks: unknown[][] = [];
  for (let start = 0; start < items.length; start += step) chunks.push(items.slice(start, start + step));
  return chunks;
}

/** Answers a sequence, so that a single number comes out alone, as recorded on AWS. */
function range(first: number | undefined, last: number | undefined, delta: number | undefined): unknown[] | undefined {
  if (first === undefined || last === undefined || delta === undefined) return undefined;
  const [start, end, step] = [Math.floor(first), Math.floor(last), Math.floor(delta)];
  if (step === 0) throw expressionError('D3137', 'Argument 3 of function "range" must not be zero');
  const count = Math.max(0, Math.floor((end - start) / step) + 1);
  if (count > RANGE_ITEMS_MAX) throw expressionError('D3137', `Function "range" makes at most ${RANGE_ITEMS_MAX} items`);
  const numbers = Array.from({ length: count }, (_, index) => start + index * step);
  return Object.defineProperty(numbers, 'sequence', { enumerable: false, value: true });
}

function hash(text: string | undefined, algorithm: string | undefined): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = Object.hasOwn(HASH_ALGORITHMS, algorithm) ? HASH_ALGORITHMS[algorithm] : undefined;
  if (name === undefined) throw expressionError('D3137', `Function "hash" does not know the algorithm "${algorithm}"`);
  if (text.length > HASH_INPUT_LENGTH_MAX) throw expressionError('D3137', `Function "hash" takes at most ${HASH_INPUT_LENGTH_MAX} characters`);
  return createHash(name).update(text).digest('hex');
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw expressionError('D3137', 'Argument 1 of function "parse" is not valid JSON');
  }
}

function random(this: Focus, seed: number | undefined): number {
  return seed === undefined ? runtimeOf(this).random() : createIds(Math.trunc(seed)).random();
}

function now(this: Focus, picture: string | undefined, timezone: string | undefined): unknown {
  const fromMillis = this.environment.lookup('fromMillis') as { implementation: (...args: unknown[]) => unknown };
  return fromMillis.implementation.call(this, runtimeOf(this).now, picture, timezone);
}

function shuffle(this: Focus, items: unknown[] | undefined): unknown {
  if (items === undefined) return undefined;
  const shuffled = [...items];
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = Math.floor(runtimeOf(this).random() * (index + 1));
    [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
  }
  return shuffled.map((item) => toJson(item));
}
