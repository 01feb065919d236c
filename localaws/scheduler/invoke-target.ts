// One attempt to call a schedule's target, with the role the schedule has for it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Principal, Region } from '../region.ts';

/** Services whose ARNs may be targets here. */
export const TARGET_SERVICES = ['lambda', 'states', 'sqs', 'sns', 'events'] as const;

/** @throws AwsError as the target's service answers */
export async function invokeTarget(region: Region, target: AwsShape, payload: string, principal: Principal): Promise<void> {
  const arn = String(target['Arn']);
  switch (arn.split(':')[2]) {
    case 'lambda':
      await region.call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: payload }, principal);
      return;
    case 'states':
      await region.call('states', 'StartExecution', { stateMachineArn: arn, input: payload }, principal);
      return;
    case 'sqs':
      await sendToQueue(region, arn, { MessageBody: payload }, principal);
      return;
    case 'sns':
      await region.call('sns', 'Publish', { TopicArn: arn, Message: payload }, principal);
      return;
    default: {
      const { DetailType, Source }: AwsShape = target['EventBridgeParameters'];
      const { Entries } = await region.call('events', 'PutEvents', { Entries: [{ EventBusName: arn, DetailType, Source, Detail: payload }] }, principal);
      const refused: AwsShape | undefined = Entries?.[0];
      if (refused?.['ErrorCode'] !== undefined) throw new AwsError(String(refused['ErrorCode']), String(refused['ErrorMessage']));
    }
  }
}

/** The queue's address is looked up as the service itself, which needs no permission of the role. */
export async function sendToQueue(region: Region, arn: string, message: AwsShape, principal: Principal): Promise<void> {
  const [, , , , owner, name] = arn.split(':');
  const input = { QueueName: name, QueueOwnerAWSAccountId: owner };
  const { QueueUrl } = await region.call('sqs', 'GetQueueUrl', input, { kind: 'service', service: 'scheduler.amazonaws.com' });
  await region.call('sqs', 'SendMessage', { QueueUrl, ...message }, principal);
}
