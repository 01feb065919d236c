// Where the result of an asynchronous invocation goes: destinations for success and failure, and the older dead-letter queue.
// Sent with the function's own role, as Lambda does.
import type { AwsShape, Principal, Region } from '../region.ts';
import type { FunctionRecord, FunctionVersion } from './function-records.ts';
import type { InvocationAnswer } from './invoker.ts';

export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

export interface AsyncResult {
  readonly record: FunctionRecord;
  readonly version: FunctionVersion;
  readonly qualifier: string;
  readonly requestId: string;
  readonly payload: string;
  readonly condition: Condition;
  /** Attempts that reached the function. */
  readonly attempts: number;
  /** The last attempt's answer; undefined when the function was never reached. */
  readonly answer: InvocationAnswer | undefined;
}

/** Sends a result to a destination. @throws AwsError as the target's service answers */
export async function sendToDestination(region: Region, destination: string, result: AsyncResult): Promise<void> {
  const principal = roleOf(result);
  const text = JSON.stringify(invocationRecord(region, result));
  const service = destination.split(':')[2];
  if (service === 'sqs') {
    await region.call('sqs', 'SendMessage', { QueueUrl: await queueUrl(region, destination), MessageBody: text }, principal);
  } else if (service === 'sns') {
    await region.call('sns', 'Publish', { TopicArn: destination, Message: text }, principal);
  } else if (service === 'lambda') {
    await region.call('lambda', 'Invoke', { FunctionName: destination, InvocationType: 'Event', Payload: text }, principal);
  } else {
    const entry: AwsShape = {
      Source: 'lambda',
      DetailType: `Lambda Function Invocation Result - ${result.condition === 'Success' ? 'Success' : 'Failure'}`,
      Resources: [destination, `${result.record.arn}:${result.qualifier}`],
      Detail: text,
      EventBusName: destination,
    };
    const answer = await region.call('events', 'PutEvents', { Entries: [entry] }, principal);
    if (answer['FailedEntryCount'] > 0) throw new Error(`PutEvents: ${JSON.stringify(answer['Entries'])}`);
  }
}

/** Sends the event itself to a dead-letter queue or topic, what went wrong in its attributes. */
export async function sendToDeadLetter(region: Region, target: string, result: AsyncResult): Promise<void> {
  const attribute = (type: string, value: string): AwsShape => ({ DataType: type, StringValue: value });
  const attributes = {
    RequestID: attribute('String', result.requestId),
    ErrorCode: attribute('Number', result.answer === undefined ? '429' : '200'),
    ErrorMessage: attribute('String', errorMessage(result)),
  };
  if (target.split(':')[2] === 'sqs') {
    await region.call(
      'sqs',
      'SendMessage',
      { QueueUrl: await queueUrl(region, target), MessageBody: result.payload, MessageAttributes: attributes },
      roleOf(result),
    );
  } else {
    await region.call('sns', 'Publish', { TopicArn: target, Message: result.payload, MessageAttributes: attributes }, roleOf(result));
  }
}

function roleOf({ record, version }: AsyncResult): Principal {
  return { kind: 'role', roleArn: version.settings.Role, sessionName: record.name };
}

function errorMessage({ answer, condition }: AsyncResult): string {
  if (answer === undefined) return condition === 'EventAgeExceeded' ? 'The event age exceeded its maximum' : 'The function was not reached';
  const parsed = JSON.parse(answer.payload) as AwsShape | null;
  return String(parsed?.['errorMessage'] ?? 'Unhandled').slice(0, 1_024);
}

/** Lambda knows the queue by its ARN; the address is looked up as the service itself, which needs no permission of the role. */
async function queueUrl(region: Region, arn: string): Promise<string> {
  const parts = arn.split(':');
  const input = { QueueName: parts[5], QueueOwnerAWSAccountId: parts[4] };
  const { QueueUrl } = await region.call('sqs', 'GetQueueUrl', input, { kind: 'service', service: 'lambda.amazonaws.com' });
  return String(QueueUrl);
}

function invocationRecord(region: Region, result: AsyncResult): AwsShape {
  const { answer } = result;
  return {
    version: '1.0',
    timestamp: new Date(region.clock.now()).toISOString(),
    requestContext: {
      requestId: result.requestId,
      functionArn: `${result.record.arn}:${result.qualifier}`,
      condition: result.condition,
      approximateInvokeCount: result.attempts,
    },
    requestPayload: JSON.parse(result.payload) as unknown,
    ...(answer === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: answer.executedVersion,
            ...(answer.functionError === undefined ? {} : { functionError: answer.functionError }),
          },
          responsePayload: JSON.parse(answer.payload) as unknown,
        }),
  };
}
