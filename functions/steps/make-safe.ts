// Task state MakeSafe: where every unexpected error of the workflow ends.
import { makeSafe } from '#flows/make-safe.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler((ports, input, extras) => makeSafe(ports, input, caughtError(extras['error'])));

function caughtError(error: unknown): { Error?: string; Cause?: string } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { Error: name, Cause: cause } = error as { Error?: unknown; Cause?: unknown };
  return { ...(typeof name === 'string' ? { Error: name } : {}), ...(typeof cause === 'string' ? { Cause: cause } : {}) };
}
