// Asynchronous invocations: accepted at once, run later, retried by Lambda's rules on the region's clock, and given to a
// destination in the end.
//
//   accepted --run--> failed --1 min--> run --> failed --2 min--> run --> failed --> destination, dead letter
//      \--throttled--1 s, 2 s, 4 s .. 5 min (until the event is too old)
import { AwsError } from '../endpoint/aws-error.ts';
import type { Region } from '../region.ts';
import { type AsyncResult, type Condition, sendToDeadLetter, sendToDestination } from './destinations.ts';
import { LATEST } from './function-records.ts';
import type { FunctionStore, ResolvedFunction } from './function-store.ts';
import type { InvocationAnswer, Invoker } from './invoker.ts';
import {
  ASYNC_EVENTS_MAX,
  ASYNC_RETRIES_DEFAULT,
  ASYNC_RETRY_DELAYS_MS,
  EVENT_AGE_SECONDS_DEFAULT,
  THROTTLE_DELAY_MS_MAX,
  THROTTLE_DELAY_MS_MIN,
} from './limits.ts';

export interface AsyncInvocations {
  /** Takes an event; it runs as soon as the clock lets it. @throws AwsError TooManyRequestsException when too many wait */
  accept(target: ResolvedFunction, requestId: string, payload: string, clientContext: string | undefined): void;
  /** Events accepted and not yet done. */
  readonly pending: number;
}

interface AsyncEvent {
  readonly functionArn: string;
  readonly qualifier: string | undefined;
  readonly requestId: string;
  readonly payload: string;
  readonly clientContext: string | undefined;
  readonly acceptedAt: number;
  attempts: number;
  throttles: number;
  last: InvocationAnswer | undefined;
}

export interface AsyncInvocationsParts {
  readonly region: Region;
  readonly store: FunctionStore;
  readonly invoker: Invoker;
  readonly takesSimulatedTime: boolean;
}

export function createAsyncInvocations({ region, store, invoker, takesSimulatedTime }: AsyncInvocationsParts): AsyncInvocations {
  let pending = 0;

  const later = (event: AsyncEvent, delayMs: number): void => {
    const run = (): void => {
      const attempted = takesSimulatedTime ? attempt(event) : region.clock.during(() => attempt(event));
      attempted.catch((error: unknown) => {
        pending--;
        region.log('lambda', `asynchronous invocation ${event.requestId} of ${event.functionArn} was lost: ${String(error)}`);
      });
    };
    region.clock.schedule(delayMs, run, `lambda asynchronous invocation of ${event.functionArn}`);
  };

  const attempt = async (event: AsyncEvent): Promise<void> => {
    const target = store.resolve(event.functionArn, event.qualifier);
    const config = target.record.eventInvokeConfigs.get(event.qualifier ?? LATEST);
    const ageMaxMs = (config?.eventAgeSeconds ?? EVENT_AGE_SECONDS_DEFAULT) * 1000;
    if (region.clock.now() - event.acceptedAt > ageMaxMs) return conclude(event, target, 'EventAgeExceeded');
    try {
      event.last = await invoker.run(target, event.requestId, event.payload, event.clientContext);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'TooManyRequestsException') throw error;
      later(event, Math.min(THROTTLE_DELAY_MS_MAX, THROTTLE_DELAY_MS_MIN * 2 ** Math.min(event.throttles++, 20)));
      return;
    }
    event.attempts++;
    if (event.last.functionError === undefined) return conclude(event, target, 'Success');
    const retriesMax = config?.retriesMax ?? ASYNC_RETRIES_DEFAULT;
    const delayMs = ASYNC_RETRY_DELAYS_MS[event.attempts - 1];
    if (event.attempts > retriesMax || delayMs === undefined) return conclude(event, target, 'RetriesExhausted');
    later(event, delayMs);
  };

  const conclude = async (event: AsyncEvent, target: ResolvedFunction, condition: Condition): Promise<void> => {
    pending--;
    const { record, version } = target;
    const qualifier = event.qualifier ?? LATEST;
    const config = record.eventInvokeConfigs.get(qualifier);
    const result: AsyncResult = {
      record,
      version,
      qualifier,
      requestId: event.requestId,
      payload: event.payload,
      condition,
      attempts: event.attempts,
      answer: event.last,
    };
    const destination = condition === 'Success' ? config?.onSuccess : config?.onFailure;
    const deadLetter = condition === 'Success' ? undefined : version.settings.deadLetterArn;
    const report = (where: string) => (error: unknown) =>
      region.log('lambda', `${record.name}: could not send the result of ${event.requestId} to ${where}: ${String(error)}`);
    if (destination !== undefined) await sendToDestination(region, destination, result).catch(report(destination));
    if (deadLetter !== undefined) await sendToDeadLetter(region, deadLetter, result).catch(report(deadLetter));
    if (condition !== 'Success' && destination === undefined && deadLetter === undefined) {
      region.log('lambda', `${record.name}: asynchronous invocation ${event.requestId} was dropped (${condition}): ${event.last?.payload ?? 'never run'}`);
    }
  };

  return {
    accept(target, requestId, payload, clientContext) {
      if (pending >= ASYNC_EVENTS_MAX) {
        throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { httpStatus: 429, members: { Reason: 'CallerRateLimitExceeded', Type: 'User' } });
      }
      pending++;
      const { record, qualifier } = target;
      later(
        { functionArn: record.arn, qualifier, requestId, payload, clientContext, acceptedAt: region.clock.now(), attempts: 0, throttles: 0, last: undefined },
        0,
      );
    },
    get pending() {
      return pending;
    },
  };
}
