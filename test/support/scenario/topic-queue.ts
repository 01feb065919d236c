// What Weir publishes to its own topic, read from a queue that subscribes to it.
import type { Scenario } from './scenario.ts';

const READS = 5;

/** @returns reads what was published since, in the order of time */
export async function subscribeQueue({ call, localAws }: Scenario): Promise<() => Promise<readonly Record<string, string>[]>> {
  const { QueueUrl } = await call('sqs', 'CreateQueue', { QueueName: 'told' });
  const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
  const policy = { Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }] };
  await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy: JSON.stringify(policy) } });
  await call('sns', 'Subscribe', {
    TopicArn: localAws.region.arn('sns', 'weir-dev-notifications'),
    Protocol: 'sqs',
    Endpoint: Attributes['QueueArn'],
    Attributes: { RawMessageDelivery: 'true' },
  });
  return async () => {
    const read: Record<string, string>[] = [];
    for (let round = 0; round < READS; round++) {
      const { Messages = [] } = await call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
      for (const { Body, ReceiptHandle } of Messages) {
        read.push(JSON.parse(Body));
        await call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
      }
    }
    return read;
  };
}
