import { describe, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import type { AwsShape } from '#localaws/region.ts';
import { machine, ROLE, withBench } from './run-machine.ts';

const sdk = (action: string, Arguments: unknown): AwsShape =>
  machine({ T: { Type: 'Task', Resource: `arn:aws:states:::aws-sdk:${action}`, Arguments, End: true } });
const optimized = (action: string, Arguments: unknown): AwsShape =>
  machine({ T: { Type: 'Task', Resource: `arn:aws:states:::${action}`, Arguments, End: true } });

describe('AWS SDK integrations', () => {
  test('spell members in PascalCase both ways, leave the keys of maps alone, and show dates as ISO texts', () => {
    let seen: AwsShape = {};
    const RegisterTaskDefinition = (input: AwsShape): AwsShape => {
      seen = input;
      return { taskDefinition: { ...input, registeredAt: new Date(Date.UTC(2026, 1, 2)) } };
    };
    const containers = [{ Name: 'app', DockerLabels: { 'my.Label': 'X' }, LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': 'g' } } }];
    return withBench({ ecs: { RegisterTaskDefinition } }, async (bench) => {
      const { output, events } = await bench.run(
        sdk('ecs:registerTaskDefinition', { Family: 'orders', ContainerDefinitions: containers, Tags: [{ Key: 'k', Value: 'v' }] }),
      );
      expect(seen).toEqual({
        family: 'orders',
        containerDefinitions: [
          { name: 'app', dockerLabels: { 'my.Label': 'X' }, logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g' } } },
        ],
        tags: [{ key: 'k', value: 'v' }],
      });
      expect(output).toEqual({
        TaskDefinition: { Family: 'orders', ContainerDefinitions: containers, Tags: [{ Key: 'k', Value: 'v' }], RegisteredAt: '2026-02-02T00:00:00.000Z' },
      });
      expect(events[2]?.['taskScheduledEventDetails']).toMatchObject({ resourceType: 'aws-sdk:ecs', resource: 'registerTaskDefinition' });
    });
  });

  test.each([
    ['ecs:describeServices', 'ServiceNotFoundException', 'Ecs.ServiceNotFoundException'],
    ['ecs:describeServices', 'AccessDeniedException', 'Ecs.AccessDeniedException'],
    ['ecs:describeServices', 'ThrottlingException', 'Ecs.EcsException'],
    ['elasticloadbalancingv2:modifyRule', 'RuleNotFound', 'ElasticLoadBalancingV2.RuleNotFoundException'],
    ['elasticloadbalancingv2:modifyRule', 'AccessDeniedException', 'ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception'],
    ['codedeploy:getDeployment', 'DeploymentDoesNotExistException', 'CodeDeploy.DeploymentDoesNotExistException'],
    ['cloudwatch:getMetricData', 'InternalServiceError', 'CloudWatch.InternalServiceException'],
    ['dynamodb:getItem', 'ConditionalCheckFailedException', 'DynamoDb.ConditionalCheckFailedException'],
    ['dynamodb:getItem', 'AccessDeniedException', 'DynamoDb.DynamoDbException'],
    ['sfn:startExecution', 'ExecutionAlreadyExists', 'Sfn.ExecutionAlreadyExistsException'],
  ])('%s answering %s is %s', (action, code, name) => {
    const refuse = (): never => {
      throw new AwsError(code, 'refused');
    };
    const operations = { DescribeServices: refuse, ModifyRule: refuse, GetDeployment: refuse, GetMetricData: refuse, GetItem: refuse };
    const doubles = { ecs: operations, elasticloadbalancing: operations, codedeploy: operations, monitoring: operations, dynamodb: operations };
    return withBench(doubles, async (bench) => {
      bench.region.dispatcher.intercept((call, _input, next) => (call.principal.kind === 'role' ? Promise.resolve().then(refuse) : next()));
      const { described } = await bench.run(sdk(action, {}));
      expect(described['error']).toBe(name);
      expect(described['cause']).toMatch(/^refused \(Service: \w+, Status Code: 400, Request ID: [0-9a-f-]{36}\) \(SDK Attempt Count: 1\)$/);
    });
  });

  test('a member in the spelling of the API is refused, when written and when computed', () =>
    withBench({ ecs: { DescribeServices: () => ({}) } }, async (bench) => {
      await expect(bench.run(sdk('ecs:describeServices', { cluster: 'c' }))).rejects.toThrow(
        'The field "cluster" is not supported by Step Functions at /States/T/Arguments',
      );
      const { described } = await bench.run(sdk('ecs:describeServices', "{% {'cluster': 'c'} %}"));
      expect(described).toMatchObject({ error: 'States.Runtime' });
      expect(described['cause']).toContain("[The field 'cluster' is not supported by Step Functions]");
    }));

  test('a failure that is no answer of the API is a client exception', () =>
    withBench({ ecs: { DescribeServices: () => Promise.reject(new Error('socket hang up')) } }, async (bench) => {
      expect((await bench.run(sdk('ecs:describeServices', {}))).described).toMatchObject({ error: 'Ecs.SdkClientException', cause: 'socket hang up' });
    }));

  test('lambda:invoke by the SDK does not raise the error of the function', () =>
    withBench({ lambda: { Invoke: (input) => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: `"${typeof input['Payload']}"` }) } }, async (bench) => {
      const { output } = await bench.run(sdk('lambda:invoke', { FunctionName: 'f', Payload: { a: 1 } }));
      expect(output).toEqual({ StatusCode: 200, FunctionError: 'Unhandled', Payload: '"string"' });
    }));
});

describe('optimized integrations', () => {
  test('dynamodb answers with the metadata of the call, and names errors in the older way', () =>
    withBench(
      {
        dynamodb: {
          GetItem: () => ({ Item: { pk: { S: 'a' } } }),
          PutItem: () => Promise.reject(new AwsError('ConditionalCheckFailedException', 'The conditional request failed')),
          DeleteItem: () => Promise.reject(new AwsError('AccessDeniedException', 'no')),
        },
      },
      async (bench) => {
        const { output } = await bench.run(optimized('dynamodb:getItem', { TableName: 't', Key: { pk: { S: 'a' } } }));
        expect(output).toMatchObject({ Item: { pk: { S: 'a' } }, SdkHttpMetadata: { HttpStatusCode: 200 } });
        const put = await bench.run(optimized('dynamodb:putItem', { TableName: 't', Item: {} }));
        expect(put.described['error']).toBe('DynamoDB.ConditionalCheckFailedException');
        expect(put.described['cause']).toMatch(
          /^The conditional request failed \(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ConditionalCheckFailedException; Request ID: .*; Proxy: null\)$/,
        );
        expect((await bench.run(optimized('dynamodb:deleteItem', { TableName: 't', Key: {} }))).described['error']).toBe('DynamoDB.AmazonDynamoDBException');
      },
    ));

  test('events:putEvents names the execution in every entry and fails when one entry fails', () => {
    const entries: AwsShape[] = [];
    const PutEvents = (input: AwsShape): AwsShape => {
      entries.push(...input['Entries']);
      const bad = entries.at(-1)?.['Source'] === 'bad';
      return { FailedEntryCount: bad ? 1 : 0, Entries: [bad ? { ErrorCode: 'InternalFailure' } : { EventId: 'e' }] };
    };
    return withBench({ events: { PutEvents } }, async (bench) => {
      const { described } = await bench.run(
        optimized('events:putEvents', { Entries: [{ Source: 'mine', DetailType: 'd', Detail: { a: 1 }, Resources: ['r'] }] }),
      );
      const own = entries.find(({ Source }) => Source === 'mine');
      expect(own).toMatchObject({ Detail: '{"a":1}', Resources: ['r', described['executionArn'], described['stateMachineArn']] });
      const failed = await bench.run(optimized('events:putEvents', { Entries: [{ Source: 'bad' }] }));
      expect(failed.described['error']).toBe('EventBridge.FailedEntry');
    });
  });

  test('sns:publish sends a message that is no text as JSON', () =>
    withBench({ sns: { Publish: (input) => ({ MessageId: input['Message'] }) } }, async (bench) => {
      expect((await bench.run(optimized('sns:publish', { TopicArn: 't', Message: { a: 1 } }))).output).toMatchObject({ MessageId: '{"a":1}' });
    }));

  test.each([
    'sns:publish.sync',
    'dynamodb:getItem.waitForTaskToken',
    'lambda:Invoke',
    'aws-sdk:ecs:DescribeServices',
    'aws-sdk:ecs:runTask.sync',
    'nosuch:thing',
  ])('%s is no resource', (resource) =>
    withBench({}, async (bench) => {
      await expect(bench.run(optimized(resource, {}))).rejects.toMatchObject({ code: 'InvalidDefinition' });
      await expect(bench.run(optimized(resource, {}))).rejects.toThrow(/is not recognized/);
    }),
  );

  test('what AWS has and this AWS has not is refused plainly', () =>
    withBench({}, async (bench) => {
      await expect(bench.run(optimized('ecs:runTask.sync', {}))).rejects.toThrow(
        /localaws: the integration arn:aws:states:::ecs:runTask.sync exists in AWS and is not available/,
      );
    }));
});

describe('states:startExecution', () => {
  const child = machine({ W: { Type: 'Wait', Seconds: 40, Output: { got: '{% $states.input %}' }, End: true } });
  const createChild = (definition: AwsShape) => ({ name: 'child', definition: JSON.stringify(definition), roleArn: ROLE });

  test('alone goes on at once', () =>
    withBench({}, async (bench) => {
      const { stateMachineArn } = await bench.call('CreateStateMachine', createChild(child));
      const before = bench.region.clock.now();
      const { output } = await bench.run(optimized('states:startExecution', { StateMachineArn: stateMachineArn, Name: 'n', Input: { a: 1 } }));
      expect(output).toMatchObject({ ExecutionArn: 'arn:aws:states:us-east-1:000000000000:execution:child:n', StartDate: before });
      expect(bench.region.clock.now()).toBe(before);
    }));

  test.each([
    ['.sync', '{"got":{"a":1}}'],
    ['.sync:2', { got: { a: 1 } }],
  ])('%s waits for the child and answers its end', (suffix, expected) =>
    withBench({}, async (bench) => {
      const { stateMachineArn } = await bench.call('CreateStateMachine', createChild(child));
      const before = bench.region.clock.now();
      const { output, path } = await bench.run(optimized(`states:startExecution${suffix}`, { StateMachineArn: stateMachineArn, Input: { a: 1 } }));
      expect(output).toMatchObject({ Status: 'SUCCEEDED', Output: expected, StartDate: before, StopDate: before + 40_000 });
      expect(path.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    }),
  );

  test('a child that fails is States.TaskFailed with its description as the cause', () =>
    withBench({}, async (bench) => {
      const { stateMachineArn } = await bench.call('CreateStateMachine', createChild(machine({ F: { Type: 'Fail', Error: 'Inner', Cause: 'why' } })));
      const { described } = await bench.run(optimized('states:startExecution.sync:2', { StateMachineArn: stateMachineArn }));
      expect(described['error']).toBe('States.TaskFailed');
      expect(JSON.parse(described['cause'])).toMatchObject({ Status: 'FAILED', Error: 'Inner', Cause: 'why' });
    }));

  test('stopping the parent stops the child it waits for', () =>
    withBench({}, async (bench) => {
      const { stateMachineArn } = await bench.call('CreateStateMachine', createChild(child));
      const parent = await bench.start(optimized('states:startExecution.sync', { StateMachineArn: stateMachineArn, Name: 'n' }));
      await bench.region.clock.runUntil(async () => (await bench.events(parent)).some(({ type }) => type === 'TaskSubmitted'), 1000);
      await bench.call('StopExecution', { executionArn: parent });
      const described = await bench.finish('arn:aws:states:us-east-1:000000000000:execution:child:n');
      expect(described['status']).toBe('ABORTED');
      expect((await bench.events(parent)).map(({ type }) => type).slice(-2)).toEqual(['TaskStateAborted', 'ExecutionAborted']);
    }));
});
