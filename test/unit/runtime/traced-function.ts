// Run by traces.test.ts in a process of its own, with the environment of a traced Lambda function: one invocation of a function made
// with the same middleware as all of Weir's, that reads a deployment and calls AWS.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { createAwsClients } from '#adapters/aws-clients.ts';
import type { DeploymentStore } from '#ports/deployment-store.ts';
import { logger } from '#runtime/logger.ts';
import { countMetrics } from '#runtime/metrics.ts';
import { observed } from '#runtime/observed-handler.ts';
import { observedDeployments } from '#runtime/observed-stores.ts';
import { traceClient } from '#runtime/tracing.ts';

const aws = createServer((_request, response) => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}'));
await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
const clients = createAwsClients(
  { endpoint: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
  traceClient,
);
const nothing: Pick<DeploymentStore, 'load'> = { load: async () => undefined };
const handler = observed().handler(async () => {
  await observedDeployments(nothing as DeploymentStore).load('prod/orders', 'd-1');
  await clients.documents.send(new GetCommand({ TableName: 'weir-dev', Key: { pk: 'SERVICE#prod/orders', sk: 'SERVICE' } }));
  await clients.sfn.send(new SendTaskSuccessCommand({ taskToken: 't', output: '{}' }));
  countMetrics({ SweeperRepairs: 2 });
  logger.info('done');
  return { done: true };
});
await handler({}, { functionName: 'weir-dev-sweep', awsRequestId: 'r', invokedFunctionArn: 'arn', functionVersion: '1', memoryLimitInMB: '512' } as never);
aws.close();
