// The shell of every EventBridge subscriber: parse, or log and drop what cannot be read; work; let a failure be retried by Lambda
// and end in the dead-letter queue.
import type { Parsed } from '#contracts/parse-with.ts';
import type { Ports } from '#ports/ports.ts';
import type { Configuration } from './configuration.ts';
import { logger } from './logger.ts';
import { observed } from './observed-handler.ts';
import { portsOfThisFunction } from './ports-of-this-function.ts';

/** @param work answers what was done, one line or value for the log */
export function subscriberHandler<Event>(
  parse: (event: unknown) => Parsed<Event>,
  work: (ports: Ports, event: Event, configuration: Configuration) => Promise<unknown>,
) {
  return observed().handler(async (event: unknown) => {
    const parsed = parse(event);
    if (!parsed.ok) {
      // A malformed event stays malformed: retrying it would only fill the dead-letter queue.
      logger.error('dropped an event that could not be read', { problem: parsed.problem });
      return { dropped: parsed.problem };
    }
    const { ports, configuration } = portsOfThisFunction();
    const done = await work(ports, parsed.value, configuration);
    logger.info('event handled', { done });
    return { done };
  });
}
