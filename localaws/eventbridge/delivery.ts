// Brings an event to a rule's target, as EventBridge does: with retries, then the dead-letter queue. Lost, doubled and late deliveries
// can be asked for by tests.
import type { AwsShape, Principal, Region } from '../region.ts';
import { type DeliveryFailure, deadLetterCode, startDelivery } from './attempt-delivery.ts';
import { type BusEvent, eventShape, isoSeconds } from './bus-event.ts';
import { callTarget, queueUrl, serviceOf } from './call-target.ts';
import type { Rule, Target } from './event-bus-state.ts';
import { DELIVERY_LATENCY_MS } from './limits.ts';
import { targetInput } from './target-input.ts';

/** What becomes of a delivery; asked once for each event, rule name and target ARN. `duplicate` delivers twice. */
export type DeliveryFaults = (event: AwsShape, rule: string, target: string) => 'deliver' | 'lose' | 'duplicate' | { readonly delayMs: number };

export interface Delivery {
  /** Starts the delivery; never throws and never delivers at once. */
  deliver(event: BusEvent, rule: Rule, target: Target): void;
}

const EVENTS: Principal = { kind: 'service', service: 'events.amazonaws.com' };

export function createDelivery(region: Region, faults: DeliveryFaults | undefined): Delivery {
  const begin = (event: BusEvent, rule: Rule, target: Target, delayMs: number): void => {
    const label = `delivery of ${event.detailType} by ${rule.name} to ${target.arn}`;
    startDelivery(
      region,
      {
        label,
        takenAt: event.takenAt,
        retryPolicy: target.given['RetryPolicy'],
        attempt: () => attempt(region, event, rule, target),
        async giveUp(failure) {
          const queueArn: unknown = target.given['DeadLetterConfig']?.['Arn'];
          const reason = failure.error instanceof Error ? failure.error.message : String(failure.error);
          if (typeof queueArn !== 'string') region.log('events', `dropped after ${failure.retries} retries: ${label}: ${reason}`);
          else await deadLetter(region, { queueArn, event, rule, target, failure, reason });
        },
      },
      delayMs,
    );
  };
  return {
    deliver(event, rule, target) {
      const fate = faults?.(eventShape(event), rule.name, target.arn) ?? 'deliver';
      if (fate === 'lose') return;
      begin(event, rule, target, typeof fate === 'object' ? fate.delayMs : DELIVERY_LATENCY_MS);
      if (fate === 'duplicate') begin(event, rule, target, DELIVERY_LATENCY_MS);
    },
  };
}

async function attempt(region: Region, event: BusEvent, rule: Rule, target: Target): Promise<void> {
  const given = target.given;
  // Functions, queues and topics let EventBridge in by their own policies; the others are called as the target's role.
  const isRoleCall = ['states', 'events'].includes(serviceOf(target.arn)) && typeof given['RoleArn'] === 'string';
  await callTarget(region, {
    arn: target.arn,
    input: targetInput(given, event, rule),
    principal: isRoleCall ? { kind: 'role', roleArn: given['RoleArn'], sessionName: 'AWS_Events_Invoke' } : EVENTS,
    messageGroupId: given['SqsParameters']?.['MessageGroupId'],
    executionName: `${event.id}_${region.ids.uuid()}`,
    entry: { Source: event.source, DetailType: event.detailType, Detail: event.detailText, Resources: event.resources, Time: new Date(event.time) },
  });
}

interface DeadLetter {
  readonly queueArn: string;
  readonly event: BusEvent;
  readonly rule: Rule;
  readonly target: Target;
  readonly failure: DeliveryFailure;
  readonly reason: string;
}

/** Source of the attributes: EventBridge user guide, "Using dead-letter queues to process undelivered events". */
async function deadLetter(region: Region, letter: DeadLetter): Promise<void> {
  const { failure } = letter;
  const attributes: Record<string, string | undefined> = {
    RULE_ARN: letter.rule.arn,
    TARGET_ARN: letter.target.arn,
    ERROR_CODE: deadLetterCode(failure.error),
    ERROR_MESSAGE: letter.reason,
    EXHAUSTED_RETRY_CONDITION: failure.exhausted,
    RETRY_ATTEMPTS: String(failure.retries),
  };
  try {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, { DataType: 'String', StringValue: value }]])),
    );
    const QueueUrl = await queueUrl(region, letter.queueArn);
    await region.call('sqs', 'SendMessage', { QueueUrl, MessageBody: letter.event.text, MessageAttributes }, EVENTS);
  } catch (error) {
    region.log('events', `lost ${letter.event.detailType} of ${isoSeconds(letter.event.time)}: ${letter.queueArn} refused it: ${String(error)}`);
  }
}
