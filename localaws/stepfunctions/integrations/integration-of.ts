// Chooses the integration of a Resource.
import { awsSdk } from './aws-sdk.ts';
import { dynamodb } from './dynamodb.ts';
import { eventsPutEvents } from './events-put-events.ts';
import type { Integration } from './integration.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaInvoke } from './lambda-invoke.ts';
import { snsPublish } from './sns-publish.ts';
import { sqsSendMessage } from './sqs-send-message.ts';
import { startExecution } from './start-execution.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';

/** @throws Error for a Resource the definition's check would have refused. */
export function integrationOf(resource: string, whenFinished: (executionArn: string) => Promise<void>): Integration {
  const parsed = parseTaskResource(resource);
  if ('problem' in parsed) throw new Error(`localaws defect: ${parsed.problem}`);
  const task = parsed.resource;
  if (task.kind === 'function') return lambdaFunction(task.arn);
  if (task.kind === 'sdk') return awsSdk(task.segment, task.action, task.waiting);
  return optimized(task, whenFinished);
}

function optimized({ name, waiting }: Extract<TaskResource, { kind: 'optimized' }>, whenFinished: (executionArn: string) => Promise<void>): Integration {
  switch (name) {
    case 'lambda:invoke':
      return lambdaInvoke(waiting);
    case 'dynamodb:getItem':
      return dynamodb('getItem');
    case 'dynamodb:putItem':
      return dynamodb('putItem');
    case 'dynamodb:updateItem':
      return dynamodb('updateItem');
    case 'dynamodb:deleteItem':
      return dynamodb('deleteItem');
    case 'events:putEvents':
      return eventsPutEvents(waiting);
    case 'sns:publish':
      return snsPublish(waiting);
    case 'sqs:sendMessage':
      return sqsSendMessage(waiting);
    case 'states:startExecution':
      return startExecution(waiting, whenFinished);
  }
}
