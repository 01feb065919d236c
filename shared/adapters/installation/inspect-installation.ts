// Reads Weir's own stack and the state of its parts.
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand, type StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { InstallationFacts } from '#core/installation/installation-facts.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

export interface InstallationClientSettings {
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
}

/** Pages of 100 resources, of 50 functions; more than any stack of Weir has. */
const PAGES_MAX = 40;
const ALARMS_AT_ONCE = 100;
const FAILURES_LISTED = 100;
const DAY = 86_400_000;

export async function inspectInstallation({ region, endpointUrl }: InstallationClientSettings, stackName: string, now: number): Promise<InstallationFacts> {
  const settings = { ...(region === undefined ? {} : { region }), ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }) };
  const cloudformation = new CloudFormationClient(settings);
  const none = { stackName, functions: [], rules: [], queues: [], tables: [], alarms: [], stateMachines: [] };
  // CloudFormation answers ValidationError for a stack that does not exist.
  const described = await callAwsUnless(`describe stack ${stackName}`, { ValidationError: () => undefined }, () =>
    cloudformation.send(new DescribeStacksCommand({ StackName: stackName })),
  );
  const stack = described?.Stacks?.[0];
  if (stack === undefined) return { ...none, stack: undefined };
  const version = stack.Outputs?.find(({ OutputKey }) => OutputKey === 'WeirVersion')?.OutputValue;
  const resources = await listResources(cloudformation, stackName);
  const of = (type: string): readonly string[] =>
    resources.flatMap(({ ResourceType, PhysicalResourceId: id }) => (ResourceType === type && id !== undefined ? [id] : []));
  const [functions, rules, queues, tables, alarms, stateMachines] = await Promise.all([
    readFunctions(new LambdaClient(settings), of('AWS::Lambda::Function')),
    readRules(new EventBridgeClient(settings), of('AWS::Events::Rule')),
    readQueues(new SQSClient(settings), of('AWS::SQS::Queue')),
    readTables(new DynamoDBClient(settings), of('AWS::DynamoDB::Table')),
    readAlarms(new CloudWatchClient(settings), of('AWS::CloudWatch::Alarm')),
    readFailures(new SFNClient(settings), of('AWS::StepFunctions::StateMachine'), now),
  ]);
  return { stackName, stack: { status: stack.StackStatus ?? '', version }, functions, rules, queues, tables, alarms, stateMachines };
}

async function listResources(client: CloudFormationClient, stackName: string): Promise<readonly StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await callAws(`list the resources of ${stackName}`, () =>
      client.send(new ListStackResourcesCommand({ StackName: stackName, ...(NextToken === undefined ? {} : { NextToken }) })),
    );
    found.push(...(answer.StackResourceSummaries ?? []));
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  return found;
}

async function readFunctions(client: LambdaClient, names: readonly string[]): Promise<InstallationFacts['functions']> {
  const known = new Map<string, string>();
  let Marker: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await callAws('list functions', () => client.send(new ListFunctionsCommand(Marker === undefined ? {} : { Marker })));
    // The list leaves the state out of functions that are ready. Source: Lambda API, ListFunctions.
    for (const { FunctionName, State } of answer.Functions ?? []) if (FunctionName !== undefined) known.set(FunctionName, State ?? 'Active');
    Marker = answer.NextMarker;
    if (Marker === undefined) break;
  }
  // Inactive ones are idle; the next call wakes them.
  return names.map((name) => ({ name, state: (known.get(name) ?? 'deleted').replace('Inactive', 'Active') }));
}

async function readRules(client: EventBridgeClient, names: readonly string[]): Promise<InstallationFacts['rules']> {
  return Promise.all(
    names.map(async (id) => {
      // A rule of another bus than the default has `bus|rule` as its physical id.
      const name = id.slice(id.indexOf('|') + 1);
      const rule = await callAwsUnless(`describe rule ${name}`, { ResourceNotFoundException: () => undefined }, () =>
        client.send(new DescribeRuleCommand({ Name: name })),
      );
      return { name, enabled: rule?.State?.startsWith('ENABLED') ?? false };
    }),
  );
}

async function readQueues(client: SQSClient, urls: readonly string[]): Promise<InstallationFacts['queues']> {
  return Promise.all(
    urls.map(async (QueueUrl) => {
      const answer = await callAws(`get the attributes of ${QueueUrl}`, () =>
        client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })),
      );
      return { name: QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1), messages: Number(answer.Attributes?.['ApproximateNumberOfMessages'] ?? 0) };
    }),
  );
}

async function readTables(client: DynamoDBClient, names: readonly string[]): Promise<InstallationFacts['tables']> {
  return Promise.all(
    names.map(async (TableName) => {
      const answer = await callAwsUnless(`describe table ${TableName}`, { ResourceNotFoundException: () => undefined }, () =>
        client.send(new DescribeTableCommand({ TableName })),
      );
      return { name: TableName, status: answer?.Table?.TableStatus ?? 'deleted' };
    }),
  );
}

async function readAlarms(client: CloudWatchClient, names: readonly string[]): Promise<InstallationFacts['alarms']> {
  if (names.length === 0) return [];
  const answer = await callAws('describe alarms', () =>
    client.send(new DescribeAlarmsCommand({ AlarmNames: names.slice(0, ALARMS_AT_ONCE), MaxRecords: ALARMS_AT_ONCE })),
  );
  return (answer.MetricAlarms ?? []).map(({ AlarmName = '', StateValue = '', StateReason = '' }) => ({
    name: AlarmName,
    state: StateValue,
    reason: StateReason,
  }));
}

async function readFailures(client: SFNClient, arns: readonly string[], now: number): Promise<InstallationFacts['stateMachines']> {
  return Promise.all(
    arns.map(async (stateMachineArn) => {
      const answer = await callAws(`list executions of ${stateMachineArn}`, () =>
        client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'FAILED', maxResults: FAILURES_LISTED })),
      );
      const failedLately = (answer.executions ?? []).filter(({ stopDate }) => stopDate !== undefined && stopDate.getTime() > now - DAY).length;
      return { name: stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1), failedLately };
    }),
  );
}
