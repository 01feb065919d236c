// arn:aws:states:::dynamodb:getItem and its three sisters.
import type { Integration } from './integration.ts';
import { optimizedCall } from './optimized-call.ts';

const OPERATIONS = {
  getItem: { operation: 'GetItem', required: ['Key', 'TableName'] },
  putItem: { operation: 'PutItem', required: ['Item', 'TableName'] },
  updateItem: { operation: 'UpdateItem', required: ['Key', 'TableName'] },
  deleteItem: { operation: 'DeleteItem', required: ['Key', 'TableName'] },
} as const;

export function dynamodb(action: keyof typeof OPERATIONS): Integration {
  return optimizedCall({
    resourceType: 'dynamodb',
    action,
    waiting: 'answer',
    service: 'dynamodb',
    ...OPERATIONS[action],
    errors: { prefix: 'DynamoDB', service: 'AmazonDynamoDBv2', baseException: 'AmazonDynamoDBException' },
    contentType: 'application/x-amz-json-1.0',
  });
}
