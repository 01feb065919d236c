// One run of a schedule: what is sent, how often it is tried, and where it goes when it cannot be delivered.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Principal, Region } from '../region.ts';
import { invokeTarget, sendToQueue } from './invoke-target.ts';
import { EVENT_AGE_SECONDS, RETRY_ATTEMPTS, RETRY_DELAY_MS } from './limits.ts';
import type { ScheduleRecord } from './schedule-records.ts';

/** Errors no retry can mend. */
const FINAL_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDeniedException',
  AuthorizationError: 'AccessDeniedException',
  ResourceNotFoundException: 'ResourceNotFoundException',
  StateMachineDoesNotExist: 'ResourceNotFoundException',
  QueueDoesNotExist: 'ResourceNotFoundException',
  NotFound: 'ResourceNotFoundException',
};

interface Invocation {
  readonly arn: string;
  readonly name: string;
  readonly target: AwsShape;
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly executionId: string;
}

/** Starts it; never throws. */
export function startInvocation(region: Region, schedule: ScheduleRecord, scheduledAt: number): void {
  const { arn, name, settings } = schedule;
  attempt(region, { arn, name, target: settings.target, scheduledAt, startedAt: region.clock.now(), executionId: region.ids.uuid() }, 0);
}

function attempt(region: Region, invocation: Invocation, retries: number): void {
  tryOnce(region, invocation, retries).catch((error: unknown) => region.log('scheduler', `run of ${invocation.name} is lost: ${messageOf(error)}`));
}

async function tryOnce(region: Region, invocation: Invocation, retries: number): Promise<void> {
  const { target } = invocation;
  const payload = payloadOf(region, invocation, retries + 1);
  try {
    await invokeTarget(region, target, payload, principalOf(invocation));
  } catch (error) {
    const code = error instanceof AwsError ? error.code : 'InternalFailure';
    const final = FINAL_CODES[code];
    if (final !== undefined) return giveUp(region, invocation, payload, { code: final, message: messageOf(error), retries });
    const policy: AwsShape = target['RetryPolicy'] ?? {};
    const retriesMax = Number(policy['MaximumRetryAttempts'] ?? RETRY_ATTEMPTS.default);
    const ageMs = Number(policy['MaximumEventAgeInSeconds'] ?? EVENT_AGE_SECONDS.default) * 1_000;
    const delay = Math.round(Math.min(RETRY_DELAY_MS.max, RETRY_DELAY_MS.min * 2 ** Math.min(retries, 20)) * (0.5 + region.ids.random() / 2));
    const isTooOld = region.clock.now() + delay > invocation.startedAt + ageMs;
    if (retries >= retriesMax || isTooOld) {
      const exhausted = retries >= retriesMax ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds';
      return giveUp(region, invocation, payload, { code, message: messageOf(error), retries, exhausted });
    }
    region.clock.schedule(delay, () => attempt(region, invocation, retries + 1), `retry of schedule ${invocation.name}`);
  }
}

function principalOf({ target, name }: Invocation): Principal {
  return { kind: 'role', roleArn: String(target['RoleArn']), sessionName: name };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** The Input with AWS's placeholders filled in; without an Input, the event AWS sends then. */
function payloadOf(region: Region, { arn, target, scheduledAt, executionId }: Invocation, attemptNumber: number): string {
  const given: unknown = target['Input'];
  if (typeof given !== 'string') {
    const event = {
      version: '0',
      id: executionId,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: region.account,
      time: isoSeconds(scheduledAt),
      region: region.name,
      resources: [arn],
      detail: '{}',
    };
    return JSON.stringify(event);
  }
  return given
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', isoSeconds(scheduledAt))
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attemptNumber));
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retries: number;
  readonly exhausted?: string;
}

/** To the dead-letter queue with the schedule's role, or a line in the log. */
async function giveUp(region: Region, invocation: Invocation, payload: string, failure: Failure): Promise<void> {
  const queue: unknown = invocation.target['DeadLetterConfig']?.['Arn'];
  if (typeof queue !== 'string') {
    region.log('scheduler', `run of ${invocation.name} dropped (${failure.code}: ${failure.message})`);
    return;
  }
  const words = (StringValue: string): AwsShape => ({ DataType: 'String', StringValue });
  const attributes = {
    SCHEDULE_ARN: words(invocation.arn),
    TARGET_ARN: words(String(invocation.target['Arn'])),
    SCHEDULED_TIME: words(isoSeconds(invocation.scheduledAt)),
    EXECUTION_ID: words(invocation.executionId),
    ERROR_CODE: words(failure.code),
    ERROR_MESSAGE: words(failure.message.slice(0, 1_024) || failure.code),
    RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(failure.retries) },
    IS_PAYLOAD_TRUNCATED: words('false'),
    ...(failure.exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: words(failure.exhausted) }),
  };
  await sendToQueue(region, queue, { MessageBody: payload, MessageAttributes: attributes }, principalOf(invocation));
}
