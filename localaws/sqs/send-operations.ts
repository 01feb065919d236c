// SendMessage and SendMessageBatch.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Call, Operation, Region } from '../region.ts';
import { BATCH_ENTRIES_MAX, DELAY_SECONDS_MAX, MESSAGE_BYTES_MAX } from './limits.ts';
import { attributeBytes, attributesMd5, md5, readMessageAttributes } from './message-attributes.ts';
import type { MessageFlow } from './message-flow.ts';
import { allowSending } from './queue-policy.ts';
import type { Message, Queue } from './queue-records.ts';
import { setting } from './queue-settings.ts';
import type { QueueStore } from './queue-store.ts';
import { invalid, record, runBatch, text, whole } from './request-checks.ts';

export function createSendOperations(region: Region, store: QueueStore, flow: MessageFlow): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [store.arnOf(input)];
  return {
    SendMessage: {
      handle(input, call) {
        const queue = store.of(input);
        allowSending(queue, call.principal);
        return send(region, flow, queue, input, call);
      },
      resources,
    },
    SendMessageBatch: {
      handle(input, call) {
        const queue = store.of(input);
        allowSending(queue, call.principal);
        checkBatchSize(input);
        return runBatch(input, 'SendMessageBatch', (entry) => send(region, flow, queue, entry, call));
      },
      resources,
      actions: ['sqs:SendMessage'],
    },
  };
}

function checkBatchSize(input: AwsShape): void {
  const entries: unknown = input['Entries'];
  if (!Array.isArray(entries) || entries.length > BATCH_ENTRIES_MAX) return;
  const bytes = (entries as AwsShape[]).reduce((sum, entry) => sum + Buffer.byteLength(String(entry?.['MessageBody'] ?? '')), 0);
  if (bytes > MESSAGE_BYTES_MAX) {
    throw new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${MESSAGE_BYTES_MAX} bytes. You have sent ${bytes} bytes.`);
  }
}

function send(region: Region, flow: MessageFlow, queue: Queue, input: AwsShape, call: Call): AwsShape {
  const body = text(input, 'MessageBody');
  if (body === undefined || body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  const refused = forbiddenCharacter(body);
  if (refused !== undefined) {
    throw new AwsError(
      'InvalidMessageContents',
      `Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF. Found: ${refused}`,
    );
  }
  if (text(input, 'MessageDeduplicationId') !== undefined) {
    throw invalid('MessageDeduplicationId', input['MessageDeduplicationId'], 'The request includes a parameter that is not valid for this queue type.');
  }
  const attributes = readMessageAttributes(input);
  const bytesMax = setting(queue, 'MaximumMessageSize');
  if (Buffer.byteLength(body) + attributeBytes(attributes) > bytesMax) {
    throw new AwsError('InvalidParameterValue', `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`);
  }
  const trace = traceHeader(input);
  const now = region.clock.now();
  const delay = whole(input, 'DelaySeconds', { min: 0, max: DELAY_SECONDS_MAX }) ?? setting(queue, 'DelaySeconds');
  const message: Message = {
    id: region.ids.uuid(),
    body,
    bodyMd5: md5(body),
    attributes,
    traceHeader: trace,
    senderId: senderOf(region, call),
    sentAt: now,
    visibleAt: now + delay * 1_000,
    receiveCount: 0,
    firstReceivedAt: undefined,
    receipt: undefined,
    deadLetterSourceArn: undefined,
  };
  flow.put(queue, message);
  const md5OfAttributes = attributesMd5(attributes);
  return {
    MessageId: message.id,
    MD5OfMessageBody: message.bodyMd5,
    ...(md5OfAttributes === undefined ? {} : { MD5OfMessageAttributes: md5OfAttributes }),
    ...(trace === undefined ? {} : { MD5OfMessageSystemAttributes: attributesMd5({ AWSTraceHeader: { DataType: 'String', StringValue: trace } }) }),
  };
}

function traceHeader(input: AwsShape): string | undefined {
  const attributes = record(input, 'MessageSystemAttributes');
  for (const name of Object.keys(attributes)) {
    if (name !== 'AWSTraceHeader') throw new AwsError('InvalidParameterValue', `Message system attribute name '${name}' is invalid.`);
  }
  const value: unknown = attributes['AWSTraceHeader']?.['StringValue'];
  return typeof value === 'string' ? value : undefined;
}

/** AWS tells a role as its id and session; there are no role ids here, so the session stands behind the role's name. */
function senderOf(region: Region, { principal }: Call): string {
  if (principal.kind === 'role') return `${principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1)}:${principal.sessionName}`;
  return principal.kind === 'service' ? principal.service : region.account;
}

/** Characters XML 1.0 cannot carry, which SQS refuses in bodies; lone surrogates among them. */
function forbiddenCharacter(body: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.exec(body)?.[0];
  return found === undefined ? undefined : `#x${found.charCodeAt(0).toString(16)}`;
}
