// The attributes a queue's owner sets: defaults, checks, and what GetQueueAttributes shows.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { DELAY_SECONDS_MAX, MESSAGE_BYTES_MAX, MESSAGE_BYTES_MIN, SOURCE_QUEUES_MAX, VISIBILITY_SECONDS_MAX, WAIT_SECONDS_MAX } from './limits.ts';
import type { Queue, QueueSettings, RedrivePolicy } from './queue-records.ts';
import type { QueueStore } from './queue-store.ts';
import { unsupported } from './request-checks.ts';

const NUMBERS: Readonly<Record<string, { min: number; max: number; default?: number }>> = {
  DelaySeconds: { min: 0, max: DELAY_SECONDS_MAX, default: 0 },
  MaximumMessageSize: { min: MESSAGE_BYTES_MIN, max: MESSAGE_BYTES_MAX, default: MESSAGE_BYTES_MAX },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, default: 345_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: WAIT_SECONDS_MAX, default: 0 },
  VisibilityTimeout: { min: 0, max: VISIBILITY_SECONDS_MAX, default: 30 },
  KmsDataKeyReusePeriodSeconds: { min: 60, max: 86_400 },
};
const FIFO_ONLY = ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

export const DEFAULT_SETTINGS: QueueSettings = {
  ...Object.fromEntries(Object.entries(NUMBERS).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, String(value)]]))),
  SqsManagedSseEnabled: 'true',
};

function invalidValue(name: string, reason = ''): AwsError {
  return new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.${reason === '' ? '' : ` Reason: ${reason}`}`);
}

export interface ReadSettings {
  readonly settings: QueueSettings;
  readonly redrive: RedrivePolicy | undefined;
  readonly policy: readonly AwsShape[];
}

/** The settings after a request; an empty text takes a policy away. @throws AwsError InvalidAttributeName, InvalidAttributeValue */
export function readSettings(before: QueueSettings, given: Readonly<Record<string, string>>, arn: string, store: QueueStore): ReadSettings {
  for (const [name, value] of Object.entries(given)) check(name, value);
  const settings = Object.fromEntries(Object.entries({ ...before, ...given }).filter(([name, value]) => name !== 'FifoQueue' && value !== ''));
  if (settings['RedriveAllowPolicy'] !== undefined) readAllowPolicy(settings['RedriveAllowPolicy']);
  const redrive = settings['RedrivePolicy'] === undefined ? undefined : readRedrivePolicy(settings['RedrivePolicy']);
  if (redrive !== undefined && given['RedrivePolicy'] !== undefined) checkTarget(redrive, arn, store);
  const policy = settings['Policy'] === undefined ? [] : readStatements(settings['Policy']);
  return {
    settings: { ...settings, ...(redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(redrive) }) },
    redrive,
    policy,
  };
}

function check(name: string, value: string): void {
  const range = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  if (range !== undefined) {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= range.min && number <= range.max)) throw invalidValue(name);
    return;
  }
  switch (name) {
    case 'FifoQueue':
      if (value !== 'false') throw unsupported('localaws: FIFO queues are not available on the local AWS.');
      return;
    case 'SqsManagedSseEnabled':
      if (value !== 'true' && value !== 'false') throw invalidValue(name);
      return;
    case 'Policy':
    case 'RedrivePolicy':
    case 'RedriveAllowPolicy':
    case 'KmsMasterKeyId':
      return;
    default:
      throw new AwsError(
        'InvalidAttributeName',
        FIFO_ONLY.includes(name) ? `You can specify the ${name} only when FifoQueue is set to true.` : `Unknown Attribute ${name}.`,
      );
  }
}

function parsed(name: string, text: string): AwsShape {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as AwsShape;
  } catch {
    // Told below, with the parameter's name.
  }
  throw invalidValue(name, 'Not a JSON object.');
}

function readStatements(text: string): AwsShape[] {
  const statement: unknown = parsed('Policy', text)['Statement'];
  const statements = Array.isArray(statement) ? (statement as unknown[]) : [statement];
  if (statements.some((item) => typeof item !== 'object' || item === null)) throw invalidValue('Policy');
  return statements as AwsShape[];
}

function readRedrivePolicy(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = parsed('RedrivePolicy', text);
  if (typeof deadLetterTargetArn !== 'string' || !deadLetterTargetArn.startsWith('arn:')) {
    throw invalidValue('RedrivePolicy', 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  }
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1_000)
    throw invalidValue('RedrivePolicy', 'Invalid value for maxReceiveCount: must be an integer from 1 to 1000.');
  return { deadLetterTargetArn, maxReceiveCount: count };
}

function readAllowPolicy(text: string): { permission: string; sources: string[] } {
  const { redrivePermission, sourceQueueArns } = parsed('RedriveAllowPolicy', text);
  const sources = Array.isArray(sourceQueueArns) ? sourceQueueArns.map(String) : [];
  const isKnown = ['allowAll', 'denyAll', 'byQueue'].includes(String(redrivePermission));
  if (!isKnown || (redrivePermission === 'byQueue') !== sources.length > 0 || sources.length > SOURCE_QUEUES_MAX) throw invalidValue('RedriveAllowPolicy');
  return { permission: String(redrivePermission), sources };
}

function checkTarget(redrive: RedrivePolicy, sourceArn: string, store: QueueStore): void {
  const target = store.byArn(redrive.deadLetterTargetArn);
  if (target === undefined && redrive.deadLetterTargetArn !== sourceArn) throw invalidValue('RedrivePolicy', 'Dead letter target does not exist.');
  const allowed = target?.settings['RedriveAllowPolicy'];
  if (allowed === undefined) return;
  const { permission, sources } = readAllowPolicy(allowed);
  if (permission === 'denyAll' || (permission === 'byQueue' && !sources.includes(sourceArn))) {
    throw invalidValue('RedrivePolicy', `Queue ${redrive.deadLetterTargetArn} does not allow the use of itself as a dead-letter queue.`);
  }
}

/** A number among the settings. */
export function setting(
  queue: Queue,
  name: 'DelaySeconds' | 'MaximumMessageSize' | 'MessageRetentionPeriod' | 'ReceiveMessageWaitTimeSeconds' | 'VisibilityTimeout',
): number {
  return Number(queue.settings[name]);
}
