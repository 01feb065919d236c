// Tries a delivery until it is done or its retry policy is exhausted.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import { DEFAULT_EVENT_AGE_SECONDS, DEFAULT_RETRY_ATTEMPTS, RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN } from './limits.ts';

export interface DeliveryFailure {
  /** What the target's service answered. */
  readonly error: unknown;
  readonly retries: number;
  /** Which bound of the retry policy was reached; undefined when no retry could have helped. */
  readonly exhausted: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined;
}

export interface DeliveryPlan {
  readonly label: string;
  /** Epoch milliseconds from which the age of the event counts. */
  readonly takenAt: number;
  readonly retryPolicy: AwsShape | undefined;
  attempt(): Promise<void>;
  giveUp(failure: DeliveryFailure): Promise<void>;
}

/** Errors that no retry can mend: permissions and targets that are not there. The last is the local AWS saying that it has no such service. */
const FINAL: Readonly<Record<string, 'NO_PERMISSIONS' | 'NO_RESOURCE'>> = {
  AccessDenied: 'NO_PERMISSIONS',
  AccessDeniedException: 'NO_PERMISSIONS',
  AuthorizationError: 'NO_PERMISSIONS',
  'AWS.SimpleQueueService.NonExistentQueue': 'NO_RESOURCE',
  NotFound: 'NO_RESOURCE',
  NotFoundException: 'NO_RESOURCE',
  QueueDoesNotExist: 'NO_RESOURCE',
  ResourceNotFoundException: 'NO_RESOURCE',
  StateMachineDoesNotExist: 'NO_RESOURCE',
  UnknownOperationException: 'NO_RESOURCE',
};

const THROTTLES = new Set(['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestThrottled', 'ExecutionLimitExceeded', 'OverLimit']);

/** The error code as dead-letter queues of EventBridge name it. */
export function deadLetterCode(error: unknown): string {
  if (!(error instanceof AwsError)) return 'INTERNAL_ERROR';
  const final = FINAL[error.code];
  if (final !== undefined) return final;
  if (THROTTLES.has(error.code)) return 'THROTTLING';
  if (error.code === 'ExecutionAlreadyExists') return 'RESOURCE_ALREADY_EXISTS';
  return /time(d)?[ -]?out/i.test(error.code) ? 'TIMEOUT' : 'ERROR_FROM_TARGET';
}

/** Makes the first attempt after `delayMs`, never at once. Never throws. */
export function startDelivery(region: Region, plan: DeliveryPlan, delayMs: number): void {
  const run = async (retries: number): Promise<void> => {
    try {
      await plan.attempt();
    } catch (error) {
      const delay = retryDelay(region, retries);
      const failure = { error, retries, exhausted: exhaustedBound(plan, retries, region.clock.now() + delay) };
      const isFinal = error instanceof AwsError && FINAL[error.code] !== undefined;
      if (!isFinal && failure.exhausted === undefined) {
        later(delay, retries + 1);
        return;
      }
      await plan.giveUp(isFinal ? { ...failure, exhausted: undefined } : failure);
    }
  };
  const later = (delay: number, retries: number): void => {
    region.clock.schedule(
      delay,
      () => {
        run(retries).catch((error: unknown) => region.log('events', `${plan.label} failed: ${String(error)}`));
      },
      plan.label,
    );
  };
  later(delayMs, 0);
}

/** Exponential with jitter; AWS does not say its numbers (unverified). */
function retryDelay(region: Region, retries: number): number {
  const full = Math.min(RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN * 2 ** Math.min(20, retries));
  return Math.round(full * (0.5 + region.ids.random() / 2));
}

function exhaustedBound(plan: DeliveryPlan, retries: number, nextAt: number): DeliveryFailure['exhausted'] {
  const attempts = Number(plan.retryPolicy?.['MaximumRetryAttempts'] ?? DEFAULT_RETRY_ATTEMPTS);
  const ageSeconds = Number(plan.retryPolicy?.['MaximumEventAgeInSeconds'] ?? DEFAULT_EVENT_AGE_SECONDS);
  if (retries >= attempts) return 'MaximumRetryAttempts';
  return nextAt > plan.takenAt + ageSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
}
