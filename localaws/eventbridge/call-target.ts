// One call to a target of a rule, by the service in its ARN.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Principal, Region } from '../region.ts';

/** Services whose ARNs may be targets here. */
export const TARGET_SERVICES: readonly string[] = ['lambda', 'states', 'sqs', 'sns', 'events'];

export interface TargetCall {
  readonly arn: string;
  readonly input: string;
  readonly principal: Principal;
  /** For FIFO queues and topics. */
  readonly messageGroupId?: string | undefined;
  readonly executionName?: string | undefined;
  /** What to put on an event bus. */
  readonly entry?: AwsShape;
}

/** The service name in an ARN (`lambda`). */
export function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? '';
}

/** @throws AwsError as the target's service answers it */
export async function callTarget(region: Region, call: TargetCall): Promise<void> {
  const { arn, input, principal } = call;
  const group = call.messageGroupId === undefined ? {} : { MessageGroupId: call.messageGroupId };
  switch (serviceOf(arn)) {
    case 'lambda':
      await region.call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: input }, principal);
      return;
    case 'states': {
      const name = call.executionName === undefined ? {} : { name: call.executionName };
      await region.call('states', 'StartExecution', { stateMachineArn: arn, ...name, input }, principal);
      return;
    }
    case 'sqs':
      await region.call('sqs', 'SendMessage', { QueueUrl: await queueUrl(region, arn), MessageBody: input, ...group }, principal);
      return;
    case 'sns':
      await region.call('sns', 'Publish', { TopicArn: arn, Message: input, ...group }, principal);
      return;
    case 'events': {
      const { Entries } = await region.call('events', 'PutEvents', { Entries: [{ ...call.entry, EventBusName: arn }] }, principal);
      const [answer] = (Entries ?? []) as AwsShape[];
      if (answer?.['ErrorCode'] !== undefined) throw new AwsError(String(answer['ErrorCode']), String(answer['ErrorMessage'] ?? ''));
      return;
    }
    default:
      throw new AwsError('ResourceNotFoundException', `localaws: targets such as ${arn} are not available on the local AWS`);
  }
}

/** The URL of a queue. AWS knows it without asking, so no permission is needed for it. */
export async function queueUrl(region: Region, arn: string): Promise<string> {
  const [, , , , account, name = ''] = arn.split(':');
  const answer = await region.call('sqs', 'GetQueueUrl', { QueueName: name, QueueOwnerAWSAccountId: account }, { kind: 'root' });
  return String(answer['QueueUrl']);
}
