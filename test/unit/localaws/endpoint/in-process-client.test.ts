// A client that hands its commands over answers what the same client answers on the wire.
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateClusterCommand, DescribeClustersCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client, TargetGroupNotFoundException } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import { handOverShapes } from '#localaws/endpoint/in-process-client.ts';
import type { SdkRequest } from '#localaws/endpoint/in-process-handler.ts';
import { type LocalAws, startLocalAws } from '#localaws/start-local-aws.ts';

let localAws: LocalAws;
let requests: SdkRequest[];
beforeEach(async () => {
  localAws = await startLocalAws({ listens: false, dynamodb: { store: 'memory' } });
  requests = [];
});
afterEach(() => localAws.close());

const settings = () => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  requestHandler: {
    ...localAws.requestHandler,
    handle: (request: SdkRequest) => {
      // The SDK writes the next attempt into the same headers.
      requests.push({ ...request, headers: { ...request.headers } });
      return localAws.requestHandler.handle(request);
    },
  } as never,
});

/** One client of each way. */
function bothWays<Client>(make: () => Client): readonly [Client, Client] {
  return [make(), handOverShapes(make())];
}

/** What is answered, or the error, without what differs from call to call. */
async function outcomeOf(answering: Promise<unknown>): Promise<unknown> {
  return answering.then(
    (output) => ({ ...(output as object), $metadata: undefined }),
    (error: Error & { $fault?: string; $metadata?: { httpStatusCode?: number; attempts?: number }; Item?: unknown }) => ({
      is: error.constructor.name,
      name: error.name,
      message: error.message,
      fault: error.$fault,
      status: error.$metadata?.httpStatusCode,
      attempts: error.$metadata?.attempts,
      item: error.Item,
    }),
  );
}

describe('commands that are handed over', () => {
  test('are answered as on the wire, dates and lists among it', async () => {
    const [wired, short] = bothWays(() => new ECSClient(settings()));
    await short.send(new CreateClusterCommand({ clusterName: 'prod' }));
    const clusters = new DescribeClustersCommand({ clusters: ['prod', 'none'] });
    expect(await outcomeOf(short.send(clusters))).toEqual(await outcomeOf(wired.send(clusters)));
    const family = { family: 'orders', containerDefinitions: [{ name: 'app', image: 'app', memory: 64, cpu: undefined }] };
    const { taskDefinition } = await short.send(new RegisterTaskDefinitionCommand(family));
    expect(taskDefinition?.registeredAt).toBeInstanceOf(Date);
    const [, alarms] = bothWays(() => new CloudWatchClient(settings()));
    expect((await alarms.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).toEqual([]);
    const [, topics] = bothWays(() => new SNSClient(settings()));
    expect((await topics.send(new CreateTopicCommand({ Name: 'told' }))).TopicArn).toBe('arn:aws:sns:us-east-1:000000000000:told');
    expect(requests.filter(({ shape }) => shape === undefined)).toHaveLength(1);
  });

  test('are refused with the errors of the SDK', async () => {
    const [wired, short] = bothWays(() => new ElasticLoadBalancingV2Client(settings()));
    const groups = new DescribeTargetGroupsCommand({ Names: ['none'] });
    await expect(short.send(groups)).rejects.toBeInstanceOf(TargetGroupNotFoundException);
    expect(await outcomeOf(short.send(groups))).toEqual(await outcomeOf(wired.send(groups)));
  });

  test('are tried again as on the wire when they are throttled, each attempt with its number', async () => {
    let refusals = 0;
    localAws.dispatcher.intercept((_call, _input, next) => {
      if (refusals-- > 0) throw new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 400 });
      return next();
    });
    const [wired, short] = bothWays(() => new ECSClient({ ...settings(), maxAttempts: 3 }));
    for (const client of [wired, short]) {
      requests = [];
      refusals = 2;
      expect((await client.send(new DescribeClustersCommand({}))).$metadata.attempts).toBe(3);
      expect(requests.map(({ headers }) => headers['amz-sdk-request'])).toEqual(['attempt=1; max=3', 'attempt=2; max=3', 'attempt=3; max=3']);
      expect(new Set(requests.map(({ headers }) => headers['amz-sdk-invocation-id'])).size).toBe(1);
      refusals = 3;
      expect(await outcomeOf(client.send(new DescribeClustersCommand({})))).toMatchObject({ name: 'ThrottlingException', status: 400, attempts: 3 });
      refusals = 0;
    }
  });

  test('are marshalled for the document client, the item of a failed condition among it', async () => {
    const [wired, short] = bothWays(() => new DynamoDBClient(settings()));
    await wired.send(
      new CreateTableCommand({
        TableName: 'records',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const [throughWire, handedOver] = [wired, short].map((client) => DynamoDBDocumentClient.from(client)) as [DynamoDBDocumentClient, DynamoDBDocumentClient];
    const write = (version: number) =>
      new UpdateCommand({
        TableName: 'records',
        Key: { pk: 'a' },
        UpdateExpression: 'SET version = :version, names = :names',
        ConditionExpression: 'attribute_not_exists(pk)',
        ExpressionAttributeValues: { ':version': version, ':names': ['x', { y: true, z: null }] },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
    await handedOver.send(write(1));
    const read = new GetCommand({ TableName: 'records', Key: { pk: 'a' } });
    expect((await handedOver.send(read)).Item).toEqual({ pk: 'a', version: 1, names: ['x', { y: true, z: null }] });
    // Of each class of commands the second has to be sent with its own input.
    expect((await handedOver.send(new GetCommand({ TableName: 'records', Key: { pk: 'b' } }))).Item).toBeUndefined();
    expect(await outcomeOf(handedOver.send(read))).toEqual(await outcomeOf(throughWire.send(read)));
    const refused = await outcomeOf(handedOver.send(write(2)));
    expect(refused).toMatchObject({ name: 'ConditionalCheckFailedException', item: { version: { N: '1' } } });
    expect(refused).toEqual(await outcomeOf(throughWire.send(write(2))));
  });

  test('are copies: what a caller does to an answer changes nothing in the region', async () => {
    const [, short] = bothWays(() => new ECSClient(settings()));
    await short.send(new CreateClusterCommand({ clusterName: 'prod' }));
    const first = await short.send(new DescribeClustersCommand({ clusters: ['prod'] }));
    (first.clusters?.[0] as { clusterName: string }).clusterName = 'changed';
    expect((await short.send(new DescribeClustersCommand({ clusters: ['prod'] }))).clusters?.[0]?.clusterName).toBe('prod');
  });

  test('judges calls by the role whose key the request names', async () => {
    const { accessKeyId } = localAws.region.credentialsFor('arn:aws:iam::000000000000:role/nobody', 'somebody');
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261123/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0`;
    const handle = (request: SdkRequest) => localAws.requestHandler.handle({ ...request, headers: { ...request.headers, authorization } });
    const client = handOverShapes(new ECSClient({ ...settings(), requestHandler: { ...localAws.requestHandler, handle } as never }));
    await expect(client.send(new DescribeClustersCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('of a REST API go over the wire', async () => {
    const [, short] = bothWays(() => new LambdaClient(settings()));
    expect((await short.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    expect(requests.map(({ shape, path }) => [shape, path])).toEqual([[undefined, '/2015-03-31/functions']]);
  });
});
