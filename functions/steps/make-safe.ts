// Task state MakeSafe: where every unexpected error of the workflow ends.
import { makeSafe } from '#flows/make-safe.ts';
import { caughtError } from '#runtime/caught-error.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler((ports, input, extras) => makeSafe(ports, input, caughtError(extras['error'])));
