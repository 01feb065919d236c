// The shell of what an operator asks through the CLI. Answers are values: a refused request is an answer with its problem, so that
// the CLI can show it; only unexpected failures are function errors.
import type { Parsed } from '#contracts/parse-with.ts';
import type { Ports } from '#ports/ports.ts';
import type { Configuration } from './configuration.ts';
import { type CorrelationKey, correlate } from './correlation.ts';
import { logger } from './logger.ts';
import { observed } from './observed-handler.ts';
import { portsOfThisFunction } from './ports-of-this-function.ts';

export type OperationAnswer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export function operationHandler<Request, Value>(
  parse: (event: unknown) => Parsed<Request>,
  work: (ports: Ports, request: Request, configuration: Configuration) => Promise<OperationAnswer<Value>>,
) {
  return observed().handler(async (event: unknown): Promise<OperationAnswer<Value>> => {
    const parsed = parse(event);
    if (!parsed.ok) return { ok: false, problem: parsed.problem };
    correlate(idsOf(parsed.value));
    const { ports, configuration } = portsOfThisFunction();
    const answer = await work(ports, parsed.value, configuration);
    logger.info('operation handled', { ok: answer.ok, ...(answer.ok ? {} : { problem: answer.problem }) });
    return answer;
  });
}

/** What the request names; an operation that finds out later is told of by the stores it uses. */
function idsOf(request: unknown): { readonly [K in CorrelationKey]?: string } {
  return typeof request === 'object' && request !== null ? request : {};
}
