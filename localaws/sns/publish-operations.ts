// Publish and PublishBatch.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import type { FanOut } from './fan-out.ts';
import { BATCH_ENTRIES_MAX, MESSAGE_BYTES_MAX, SUBJECT_CHARACTERS_MAX } from './limits.ts';
import { attributeBytes, readMessageAttributes } from './message-attributes.ts';
import { flag, invalid, jsonObject, listOf, notHere, requiredText, text } from './request-checks.ts';
import { allowPublishing } from './topic-policy.ts';
import type { Notification, Topic } from './topic-records.ts';
import type { TopicStore } from './topic-store.ts';

export function createPublishOperations(region: Region, store: TopicStore, fanOut: FanOut): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [String(input['TopicArn'] ?? input['TargetArn'] ?? '*')];
  return {
    Publish: {
      handle(input, call) {
        if (text(input, 'PhoneNumber') !== undefined) throw notHere('publishing to a phone number');
        const member = text(input, 'TopicArn') === undefined && text(input, 'TargetArn') !== undefined ? 'TargetArn' : 'TopicArn';
        if (text(input, member) === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
        const topic = store.of(input, member);
        allowPublishing(topic, call.principal);
        const notification = readNotification(region, topic, input);
        fanOut.publish(topic, notification);
        return { MessageId: notification.id };
      },
      resources,
    },
    PublishBatch: {
      handle(input, call) {
        const topic = store.of(input);
        allowPublishing(topic, call.principal);
        return publishBatch(region, topic, fanOut, input);
      },
      resources,
      actions: ['sns:Publish'],
    },
  };
}

function readNotification(region: Region, topic: Topic, input: AwsShape): Notification {
  if (text(input, 'MessageGroupId') !== undefined && flag(topic.attributes, 'FifoTopic')) throw invalid('MessageGroupId');
  if (text(input, 'MessageDeduplicationId') !== undefined) {
    throw invalid('MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type');
  }
  const message = text(input, 'Message');
  if (message === undefined) throw invalid('Empty message');
  const attributes = readMessageAttributes(input);
  if (Buffer.byteLength(message) + attributeBytes(attributes) > MESSAGE_BYTES_MAX) throw invalid('Message too long');
  const subject = text(input, 'Subject');
  if (subject !== undefined && (subject.length > SUBJECT_CHARACTERS_MAX || !/^[\x21-\x7e][\x20-\x7e]*$/.test(subject))) throw invalid('Subject');
  const byProtocol = readStructure(text(input, 'MessageStructure'), message);
  return {
    id: region.ids.uuid(),
    topicArn: topic.arn,
    subject,
    message: byProtocol['default'] ?? message,
    byProtocol,
    attributes,
    publishedAt: region.clock.now(),
  };
}

function readStructure(structure: string | undefined, message: string): Record<string, string> {
  if (structure === undefined) return {};
  if (structure !== 'json') throw invalid('MessageStructure');
  const parts = jsonObject(message, 'Message Structure - JSON message body failed to parse');
  if (typeof parts['default'] !== 'string') throw invalid('Message Structure - No default entry in JSON message body');
  return Object.fromEntries(Object.entries(parts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function publishBatch(region: Region, topic: Topic, fanOut: FanOut, input: AwsShape): AwsShape {
  const entries = listOf(input, 'PublishBatchRequestEntries');
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (entries.length > BATCH_ENTRIES_MAX) throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
  const ids = entries.map((entry) => requiredText(entry ?? {}, 'Id'));
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id)))
    throw new AwsError('InvalidBatchEntryId', "The Id of a batch entry in a batch request doesn't abide by the specification.");
  if (new Set(ids).size !== ids.length) throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(String(entry?.['Message'] ?? '')), 0);
  if (bytes > MESSAGE_BYTES_MAX) throw new AwsError('BatchRequestTooLong', 'The length of all the batch messages put together is more than the limit.');
  const Successful: AwsShape[] = [];
  const Failed: AwsShape[] = [];
  for (const [index, entry] of entries.entries()) {
    const Id = ids[index];
    try {
      const notification = readNotification(region, topic, entry);
      fanOut.publish(topic, notification);
      Successful.push({ Id, MessageId: notification.id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: error.httpStatus < 500 });
    }
  }
  return { Successful, Failed };
}
