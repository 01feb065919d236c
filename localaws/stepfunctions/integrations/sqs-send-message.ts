// arn:aws:states:::sqs:sendMessage. A MessageBody that is no text is sent as its JSON.
import { asText } from './arguments.ts';
import type { Integration } from './integration.ts';
import { optimizedCall } from './optimized-call.ts';
import type { Waiting } from './task-resource.ts';

export function sqsSendMessage(waiting: Waiting): Integration {
  return optimizedCall({
    resourceType: 'sqs',
    action: 'sendMessage',
    waiting,
    service: 'sqs',
    operation: 'SendMessage',
    required: ['MessageBody', 'QueueUrl'],
    errors: { prefix: 'SQS', service: 'AmazonSQS', baseException: 'AmazonSQSException' },
    contentType: 'application/x-amz-json-1.0',
    input: (args) => ({ ...args, MessageBody: asText(args['MessageBody'] ?? null) }),
  });
}
