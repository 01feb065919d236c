// arn:aws:states:::sns:publish. A Message that is no text is sent as its JSON.
import { asText } from './arguments.ts';
import type { Integration } from './integration.ts';
import { optimizedCall } from './optimized-call.ts';
import type { Waiting } from './task-resource.ts';

export function snsPublish(waiting: Waiting): Integration {
  return optimizedCall({
    resourceType: 'sns',
    action: 'publish',
    waiting,
    service: 'sns',
    operation: 'Publish',
    required: ['Message'],
    errors: { prefix: 'SNS', service: 'AmazonSNS', baseException: 'AmazonSNSException' },
    contentType: 'text/xml',
    input: (args) => ({ ...args, Message: asText(args['Message'] ?? null) }),
  });
}
