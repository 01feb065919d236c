// Task state RollBack.
import { rollBack } from '#flows/roll-back.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(rollBack);
