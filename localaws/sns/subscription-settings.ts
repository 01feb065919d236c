// What a subscription may be: protocols and their endpoints, and the attributes its owner sets.
import type { AwsShape } from '../region.ts';
import { type EventPattern, readFilterPolicy } from './filter-policy.ts';
import { invalid, jsonObject, notHere } from './request-checks.ts';
import type { Protocol } from './topic-records.ts';

const ENDPOINTS: Readonly<Record<Protocol, { readonly pattern: RegExp; readonly refusal: string }>> = {
  sqs: { pattern: /^arn:aws[\w-]*:sqs:[^:]*:\d{12}:[\w-]+(\.fifo)?$/, refusal: 'SQS endpoint ARN' },
  lambda: { pattern: /^arn:aws[\w-]*:lambda:[^:]*:\d{12}:function:[\w-]+(:[\w$-]+)?$/, refusal: 'Lambda endpoint ARN' },
  http: { pattern: /^http:\/\/[^\s/]+/, refusal: 'Endpoint must match the specified protocol' },
  https: { pattern: /^https:\/\/[^\s/]+/, refusal: 'Endpoint must match the specified protocol' },
  email: { pattern: /^[^@\s]+@[^@\s]+$/, refusal: 'Email address' },
  'email-json': { pattern: /^[^@\s]+@[^@\s]+$/, refusal: 'Email address' },
  sms: { pattern: /^\+?[\d\s().-]{5,30}$/, refusal: 'Invalid SMS endpoint' },
};

/** @throws AwsError InvalidParameter */
export function readEndpoint(protocol: string, endpoint: string): Protocol {
  if (protocol === 'application' || protocol === 'firehose') throw notHere(`the protocol ${protocol}`);
  if (!isProtocol(protocol)) throw invalid(`Amazon SNS does not support this protocol string: ${protocol}`);
  const { pattern, refusal } = ENDPOINTS[protocol];
  if (!pattern.test(endpoint)) throw invalid(refusal);
  return protocol;
}

function isProtocol(text: string): text is Protocol {
  return Object.hasOwn(ENDPOINTS, text);
}

export interface SubscriptionSettings {
  readonly attributes: Readonly<Record<string, string>>;
  readonly filter: EventPattern | undefined;
}

/** The settings after a request; an empty text takes an attribute away. @throws AwsError InvalidParameter */
export function readSubscriptionSettings(before: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): SubscriptionSettings {
  for (const [name, value] of Object.entries(given)) check(name, value);
  const attributes = Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== '' && value !== '{}'));
  const policy = attributes['FilterPolicy'];
  if (policy === undefined) return { attributes, filter: undefined };
  return {
    attributes: { ...attributes, FilterPolicyScope: attributes['FilterPolicyScope'] ?? 'MessageAttributes' },
    filter: readFilter(policy, attributes['FilterPolicyScope']),
  };
}

function readFilter(policy: string, scope: string | undefined): EventPattern {
  const parsed = jsonObject(policy, 'FilterPolicy: failed to parse JSON.');
  const isNested = Object.entries(parsed).some(([key, value]) => key !== '$or' && !Array.isArray(value));
  if (scope !== 'MessageBody' && isNested) throw invalid('FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy');
  return readFilterPolicy(policy);
}

function check(name: string, value: string): void {
  switch (name) {
    case 'RawMessageDelivery':
      if (value !== 'true' && value !== 'false') throw invalid(`RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
      return;
    case 'FilterPolicyScope':
      if (value !== 'MessageAttributes' && value !== 'MessageBody')
        throw invalid(`FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`);
      return;
    case 'RedrivePolicy': {
      if (value === '') return;
      const { deadLetterTargetArn }: AwsShape = jsonObject(value, 'RedrivePolicy: failed to parse JSON.');
      if (typeof deadLetterTargetArn !== 'string' || !ENDPOINTS.sqs.pattern.test(deadLetterTargetArn))
        throw invalid('RedrivePolicy: deadLetterTargetArn is an invalid arn');
      return;
    }
    case 'DeliveryPolicy':
      if (value !== '') jsonObject(value, 'DeliveryPolicy: failed to parse JSON.');
      return;
    case 'FilterPolicy':
      return;
    default:
      throw invalid('AttributeName');
  }
}
