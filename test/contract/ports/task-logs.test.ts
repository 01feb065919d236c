// The end of a container's log, read from CloudWatch Logs by the real client.
import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAwsTaskLogs } from '#adapters/cloudwatch-logs/aws-task-logs.ts';
import type { TaskLogs } from '#ports/task-logs.ts';
import { createLogs } from '../../../localaws/logs/create-logs.ts';
import { type RunningRegion, startRegion } from '../../../localaws/start-region.ts';

const options = { 'awslogs-group': '/ecs/orders', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'orders' };
const document = { containerDefinitions: [{ name: 'app', logConfiguration: { logDriver: 'awslogs', options } }] };

let region: RunningRegion;
let logs: TaskLogs;
const regionsAsked: (string | undefined)[] = [];
beforeAll(async () => {
  region = await startRegion({ services: [createLogs] });
  const client = new CloudWatchLogsClient({ endpoint: region.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  logs = createAwsTaskLogs((asked) => {
    regionsAsked.push(asked);
    return client;
  });
  await client.send(new CreateLogGroupCommand({ logGroupName: '/ecs/orders' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: '/ecs/orders', logStreamName: 'orders/app/0f9a' }));
  const logEvents = Array.from({ length: 30 }, (_, index) => ({ timestamp: Date.now() - 30 + index, message: `line ${index}` }));
  await client.send(new PutLogEventsCommand({ logGroupName: '/ecs/orders', logStreamName: 'orders/app/0f9a', logEvents }));
});
afterAll(() => region.close());

describe("a container's log", () => {
  test('is read from its end, in the order it was written, in the region it is in', async () => {
    const lines = ['line 27', 'line 28', 'line 29'];
    expect(await logs.end(document, 'app', '0f9a', 3)).toEqual({ group: '/ecs/orders', stream: 'orders/app/0f9a', lines });
    expect(regionsAsked).toEqual(['us-east-1']);
  });

  test('that does not exist, or is not in CloudWatch Logs, is no error', async () => {
    expect(await logs.end(document, 'app', 'never-started', 3)).toBeUndefined();
    expect(await logs.end({ containerDefinitions: [{ name: 'app' }] }, 'app', '0f9a', 3)).toBeUndefined();
  });
});
