// Task state AwaitSignal: called with a task token and answered through it, by the next signal.
import { awaitSignal } from '#flows/await-signal.ts';
import { PermanentError } from '#ports/errors.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(async (ports, input, extras) => {
  const { token, signals } = extras;
  if (typeof token !== 'string') throw new PermanentError('AwaitSignal got no task token');
  await awaitSignal(ports, input, token, typeof signals === 'number' ? signals : 0);
  return undefined;
});
