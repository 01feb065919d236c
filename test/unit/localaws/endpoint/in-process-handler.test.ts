// SDK clients without a socket: the same answers, errors and permissions as over HTTP.
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '#localaws/start-local-aws.ts';

let localAws: LocalAws;
beforeEach(async () => {
  localAws = await startLocalAws({ listens: false, dynamodb: { store: 'memory' } });
});
afterEach(() => localAws.close());

const settings = () => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  requestHandler: localAws.requestHandler as never,
});

describe('the request handler of a region that listens nowhere', () => {
  test('speaks JSON, query and rest', async () => {
    expect((await new DynamoDBClient(settings()).send(new ListTablesCommand({}))).TableNames).toEqual([]);
    expect((await new SNSClient(settings()).send(new CreateTopicCommand({ Name: 'told' }))).TopicArn).toBe('arn:aws:sns:us-east-1:000000000000:told');
    expect((await new CloudWatchClient(settings()).send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).toEqual([]);
    await expect(new LambdaClient(settings()).send(new GetFunctionCommand({ FunctionName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('answers errors with their names', async () => {
    const asking = new DynamoDBClient(settings()).send(new GetItemCommand({ TableName: 'nowhere', Key: { pk: { S: 'a' } } }));
    await expect(asking).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('judges calls by the role whose key signs them', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = localAws.region.credentialsFor('arn:aws:iam::000000000000:role/nobody', 'somebody');
    const client = new DynamoDBClient({ ...settings(), credentials: { accessKeyId, secretAccessKey, sessionToken } });
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
