// The policy of a queue, for AWS services that send for themselves (EventBridge, SNS): they need a statement that lets them.
// Roles of the account are judged by IAM before a call gets here.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Principal } from '../region.ts';
import type { Queue } from './queue-records.ts';

/**
 * Lets a sender pass or throws AccessDeniedException. Conditions (aws:SourceArn and the like) are not compared, because a service's call
 * does not say for which of its resources it is made.
 */
export function allowSending(queue: Queue, principal: Principal): void {
  if (principal.kind !== 'service') return;
  const applying = queue.policy.filter((statement) => names(statement, principal.service) && covers(statement, queue.arn));
  const isDenied = applying.some((statement) => statement['Effect'] === 'Deny' && statement['Condition'] === undefined);
  if (!isDenied && applying.some((statement) => statement['Effect'] === 'Allow')) return;
  throw new AwsError(
    'AccessDeniedException',
    `User: ${principal.service} is not authorized to perform: sqs:sendmessage on resource: ${queue.arn} because no resource-based policy allows the sqs:sendmessage action`,
    { httpStatus: 403 },
  );
}

function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map(String);
}

function names(statement: AwsShape, service: string): boolean {
  const principal: unknown = statement['Principal'];
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  const { Service, AWS } = principal as AwsShape;
  return listOf(Service).some((name) => name === service || name === '*') || listOf(AWS).includes('*');
}

function covers(statement: AwsShape, arn: string): boolean {
  const isAction = listOf(statement['Action']).some((action) => fits(action.toLowerCase(), 'sqs:sendmessage'));
  return isAction && (statement['Resource'] === undefined || listOf(statement['Resource']).some((resource) => fits(resource, arn)));
}

function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
