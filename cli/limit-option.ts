// A number of deployments to look back, as several verbs take it.
import { DEPLOYMENTS_SHOWN_MAX } from '#contracts/operator-request.ts';
import { CommandFailure } from './command-failure.ts';

/** @throws CommandFailure (usage) */
export function limitOption(option: string, text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > DEPLOYMENTS_SHOWN_MAX) {
    throw new CommandFailure(`${option} takes a whole number from 1 to ${DEPLOYMENTS_SHOWN_MAX}`, 2);
  }
  return limit;
}
