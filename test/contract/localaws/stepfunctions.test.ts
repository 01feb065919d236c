// The local Step Functions as the unmodified AWS SDK sees it over HTTP.

import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  paginateGetExecutionHistory,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AwsShape, Service } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';
import { createStepFunctions } from '#localaws/stepfunctions/create-step-functions.ts';

const roleArn = 'arn:aws:iam::000000000000:role/machine';
const emitted: AwsShape[] = [];
const bus: Service = {
  name: 'events',
  iamPrefix: 'events',
  wires: [],
  operations: {
    PutEvents: {
      handle(input) {
        emitted.push(...input['Entries']);
        return { FailedEntryCount: 0, Entries: [] };
      },
    },
  },
};

let region: RunningRegion;
let client: SFNClient;
let machines = 0;

beforeAll(async () => {
  region = await startRegion({ services: [createStepFunctions, () => bus], clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 0, 1) });
  client = new SFNClient({
    endpoint: region.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    disableHostPrefix: true,
  });
});

afterAll(async () => {
  client.destroy();
  await region.close();
});

const definition = (states: AwsShape): string => JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states });
const WAITING = definition({ W: { Type: 'Wait', Seconds: 60, End: true } });
const PASSING = definition({ P: { Type: 'Pass', Output: { got: '{% $states.input %}' }, End: true } });

async function create(text: string, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): Promise<string> {
  const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name: `machine-${++machines}`, definition: text, roleArn, type }));
  return stateMachineArn;
}

/** Lets time go on until the execution is over. */
async function finish(executionArn: string): Promise<void> {
  const status = async (): Promise<unknown> => (await region.dispatcher.call('states', 'DescribeExecution', { executionArn }, { kind: 'root' }))['status'];
  await region.clock.runUntil(async () => (await status()) !== 'RUNNING', 3_600_000);
}

describe('state machines', () => {
  test('are created once, described, updated, listed and deleted', async () => {
    const input = { name: 'orders', definition: PASSING, roleArn, tags: [{ key: 'team', value: 'a' }] };
    const { stateMachineArn, creationDate } = await client.send(new CreateStateMachineCommand(input));
    expect(stateMachineArn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:orders');
    expect((await client.send(new CreateStateMachineCommand(input))).creationDate).toEqual(creationDate);
    await expect(client.send(new CreateStateMachineCommand({ ...input, definition: WAITING }))).rejects.toMatchObject({ name: 'StateMachineAlreadyExists' });
    expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
      name: 'orders',
      status: 'ACTIVE',
      type: 'STANDARD',
      definition: PASSING,
      roleArn,
      creationDate,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
    });
    const { revisionId } = await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: WAITING }));
    expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({ definition: WAITING, revisionId });
    await expect(client.send(new UpdateStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({ name: 'MissingRequiredParameter' });
    expect((await client.send(new ListStateMachinesCommand({}))).stateMachines?.map(({ name }) => name)).toContain('orders');
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await expect(client.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toBeInstanceOf(StateMachineDoesNotExist);
  });

  test('under deletion stay until their last execution is over, and start no new one', async () => {
    const stateMachineArn = await create(WAITING);
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    expect((await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).status).toBe('DELETING');
    await expect(client.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toMatchObject({ name: 'StateMachineDeleting' });
    await finish(executionArn);
    await expect(client.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    expect((await client.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('SUCCEEDED');
  });

  test.each([
    ['a name with a space', { name: 'a b', definition: PASSING, roleArn }, 'InvalidName'],
    ['a name of 81 characters', { name: 'x'.repeat(81), definition: PASSING, roleArn }, 'ValidationException'],
    ['no name', { name: undefined, definition: PASSING, roleArn }, 'ValidationException'],
    ['an empty definition', { name: 'ok', definition: '{}', roleArn }, 'InvalidDefinition'],
    ['a role that is no ARN', { name: 'ok', definition: PASSING, roleArn: 'nobody' }, 'InvalidArn'],
    ['an unknown type', { name: 'ok', definition: PASSING, roleArn, type: 'FAST' as 'EXPRESS' }, 'ValidationException'],
  ])('with %s are refused', async (_what, input, name) => {
    await expect(client.send(new CreateStateMachineCommand(input))).rejects.toMatchObject({ name });
  });

  test('can be validated before', async () => {
    expect(await client.send(new ValidateStateMachineDefinitionCommand({ definition: PASSING }))).toMatchObject({
      result: 'OK',
      diagnostics: [],
      truncated: false,
    });
    const { result, diagnostics, truncated } = await client.send(
      new ValidateStateMachineDefinitionCommand({ definition: '{"StartAt":"A","States":{"B":{}}}', maxResults: 1 }),
    );
    expect({ result, truncated }).toEqual({ result: 'FAIL', truncated: true });
    expect(diagnostics).toEqual([{ severity: 'ERROR', code: 'MISSING_TRANSITION_TARGET', location: '/StartAt', message: "Missing 'StartAt' target: A" }]);
  });

  test('carry tags', async () => {
    const resourceArn = await create(PASSING);
    await client.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([{ key: 'b', value: '2' }]);
    await expect(client.send(new TagResourceCommand({ resourceArn: `${resourceArn}x`, tags: [] }))).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});

describe('executions', () => {
  test('run to their end, which is described and told to EventBridge', async () => {
    const stateMachineArn = await create(PASSING);
    const { executionArn = '', startDate } = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'first', input: '{"a":1}' }));
    await finish(executionArn);
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'SUCCEEDED',
      name: 'first',
      stateMachineArn,
      startDate,
      stopDate: startDate,
      input: '{"a":1}',
      inputDetails: { included: true },
      output: '{"got":{"a":1}}',
      outputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
    });
    const told = emitted.filter(({ Resources }) => Resources[0] === executionArn);
    expect(told.map(({ Detail }) => JSON.parse(Detail).status)).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(told[1]).toMatchObject({ Source: 'aws.states', DetailType: 'Step Functions Execution Status Change' });
    expect(JSON.parse(told[1]?.['Detail'])).toMatchObject({
      startDate: startDate?.getTime(),
      stopDate: startDate?.getTime(),
      output: '{"got":{"a":1}}',
      name: 'first',
    });
  });

  test('with the same name and input are one while it runs', async () => {
    const stateMachineArn = await create(WAITING);
    const input = { stateMachineArn, name: 'once', input: '{"a":1}' };
    const first = await client.send(new StartExecutionCommand(input));
    const again = await client.send(new StartExecutionCommand(input));
    expect([again.executionArn, again.startDate]).toEqual([first.executionArn, first.startDate]);
    await expect(client.send(new StartExecutionCommand({ ...input, input: '{}' }))).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    await finish(first.executionArn ?? '');
    await expect(client.send(new StartExecutionCommand(input))).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  });

  test.each([
    ['with such a name', { name: 'a:b' }, 'InvalidName'],
    ['with a name of 81 characters', { name: 'x'.repeat(81) }, 'ValidationException'],
    ['with an input that is no JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['with an input above 256 KiB', { input: JSON.stringify('x'.repeat(262_144)) }, 'InvalidExecutionInput'],
    ['of a machine that is not there', { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:none' }, 'StateMachineDoesNotExist'],
    ['of what is no ARN', { stateMachineArn: 'none' }, 'InvalidArn'],
  ])('%s cannot be started', async (_what, input, name) => {
    const stateMachineArn = await create(PASSING);
    await expect(client.send(new StartExecutionCommand({ stateMachineArn, ...input }))).rejects.toMatchObject({ name });
  });

  test('are listed newest first, by status and in pages', async () => {
    const stateMachineArn = await create(WAITING);
    for (const name of ['a', 'b', 'c']) await client.send(new StartExecutionCommand({ stateMachineArn, name }));
    const { stopDate } = await client.send(
      new StopExecutionCommand({ executionArn: `${stateMachineArn.replace('stateMachine', 'execution')}:b`, error: 'E', cause: 'C' }),
    );
    expect(stopDate).toEqual(new Date(region.clock.now()));
    const names = async (input: object): Promise<unknown> =>
      (await client.send(new ListExecutionsCommand({ stateMachineArn, ...input }))).executions?.map(({ name }) => name);
    expect(await names({})).toEqual(['c', 'b', 'a']);
    expect(await names({ statusFilter: 'ABORTED' })).toEqual(['b']);
    const { executions, nextToken } = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2 }));
    expect(executions).toHaveLength(2);
    expect(await names({ nextToken })).toEqual(['a']);
    await expect(client.send(new ListExecutionsCommand({ stateMachineArn, nextToken: 'x' }))).rejects.toMatchObject({ name: 'InvalidToken' });
  });

  test('keep the definition they started with', async () => {
    const stateMachineArn = await create(WAITING);
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: PASSING }));
    expect(await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))).toMatchObject({ stateMachineArn, definition: WAITING });
  });

  test('tell their history in pages, backwards, and without data when asked', async () => {
    const stateMachineArn = await create(definition({ A: { Type: 'Pass', Assign: { x: { y: 1 } }, Next: 'B' }, B: { Type: 'Pass', End: true } }));
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '"in"' }));
    await finish(executionArn);
    const ids: (number | undefined)[] = [];
    for await (const page of paginateGetExecutionHistory({ client, pageSize: 4 }, { executionArn })) ids.push(...(page.events ?? []).map(({ id }) => id));
    expect(ids).toEqual([1, 2, 3, 4, 5, 6]);
    const backwards = await client.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }));
    expect(backwards.events).toEqual([
      {
        id: 6,
        previousEventId: 5,
        timestamp: new Date(region.clock.now()),
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output: '"in"', outputDetails: { truncated: false } },
      },
    ]);
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.[2]?.stateExitedEventDetails).toEqual({
      name: 'A',
      output: '"in"',
      outputDetails: { truncated: false },
      assignedVariables: { x: '{"y":1}' },
      assignedVariablesDetails: { truncated: false },
    });
    const bare = await client.send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }));
    expect(bare.events?.[2]?.stateExitedEventDetails).toEqual({
      name: 'A',
      outputDetails: { truncated: false },
      assignedVariablesDetails: { truncated: false },
    });
  });

  test('that are not known are errors', async () => {
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:a:b';
    await expect(client.send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    await expect(client.send(new GetExecutionHistoryCommand({ executionArn: 'x' }))).rejects.toMatchObject({ name: 'InvalidArn' });
    await expect(client.send(new SendTaskSuccessCommand({ taskToken: 'x', output: '{}' }))).rejects.toMatchObject({ name: 'InvalidToken' });
  });

  test('of Express machines can be waited for', async () => {
    const stateMachineArn = await create(WAITING, 'EXPRESS');
    const answer = client.send(new StartSyncExecutionCommand({ stateMachineArn, input: '{"a":1}' }));
    let isOver = false;
    answer
      .finally(() => {
        isOver = true;
      })
      .catch(() => undefined);
    // The request must have arrived before time may jump.
    while (region.clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
    await region.clock.runUntil(() => isOver || region.clock.pendingTimers === 0, 3_600_000);
    expect(await answer).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}', billingDetails: { billedDurationInMilliseconds: 60_000 } });
    await expect(client.send(new ListExecutionsCommand({ stateMachineArn }))).rejects.toMatchObject({ name: 'StateMachineTypeNotSupported' });
    await expect(client.send(new StartSyncExecutionCommand({ stateMachineArn: await create(WAITING) }))).rejects.toMatchObject({
      name: 'StateMachineTypeNotSupported',
    });
  });
});

describe('permissions', () => {
  test('are asked for the state machine or execution concerned', async () => {
    const asked: [string, readonly string[]][] = [];
    const stateMachineArn = await create(WAITING);
    region.dispatcher.setAuthorizer((_principal, action, resources) => {
      asked.push([action, resources]);
      return action === 'states:StopExecution' ? 'not you' : undefined;
    });
    const role = { kind: 'role', roleArn, sessionName: 's' } as const;
    const { executionArn } = await region.dispatcher.call('states', 'StartExecution', { stateMachineArn }, role);
    await expect(region.dispatcher.call('states', 'StopExecution', { executionArn }, role)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await region.dispatcher.call('states', 'ListStateMachines', {}, role);
    region.dispatcher.setAuthorizer(() => undefined);
    expect(asked).toEqual([
      ['states:StartExecution', [stateMachineArn]],
      ['states:StopExecution', [executionArn]],
      ['states:ListStateMachines', ['*']],
    ]);
  });
});
