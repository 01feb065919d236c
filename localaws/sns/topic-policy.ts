// The policy of a topic, for AWS services that publish for themselves. Roles of the account are judged by IAM before.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Principal } from '../region.ts';
import { jsonObject } from './request-checks.ts';
import type { Topic } from './topic-records.ts';

/** Lets everything in the same account use the topic. CloudWatch alarms publish under it, EventBridge does not. */
export function defaultPolicy(arn: string, account: string): string {
  const actions = [
    'GetTopicAttributes',
    'SetTopicAttributes',
    'AddPermission',
    'RemovePermission',
    'DeleteTopic',
    'Subscribe',
    'ListSubscriptionsByTopic',
    'Publish',
  ];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  });
}

/** Services whose calls carry no SourceOwner, so that only a statement naming them lets them publish. */
const WITHOUT_SOURCE_OWNER = new Set(['events.amazonaws.com']);

/**
 * Lets a publisher pass or throws AuthorizationError. Conditions on the source are not compared, because a service's call does
 * not say for which of its resources it is made.
 */
export function allowPublishing(topic: Topic, principal: Principal): void {
  if (principal.kind !== 'service') return;
  const statements = listOf(jsonObject(topic.attributes['Policy'] ?? '{}', 'Policy')['Statement']) as AwsShape[];
  const applying = statements.filter((statement) => names(statement, principal.service) && covers(statement, topic.arn));
  const isDenied = applying.some((statement) => statement['Effect'] === 'Deny' && statement['Condition'] === undefined);
  if (!isDenied && applying.some((statement) => statement['Effect'] === 'Allow')) return;
  throw new AwsError(
    'AuthorizationError',
    `User: ${principal.service} is not authorized to perform: SNS:Publish on resource: ${topic.arn} because no resource-based policy allows the SNS:Publish action`,
    { httpStatus: 403 },
  );
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function names(statement: AwsShape, service: string): boolean {
  const principal: unknown = statement['Principal'];
  const { Service, AWS } = (typeof principal === 'object' && principal !== null ? principal : {}) as AwsShape;
  if (listOf(Service).some((name) => name === service || name === '*')) return true;
  const isAnyone = principal === '*' || listOf(AWS).includes('*');
  return isAnyone && (statement['Condition'] === undefined || !WITHOUT_SOURCE_OWNER.has(service));
}

function covers(statement: AwsShape, arn: string): boolean {
  const isAction = listOf(statement['Action']).some((action) => ['sns:publish', 'sns:*', '*'].includes(String(action).toLowerCase()));
  const resources = listOf(statement['Resource']).map(String);
  return isAction && (resources.length === 0 || resources.some((resource) => resource === arn || fits(resource, arn)));
}

function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
