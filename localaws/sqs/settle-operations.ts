// What becomes of a received message: deleted, or visible again sooner or later.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { VISIBILITY_SECONDS_MAX } from './limits.ts';
import type { MessageFlow } from './message-flow.ts';
import type { Message, Queue } from './queue-records.ts';
import type { QueueStore } from './queue-store.ts';
import { requiredText, runBatch, whole } from './request-checks.ts';

export function createSettleOperations(region: Region, store: QueueStore, flow: MessageFlow): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [store.arnOf(input)];
  const remove = (queue: Queue, input: AwsShape): AwsShape => {
    const message = messageOf(queue, input);
    if (message !== undefined) queue.messages.delete(message.id);
    return {};
  };
  const hide = (queue: Queue, input: AwsShape): AwsShape => {
    const message = messageOf(queue, input);
    const seconds = whole(input, 'VisibilityTimeout', { min: 0, max: VISIBILITY_SECONDS_MAX });
    if (seconds === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
    const now = region.clock.now();
    if (message === undefined || message.visibleAt <= now) {
      const handle = String(input['ReceiptHandle']);
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    }
    message.visibleAt = now + seconds * 1_000;
    flow.changed(queue);
    return {};
  };
  return {
    DeleteMessage: { handle: (input) => remove(store.of(input), input), resources },
    DeleteMessageBatch: {
      handle(input) {
        const queue = store.of(input);
        return runBatch(input, 'DeleteMessageBatch', (entry) => remove(queue, entry));
      },
      resources,
      actions: ['sqs:DeleteMessage'],
    },
    ChangeMessageVisibility: { handle: (input) => hide(store.of(input), input), resources },
    ChangeMessageVisibilityBatch: {
      handle(input) {
        const queue = store.of(input);
        return runBatch(input, 'ChangeMessageVisibilityBatch', (entry) => hide(queue, entry));
      },
      resources,
      actions: ['sqs:ChangeMessageVisibility'],
    },
  };
}

/**
 * The message a handle is for. Undefined when it is gone, or was received again since: AWS does not promise what an old handle
 * does on a standard queue, and here it does nothing, which is the harsher of the two.
 */
function messageOf(queue: Queue, input: AwsShape): Message | undefined {
  const handle = requiredText(input, 'ReceiptHandle');
  const [, arn, id = ''] = Buffer.from(handle, 'base64').toString('utf8').split(' ');
  if (arn !== queue.arn)
    throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, { httpStatus: 404 });
  const message = queue.messages.get(id);
  return message?.receipt === handle ? message : undefined;
}
