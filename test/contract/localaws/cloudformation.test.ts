// A template as `serverless package` compiles it, loaded into a region: the functions, tables and roles are then there for the
// unmodified SDK, and the stack for whoever asks CloudFormation.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionEventInvokeConfigCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { createCloudFormation } from '#localaws/cloudformation/create-cloudformation.ts';
import { type LoadedStack, loadTemplate } from '#localaws/cloudformation/load-template.ts';
import { createDynamodb } from '#localaws/dynamodb/create-dynamodb.ts';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import { createIam, type Iam } from '#localaws/iam/create-iam.ts';
import { createLambda } from '#localaws/lambda/create-lambda.ts';
import type { AwsShape, Operation, ServiceFactory, ServiceName } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const dollar = (name: string): string => ['$', '{', name, '}'].join('');

let running: RunningRegion;
let iam: Iam;
let directory: string;
let calls: { service: string; operation: string; input: AwsShape }[];

/** A service that remembers what it is asked and answers with what the loader needs to know. */
function recording(name: ServiceName, answers: Record<string, (input: AwsShape) => AwsShape>): ServiceFactory {
  return () => {
    const operations: Record<string, Operation> = {};
    for (const [operation, answer] of Object.entries(answers)) {
      operations[operation] = {
        handle(input) {
          calls.push({ service: name, operation, input });
          return answer(input);
        },
      };
    }
    return { name, iamPrefix: name, wires: [], operations };
  };
}

const doubles = (): ServiceFactory[] => [
  recording('sqs', { CreateQueue: (input) => ({ QueueUrl: `http://queues/${input['QueueName']}` }), SetQueueAttributes: () => ({}) }),
  recording('sns', {
    CreateTopic: (input) => ({ TopicArn: `arn:aws:sns:us-east-1:000000000000:${input['Name']}` }),
    Subscribe: () => ({ SubscriptionArn: 'arn:aws:sns:sub' }),
    SetTopicAttributes: () => ({}),
  }),
  recording('events', {
    PutRule: (input) => ({ RuleArn: `arn:aws:events:us-east-1:000000000000:rule/${input['Name']}` }),
    PutTargets: () => ({ FailedEntryCount: 0, FailedEntries: [] }),
  }),
  recording('scheduler', { CreateSchedule: () => ({ ScheduleArn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/s' }) }),
  recording('states', { CreateStateMachine: (input) => ({ stateMachineArn: `arn:aws:states:us-east-1:000000000000:stateMachine:${input['name']}` }) }),
  recording('logs', { CreateLogGroup: () => ({}), PutRetentionPolicy: () => ({}) }),
  recording('monitoring', { PutMetricAlarm: () => ({}), PutDashboard: () => ({}), PutCompositeAlarm: () => ({}) }),
  recording('codedeploy', {
    CreateApplication: () => ({}),
    CreateDeploymentConfig: () => {
      throw new AwsError('DeploymentConfigLimitExceededException', 'too many');
    },
  }),
  recording('ecr', {
    CreateRepository: (input) => ({ repository: { repositoryArn: 'arn:aws:ecr:r', repositoryUri: `host/${input['repositoryName']}` } }),
    PutLifecyclePolicy: () => ({}),
  }),
  recording('ecs', { CreateCluster: () => ({ cluster: { clusterArn: 'arn:aws:ecs:c' } }) }),
];

beforeEach(async () => {
  calls = [];
  iam = createIam();
  directory = await mkdtemp(join(tmpdir(), 'localaws-template-'));
  await writeFile(join(directory, 'sweep.zip'), zipSync({ 'index.mjs': strToU8('export const handler = async () => process.env.TABLE;') }));
  running = await startRegion({ services: [iam.factory, createDynamodb(), createLambda(), createCloudFormation(), ...doubles()], clock: { kind: 'virtual' } });
  running.dispatcher.setAuthorizer(iam.authorizer);
});

afterEach(async () => {
  await running.close();
  await rm(directory, { recursive: true });
});

async function load(template: AwsShape, stackName = 'weir-dev', parameters: Record<string, string> = {}): Promise<LoadedStack> {
  const templateFile = join(directory, 'template.json');
  await writeFile(templateFile, JSON.stringify(template));
  return loadTemplate(running.region, running.dispatcher, { templateFile, artifactDirectory: directory, stackName, parameters });
}

const getAtt = (id: string, name: string): AwsShape => ({ 'Fn::GetAtt': [id, name] });
const inputOf = (operation: string): AwsShape | undefined => calls.find((call) => call.operation === operation)?.input;

const TEMPLATE: AwsShape = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Weir',
  Parameters: { Stage: { Type: 'String', Default: 'dev' } },
  Resources: {
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketEncryption: {} } },
    ServerlessDeploymentBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'ServerlessDeploymentBucket' }, PolicyDocument: { Statement: [] } },
    },
    SweepLambdaPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: getAtt('SweepLambdaFunction', 'Arn'),
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: getAtt('SweepRule', 'Arn'),
      },
    },
    SweepRule: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED', Targets: [{ Arn: getAtt('SweepLambdaFunction', 'Arn'), Id: 'sweep' }] },
    },
    PushRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: 'push',
        EventPattern: { source: ['aws.ecr'] },
        Targets: [{ Arn: getAtt('SweepLambdaFunction', 'Arn'), Id: 'push', DeadLetterConfig: { Arn: getAtt('Failed', 'Arn') } }],
      },
    },
    SweepLogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/weir-dev-sweep', RetentionInDays: 14 } },
    SweepLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      DependsOn: ['SweepLogGroup'],
      Properties: {
        FunctionName: 'weir-dev-sweep',
        Code: { S3Bucket: { Ref: 'ServerlessDeploymentBucket' }, S3Key: 'serverless/weir/dev/1795408059582-2026-11-23T04:27:39.582Z/sweep.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        MemorySize: 256,
        Timeout: 10,
        Architectures: ['arm64'],
        Environment: { Variables: { TABLE: { Ref: 'Records' } } },
        Role: getAtt('Role', 'Arn'),
        ReservedConcurrentExecutions: 5,
      },
    },
    SweepLambdaVersion: { Type: 'AWS::Lambda::Version', DeletionPolicy: 'Retain', Properties: { FunctionName: { Ref: 'SweepLambdaFunction' } } },
    SweepEvConf: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'SweepLambdaFunction' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: getAtt('Failed', 'Arn') } },
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }],
        },
        Policies: [
          {
            PolicyName: { 'Fn::Join': ['-', ['weir', { Ref: 'Stage' }]] },
            PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: getAtt('Records', 'Arn') }] },
          },
        ],
        ManagedPolicyArns: [{ 'Fn::Sub': `arn:${dollar('AWS::Partition')}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole` }],
      },
    },
    Records: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: { 'Fn::Sub': `weir-${dollar('Stage')}-records` },
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    },
    Failed: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
    FailedPolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Failed' }], PolicyDocument: { Statement: [] } } },
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: 'alarms', Subscription: [{ Protocol: 'lambda', Endpoint: getAtt('SweepLambdaFunction', 'Arn') }] },
    },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: getAtt('SweepLambdaFunction', 'Arn'), RoleArn: getAtt('Role', 'Arn') },
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'deploy',
        RoleArn: getAtt('Role', 'Arn'),
        DefinitionSubstitutions: { Sweep: getAtt('SweepLambdaFunction', 'Arn') },
        Definition: { StartAt: 'A', States: { A: { Type: 'Task', Resource: dollar('Sweep'), End: true } } },
        LoggingConfiguration: {
          Level: 'ERROR',
          IncludeExecutionData: true,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: getAtt('SweepLogGroup', 'Arn') } }],
        },
      },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, AlarmActions: [{ Ref: 'Topic' }] },
    },
    Repository: {
      Type: 'AWS::ECR::Repository',
      Properties: { RepositoryName: 'orders', ImageScanningConfiguration: { ScanOnPush: true }, LifecyclePolicy: { LifecyclePolicyText: '{"rules":[]}' } },
    },
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'prod', ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] } },
    Application: { Type: 'AWS::CodeDeploy::Application', Properties: { ApplicationName: 'orders', ComputePlatform: 'ECS' } },
  },
  Outputs: {
    TableName: { Value: { Ref: 'Records' }, Export: { Name: { 'Fn::Sub': `${dollar('AWS::StackName')}-table` } } },
    SweepVersion: { Description: 'Current version', Value: { Ref: 'SweepLambdaVersion' } },
    Uri: { Value: getAtt('Repository', 'RepositoryUri') },
  },
};

describe('loading a compiled template', () => {
  test('every resource is made by the API of its service, references resolved', async () => {
    const stack = await load(TEMPLATE);
    expect(stack.outputs).toEqual({
      TableName: 'weir-dev-records',
      SweepVersion: 'arn:aws:lambda:us-east-1:000000000000:function:weir-dev-sweep:1',
      Uri: 'host/orders',
    });
    expect(stack.resources).toHaveLength(Object.keys(TEMPLATE['Resources']).length);
    expect(stack.skipped.map((entry) => entry.logicalId).sort()).toEqual(['ServerlessDeploymentBucket', 'ServerlessDeploymentBucketPolicy']);

    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:weir-dev-sweep';
    const queueName =
      stack.resources
        .find((resource) => resource.logicalId === 'Failed')
        ?.physicalId.split('/')
        .pop() ?? '';
    expect(queueName).toMatch(/^weir-dev-Failed-[A-Z0-9]{12}$/);
    expect(inputOf('CreateQueue')).toMatchObject({ Attributes: { MessageRetentionPeriod: '1209600' } });
    expect(calls.filter((call) => call.operation === 'PutRule').map((call) => call.input)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Name: 'push', EventPattern: '{"source":["aws.ecr"]}' }),
        expect.objectContaining({ ScheduleExpression: 'rate(5 minutes)' }),
      ]),
    );
    expect(calls.filter((call) => call.operation === 'PutTargets').find((call) => call.input['Rule'] === 'push')?.input['Targets']).toEqual([
      { Arn: arn, Id: 'push', DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:000000000000:${queueName}` } },
    ]);
    expect(JSON.parse(inputOf('CreateStateMachine')?.['definition']).States.A.Resource).toBe(arn);
    expect(inputOf('CreateStateMachine')?.['loggingConfiguration']).toEqual({
      level: 'ERROR',
      includeExecutionData: true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/weir-dev-sweep:*' } }],
    });
    expect(inputOf('PutMetricAlarm')).toMatchObject({ AlarmActions: ['arn:aws:sns:us-east-1:000000000000:alarms'] });
    expect(inputOf('CreateRepository')).toEqual({ repositoryName: 'orders', imageScanningConfiguration: { scanOnPush: true } });
    expect(inputOf('CreateCluster')).toEqual({ clusterName: 'prod', settings: [{ name: 'containerInsights', value: 'enabled' }] });
  });

  test('the functions, tables and roles of the stack work', async () => {
    await load(TEMPLATE);
    const lambda = new LambdaClient({ endpoint: running.endpointUrl, region: 'us-east-1', credentials });
    const dynamodb = new DynamoDBClient({ endpoint: running.endpointUrl, region: 'us-east-1', credentials });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'weir-dev-sweep' }));
    expect(answer.Payload?.transformToString()).toBe('"weir-dev-records"');
    const config = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'weir-dev-sweep' }));
    expect(config.MaximumRetryAttempts).toBe(1);
    expect((await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'weir-dev-records' }))).TimeToLiveDescription?.TimeToLiveStatus).toBe('ENABLED');
    expect(iam.report().unusedPermissions.map((permission) => permission.action)).toContain('dynamodb:GetItem');
    expect(
      await running.region.call('lambda', 'Invoke', { FunctionName: 'weir-dev-sweep' }, { kind: 'service', service: 'events.amazonaws.com' }),
    ).toMatchObject({ StatusCode: 200 });
    lambda.destroy();
    dynamodb.destroy();
  });

  test('CloudFormation describes the stack', async () => {
    await load(TEMPLATE);
    const query = async (parameters: Record<string, string>): Promise<string> => {
      const response = await fetch(running.endpointUrl, { method: 'POST', body: new URLSearchParams({ Version: '2010-05-15', ...parameters }) });
      return response.text();
    };
    const stacks = await query({ Action: 'DescribeStacks', StackName: 'weir-dev' });
    expect(stacks).toContain('<StackStatus>CREATE_COMPLETE</StackStatus>');
    expect(stacks).toContain('<OutputKey>TableName</OutputKey><OutputValue>weir-dev-records</OutputValue><ExportName>weir-dev-table</ExportName>');
    expect(await query({ Action: 'ListStackResources', StackName: 'weir-dev' })).toContain(
      '<PhysicalResourceId>weir-dev-sweep</PhysicalResourceId><ResourceType>AWS::Lambda::Function</ResourceType>',
    );
    expect(await query({ Action: 'ListExports' })).toContain('<Name>weir-dev-table</Name><Value>weir-dev-records</Value>');
    expect(await query({ Action: 'DescribeStacks', StackName: 'other' })).toContain(
      '<Code>ValidationError</Code><Message>Stack with id other does not exist</Message>',
    );
    expect(await query({ Action: 'DescribeStackResource', StackName: 'weir-dev', LogicalResourceId: 'Records' })).toContain('weir-dev-records');
  });

  test('a second stack imports what the first exports', async () => {
    await load(TEMPLATE);
    const second = await load({ Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::ImportValue': 'weir-dev-table' } } } } }, 'other');
    expect(second.resources[0]?.physicalId).toBe('http://queues/weir-dev-records');
    await expect(load(TEMPLATE)).rejects.toThrow('Stack [weir-dev] already exists');
  });
});

describe('templates that cannot be loaded', () => {
  const queue = { Type: 'AWS::SQS::Queue' };

  test('unknown types, unknown properties and missing ones are found before anything is made', async () => {
    await expect(load({ Resources: { Q: queue, F: { Type: 'AWS::RDS::DBInstance' } } })).rejects.toThrow(
      'F: the type AWS::RDS::DBInstance is not available on the local AWS',
    );
    await expect(load({ Resources: { Q: queue, R: { ...queue, Properties: { Colour: 'red' } } } })).rejects.toThrow(
      'R (AWS::SQS::Queue): properties [Colour] are not known to the local AWS',
    );
    await expect(load({ Resources: { Q: queue, R: { Type: 'AWS::IAM::Role' } } })).rejects.toThrow(
      'R (AWS::IAM::Role): required properties [AssumeRolePolicyDocument] are missing',
    );
    expect(calls).toEqual([]);
  });

  test('a service that refuses, and what had been made by then, are told', async () => {
    const failing = load({ Resources: { Q: queue, C: { Type: 'AWS::CodeDeploy::DeploymentConfig', Properties: {}, DependsOn: 'Q' }, Later: queue } });
    await expect(failing).rejects.toMatchObject({
      logicalId: 'C',
      made: [{ logicalId: 'Q', type: 'AWS::SQS::Queue' }],
      message: 'C (AWS::CodeDeploy::DeploymentConfig) could not be made: DeploymentConfigLimitExceededException: too many\nMade before it: Q.',
    });
    await expect(running.region.call('cloudformation', 'DescribeStacks', { StackName: 'weir-dev' }, { kind: 'root' })).rejects.toMatchObject({
      code: 'ValidationError',
    });
  });

  test('missing code and inline code are refused in so many words', async () => {
    const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: TEMPLATE['Resources']['Role']['Properties']['AssumeRolePolicyDocument'] } };
    const withCode = (Code: AwsShape): AwsShape => ({
      Type: 'AWS::Lambda::Function',
      Properties: { Code, Role: getAtt('Role', 'Arn'), Handler: 'index.handler', Runtime: 'nodejs24.x' },
    });
    await expect(load({ Resources: { Role: role, F: withCode({ S3Key: 'a/none.zip' }) } }, 'a')).rejects.toThrow(
      /F \(AWS::Lambda::Function\) could not be made: the code a\/none\.zip was looked for at .*none\.zip/,
    );
    await expect(load({ Resources: { Role: role, F: withCode({ ZipFile: 'exports.x = 1' }) } }, 'b')).rejects.toThrow(/inline code/);
  });

  test('an attribute that a resource does not have is named', async () => {
    await expect(load({ Resources: { Q: queue, R: { ...queue, Properties: { QueueName: getAtt('Q', 'Colour') } } } })).rejects.toThrow(
      /R \(AWS::SQS::Queue\) could not be made: Q \(AWS::SQS::Queue\) has no attribute Colour; known here: Arn, QueueName, QueueUrl/,
    );
  });
});
