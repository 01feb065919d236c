// The local Lambda as the unmodified SDK sees it: real zips, run in worker threads.
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { createLambda } from '#localaws/lambda/create-lambda.ts';
import { createLambdaFaults, type LambdaFaults } from '#localaws/lambda/faults.ts';
import type { AwsShape, Principal, Service, ServiceFactory } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const ROLE = 'arn:aws:iam::000000000000:role/worker';
const START = Date.UTC(2026, 0, 15, 10);
const MINUTE_MS = 60_000;

/** One queue and one log, enough to see what Lambda sends where and as whom. */
function double(name: 'sqs' | 'logs', seen: { operation: string; input: AwsShape; principal: Principal }[], answers: Record<string, AwsShape>): ServiceFactory {
  const operations = Object.fromEntries(
    Object.entries(answers).map(([operation, answer]) => [
      operation,
      {
        handle: (input: AwsShape, call: { principal: Principal }) => {
          seen.push({ operation, input, principal: call.principal });
          return answer;
        },
      },
    ]),
  );
  return () => ({ name, iamPrefix: name, wires: [], operations }) satisfies Service;
}

let running: RunningRegion;
let client: LambdaClient;
let faults: LambdaFaults;
let sent: { operation: string; input: AwsShape; principal: Principal }[];
let logged: { operation: string; input: AwsShape; principal: Principal }[];

beforeEach(async () => {
  faults = createLambdaFaults();
  sent = [];
  logged = [];
  running = await startRegion({
    services: [
      createLambda({ faults }),
      double('sqs', sent, { GetQueueUrl: { QueueUrl: 'http://queue' }, SendMessage: { MessageId: 'm' } }),
      double('logs', logged, { PutLogEvents: {} }),
    ],
    clock: { kind: 'virtual' },
    startAt: START,
  });
  client = new LambdaClient({
    endpoint: running.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await running.close();
});

const zip = (files: Record<string, string>): Uint8Array => zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

async function make(
  name: string,
  source: string | Record<string, string>,
  more: Partial<ConstructorParameters<typeof CreateFunctionCommand>[0]> = {},
): Promise<void> {
  const files = typeof source === 'string' ? { 'index.mjs': source } : source;
  await client.send(
    new CreateFunctionCommand({ FunctionName: name, Role: ROLE, Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: zip(files) }, ...more }),
  );
}

async function invoke(name: string, payload: unknown = {}, more: Partial<InvokeCommandInput> = {}) {
  const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload), ...more }));
  const text = answer.Payload?.transformToString() ?? '';
  return { ...answer, body: text === '' ? undefined : (JSON.parse(text) as AwsShape) };
}

describe('functions', () => {
  test('a function is made, waited for, described, changed, listed and deleted', async () => {
    await make('greet', 'export const handler = async () => "hello";', { Tags: { team: 'delivery' }, Environment: { Variables: { LEVEL: 'info' } } });
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 10 }, { FunctionName: 'greet' });
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:greet';
    const { Configuration: configuration, Tags: tags } = await client.send(new GetFunctionCommand({ FunctionName: arn }));
    expect(configuration).toMatchObject({
      FunctionArn: arn,
      Timeout: 3,
      MemorySize: 128,
      Version: '$LATEST',
      LastModified: '2026-01-15T10:00:00.000+0000',
      Environment: { Variables: { LEVEL: 'info' } },
    });
    expect(tags).toEqual({ team: 'delivery' });
    expect((await client.send(new ListTagsCommand({ Resource: arn }))).Tags).toEqual({ team: 'delivery' });
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'greet', Timeout: 7 }));
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'greet', ZipFile: zip({ 'index.mjs': 'export const handler = async () => "changed";' }) }));
    expect((await invoke('greet')).body).toBe('changed');
    expect((await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'greet' }))).Timeout).toBe(7);
    expect((await client.send(new ListFunctionsCommand({}))).Functions?.map((entry) => entry.FunctionName)).toEqual(['greet']);
    await client.send(new DeleteFunctionCommand({ FunctionName: 'greet' }));
    await expect(invoke('greet')).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: `Function not found: ${arn}` });
  });

  test('bad settings and bad code are refused in the words of AWS', async () => {
    const source = 'export const handler = async () => 1;';
    await expect(make('a', source, { Runtime: 'python3.13' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(make('a', source, { Timeout: 901 })).rejects.toThrow(/Member must have value less than or equal to 900/);
    await expect(make('a', source, { Environment: { Variables: { AWS_REGION: 'x' } } })).rejects.toThrow(/Reserved keys used in this request: AWS_REGION/);
    await expect(make('a', source, { Code: { ZipFile: strToU8('not a zip') } })).rejects.toThrow(/Could not unzip uploaded file/);
    await expect(make('a', source, { Code: { S3Bucket: 'b', S3Key: 'k' } })).rejects.toThrow(/NoSuchKey/);
    await expect(make('a', { '../outside.mjs': 'x' })).rejects.toThrow(/Could not unzip/);
    await make('a', source);
    await expect(make('a', source)).rejects.toMatchObject({ name: 'ResourceConflictException', message: 'Function already exist: a' });
  });

  test('versions and aliases keep what they were made of', async () => {
    await make('step', 'export const handler = async () => 1;');
    const first = await client.send(new PublishVersionCommand({ FunctionName: 'step' }));
    expect((await client.send(new PublishVersionCommand({ FunctionName: 'step' }))).Version).toBe(first.Version);
    await client.send(new CreateAliasCommand({ FunctionName: 'step', Name: 'live', FunctionVersion: '1' }));
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'step', ZipFile: zip({ 'index.mjs': 'export const handler = async () => 2;' }) }));
    expect((await invoke('step')).body).toBe(2);
    expect(await invoke('step:live')).toMatchObject({ body: 1, ExecutedVersion: '1' });
    expect(await invoke('step', {}, { Qualifier: '1' })).toMatchObject({ body: 1 });
    await expect(invoke('step:9')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('running a function', () => {
  test('the handler gets the event and context, simulated time, and only the environment Lambda gives', async () => {
    const source = `
      export const handler = async (event, context) => ({
        event, now: Date.now(), fresh: new Date().toISOString(), called: Date(), zone: new Date().getTimezoneOffset(), date: new Date() instanceof Date,
        context: { ...context, left: context.getRemainingTimeInMillis() }, environment: process.env, cwd: process.cwd() === process.env.LAMBDA_TASK_ROOT });`;
    process.env['LEAKED_FROM_PARENT'] = 'yes';
    await make('look', source, { Environment: { Variables: { OWN: 'value' } }, Timeout: 5, MemorySize: 256 });
    const { body, ExecutedVersion } = await invoke('look', { hello: ['wörld'] });
    expect(ExecutedVersion).toBe('$LATEST');
    expect(body).toMatchObject({ event: { hello: ['wörld'] }, now: START, fresh: '2026-01-15T10:00:00.000Z', zone: 0, date: true, cwd: true });
    expect(body?.['called']).toBe('Thu Jan 15 2026 10:00:00 GMT+0000 (Coordinated Universal Time)');
    expect(body?.['context']).toMatchObject({
      functionName: 'look',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:look',
      logGroupName: '/aws/lambda/look',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(body?.['context']['left']).toBeGreaterThan(4_000);
    expect(body?.['environment']).toMatchObject({
      OWN: 'value',
      AWS_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_ENDPOINT_URL: running.endpointUrl,
      TZ: ':UTC',
    });
    expect(body?.['environment']).not.toHaveProperty('LEAKED_FROM_PARENT');
    delete process.env['LEAKED_FROM_PARENT'];
  });

  test('module scope lives on in a warm environment and each concurrent call has its own', async () => {
    await make('count', 'let n = 0; export const handler = async ({ wait }) => { n++; await new Promise((r) => setTimeout(r, wait ?? 0)); return n; };');
    expect((await invoke('count')).body).toBe(1);
    expect((await invoke('count')).body).toBe(2);
    const both = await Promise.all([invoke('count', { wait: 200 }), invoke('count', { wait: 200 })]);
    expect(both.map((answer) => answer.body).sort()).toEqual([1, 3]);
  });

  test('functions call AWS with the SDK of the runtime and the identity of their role', async () => {
    const principals: unknown[] = [];
    running.dispatcher.intercept((call, _input, next) => {
      if (call.operation === 'GetAccountSettings') principals.push(call.principal);
      return next();
    });
    const source = `
      import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
      const client = new LambdaClient({});
      export const handler = async () => (await client.send(new GetAccountSettingsCommand({}))).AccountUsage;`;
    await make('caller', source, { MemorySize: 512, Timeout: 20 });
    expect((await invoke('caller')).body).toMatchObject({ FunctionCount: 1 });
    expect(principals).toEqual([{ kind: 'role', roleArn: ROLE, sessionName: 'caller' }]);
  });

  test('CommonJS modules and nested handlers run too', async () => {
    await make('old', { 'dist/main.cjs': 'exports.api = { run: async (event) => event.n + 1 };' }, { Handler: 'dist/main.api.run' });
    expect((await invoke('old', { n: 1 })).body).toBe(2);
    await make(
      'older',
      { 'index.js': 'exports.handler = (event, context, callback) => setTimeout(() => callback(null, "called back"), 5);' },
      { Runtime: 'nodejs22.x' },
    );
    expect((await invoke('older')).body).toBe('called back');
  });

  test('what a function writes is logged, delivered under its role, and its tail answered', async () => {
    await make('talk', 'export const handler = async () => { console.log("one %d", 1); console.error(new Error("two")); process.stdout.write("raw\\n"); };');
    const { LogResult, body } = await invoke('talk', {}, { LogType: 'Tail' });
    expect(body).toBeNull();
    const text = Buffer.from(LogResult ?? '', 'base64').toString();
    expect(text).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST\n2026-01-15T10:00:00\.000Z\t[0-9a-f-]{36}\tINFO\tone 1\n/);
    expect(text).toMatch(/\tERROR\tError: two\n[\s\S]*raw\nEND RequestId: .*\nREPORT RequestId: .*Memory Size: 128 MB\tInit Duration/);
    await running.clock.runUntil(() => logged.length > 0, 1_000);
    expect(logged[0]).toMatchObject({
      operation: 'PutLogEvents',
      input: { logGroupName: '/aws/lambda/talk', logStreamName: expect.stringMatching(/^2026\/01\/15\/\[\$LATEST\][0-9a-f]{32}$/) },
      principal: { kind: 'role', roleArn: ROLE, sessionName: 'talk' },
    });
  });
});

describe('functions that fail', () => {
  const failing = async (source: string | Record<string, string>, more: Parameters<typeof make>[2] = {}) => {
    await make('bad', source, more);
    const answer = await invoke('bad');
    expect(answer.StatusCode).toBe(200);
    expect(answer.FunctionError).toBe('Unhandled');
    return answer.body;
  };

  test('a thrown error comes back with its name, message and trace', async () => {
    const body = await failing(
      'class OutOfStock extends Error { name = "OutOfStock" } export const handler = async () => { throw new OutOfStock("none left"); };',
    );
    expect(body).toMatchObject({ errorType: 'OutOfStock', errorMessage: 'none left', trace: expect.arrayContaining([expect.stringContaining('index.mjs')]) });
  });

  test('something thrown that is no error comes back too', async () => {
    expect(await failing('export const handler = async () => { throw "plain"; };')).toEqual({ errorType: 'string', errorMessage: 'plain', trace: [] });
  });

  test('a timeout ends the environment and the next call gets a new one', async () => {
    const source =
      'let n = 0; export const handler = async ({ quick }) => { n++; if (!quick) await new Promise(() => setInterval(() => {}, 1000)); return n; };';
    const body = await failing(source, { Timeout: 1 });
    expect(body).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/),
    });
    expect((await invoke('bad', { quick: true })).body).toBe(1);
  });

  test('a loop that never yields times out all the same', async () => {
    expect(await failing('export const handler = async () => { for (;;) {} };', { Timeout: 1 })).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });

  test('process.exit is a runtime that exited', async () => {
    expect(await failing('export const handler = async () => process.exit(3);')).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Error: Runtime exited with error: exit status 3$/),
    });
  });

  test('too much memory ends the environment, not this process', async () => {
    expect(await failing('export const handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };', { Timeout: 60 })).toMatchObject(
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/signal: aborted$/),
      },
    );
  }, 60_000);

  test('a rejection nobody handled is reported as the runtime reports it', async () => {
    const source = 'export const handler = async () => { Promise.reject(new Error("forgotten")); await new Promise((r) => setTimeout(r, 500)); };';
    expect(await failing(source)).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: forgotten' });
  });

  test.each([
    ['a missing module', { 'index.mjs': 'import "left-pad-nowhere"; export const handler = async () => 1;' }, 'Runtime.ImportModuleError', /left-pad-nowhere/],
    ['a missing file', { 'other.mjs': 'export const handler = async () => 1;' }, 'Runtime.ImportModuleError', /Cannot find module 'index'/],
    ['a syntax error', { 'index.mjs': 'export const handler = async () => {' }, 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
    ['a missing export', { 'index.mjs': 'export const other = 1;' }, 'Runtime.HandlerNotFound', /^index\.handler is undefined or not exported$/],
    ['an error while loading', { 'index.mjs': 'throw new RangeError("at start");' }, 'RangeError', /^at start$/],
    [
      'a callback handler on Node.js 24',
      { 'index.mjs': 'export const handler = (event, context, callback) => callback();' },
      'Runtime.CallbackHandlerDeprecated',
      /removed support/,
    ],
  ])('%s is an init error', async (_title, files, errorType, message) => {
    expect(await failing(files)).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
  });

  test('a result that is too large or not JSON is an error of the function', async () => {
    expect(await failing('export const handler = async () => "x".repeat(7 * 1024 * 1024);')).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
    await client.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'bad',
        ZipFile: zip({ 'index.mjs': 'export const handler = async () => { const a = {}; a.a = a; return a; };' }),
      }),
    );
    expect((await invoke('bad')).body).toMatchObject({ errorMessage: 'Unable to stringify response body' });
  });
});

describe('who may invoke, and how much', () => {
  const asService = (service: string, more: AwsShape = {}) =>
    running.region.call('lambda', 'Invoke', { FunctionName: 'open', Payload: '{}', ...more }, { kind: 'service', service });

  test('a service needs a statement in the resource policy', async () => {
    await make('open', 'export const handler = async () => "ok";');
    await expect(asService('events.amazonaws.com')).rejects.toMatchObject({ code: 'AccessDeniedException', httpStatus: 403 });
    await client.send(
      new AddPermissionCommand({
        FunctionName: 'open',
        StatementId: 'rule',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r',
      }),
    );
    expect(await asService('events.amazonaws.com')).toEqual({ StatusCode: 200, Payload: '"ok"', ExecutedVersion: '$LATEST' });
    await expect(asService('sns.amazonaws.com')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    const policy = JSON.parse((await client.send(new GetPolicyCommand({ FunctionName: 'open' }))).Policy ?? '') as AwsShape;
    expect(policy['Statement'][0]).toMatchObject({
      Sid: 'rule',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/r' } },
    });
    await client.send(new RemovePermissionCommand({ FunctionName: 'open', StatementId: 'rule' }));
    await expect(asService('events.amazonaws.com')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await expect(client.send(new GetPolicyCommand({ FunctionName: 'open' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('a dry run checks and runs nothing', async () => {
    await make('open', 'throw new Error("never loaded");');
    expect((await invoke('open', {}, { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  });

  test('calls above the reserved concurrency are throttled', async () => {
    await make('open', 'export const handler = async () => { await new Promise((r) => setTimeout(r, 300)); return 1; };');
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'open', ReservedConcurrentExecutions: 1 }));
    const calls = await Promise.allSettled([invoke('open'), invoke('open')]);
    expect(calls.filter((call) => call.status === 'fulfilled')).toHaveLength(1);
    expect(calls.find((call) => call.status === 'rejected')).toMatchObject({
      reason: { name: 'TooManyRequestsException', Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', $metadata: { httpStatusCode: 429 } },
    });
    await expect(client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'open', ReservedConcurrentExecutions: 950 }))).rejects.toThrow(
      /UnreservedConcurrentExecution/,
    );
  });

  test('payloads that are too large or no JSON are refused', async () => {
    await make('open', 'export const handler = async () => 1;');
    await expect(client.send(new InvokeCommand({ FunctionName: 'open', Payload: '{' }))).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    await expect(invoke('open', 'x'.repeat(2 * 1024 * 1024), { InvocationType: 'Event' })).rejects.toMatchObject({ name: 'RequestTooLargeException' });
  });
});

describe('asynchronous invocation', () => {
  const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:failed';
  /** Counts its attempts in the response of an API call, since its module scope does not survive a crash. */
  let attempts: { requestId: string; at: number }[];

  beforeEach(() => {
    attempts = [];
    faults.beforeInvocation = (_name, requestId) => {
      attempts.push({ requestId, at: running.clock.now() - START });
    };
  });

  test('an event is accepted at once and run', async () => {
    await make('later', 'export const handler = async () => { console.log("ran"); };');
    expect((await invoke('later', {}, { InvocationType: 'Event' })).StatusCode).toBe(202);
    await running.clock.runUntil(() => logged.length > 0, 1_000);
    expect(attempts).toHaveLength(1);
  });

  test('a failing function is tried again after one and two minutes and then given to its destination and dead-letter queue', async () => {
    await make('later', 'export const handler = async () => { throw new Error("always"); };', { DeadLetterConfig: { TargetArn: QUEUE } });
    await client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'later', DestinationConfig: { OnFailure: { Destination: QUEUE } } }));
    await invoke('later', { order: 1 }, { InvocationType: 'Event' });
    await running.clock.runUntil(() => sent.filter((call) => call.operation === 'SendMessage').length === 2, 10 * MINUTE_MS);
    expect(attempts.map((attempt) => attempt.at)).toEqual([0, MINUTE_MS, 3 * MINUTE_MS]);
    expect(new Set(attempts.map((attempt) => attempt.requestId)).size).toBe(1);
    const [destination, deadLetter] = sent.filter((call) => call.operation === 'SendMessage');
    expect(JSON.parse(destination?.input['MessageBody'])).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3, functionArn: expect.stringMatching(/:later:\$LATEST$/) },
      requestPayload: { order: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorMessage: 'always' },
    });
    expect(deadLetter?.input).toMatchObject({
      MessageBody: '{"order":1}',
      MessageAttributes: { ErrorMessage: { StringValue: 'always' }, ErrorCode: { StringValue: '200' } },
    });
    expect(deadLetter?.principal).toEqual({ kind: 'role', roleArn: ROLE, sessionName: 'later' });
  });

  test('the number of retries is the one configured', async () => {
    await make('later', 'export const handler = async () => { throw new Error("always"); };');
    await client.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName: 'later', MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: QUEUE } } }),
    );
    expect((await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'later' }))).MaximumRetryAttempts).toBe(0);
    await invoke('later', {}, { InvocationType: 'Event' });
    await running.clock.runUntil(() => sent.length === 2, MINUTE_MS);
    expect(attempts).toHaveLength(1);
  });

  test('a throttled event waits until there is room, or is too old', async () => {
    await make('later', 'export const handler = async () => 1;');
    await client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'later',
        MaximumEventAgeInSeconds: 600,
        DestinationConfig: { OnFailure: { Destination: QUEUE }, OnSuccess: { Destination: QUEUE } },
      }),
    );
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'later', ReservedConcurrentExecutions: 0 }));
    await invoke('later', { n: 1 }, { InvocationType: 'Event' });
    await running.clock.runUntil(() => sent.length === 2, 60 * MINUTE_MS);
    expect(attempts).toHaveLength(0);
    expect(JSON.parse(sent[1]?.input['MessageBody'])['requestContext']).toMatchObject({ condition: 'EventAgeExceeded', approximateInvokeCount: 0 });
    await invoke('later', { n: 2 }, { InvocationType: 'Event' });
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'later', ReservedConcurrentExecutions: 5 }));
    await running.clock.runUntil(() => sent.length === 4, 60 * MINUTE_MS);
    expect(JSON.parse(sent[3]?.input['MessageBody'])).toMatchObject({ requestContext: { condition: 'Success' }, responsePayload: 1 });
  });

  test('a function killed in the middle of its work fails as a crashed sandbox and is tried again', async () => {
    let killed = 0;
    running.dispatcher.intercept(async (call, _input, next) => {
      const answer = await next();
      if (call.operation === 'GetAccountSettings' && killed === 0) killed += faults.killRunning('later');
      return answer;
    });
    const source = `
      const url = process.env.AWS_ENDPOINT_URL + '/2016-08-19/account-settings';
      export const handler = async () => { await fetch(url); console.log('finished'); };`;
    await make('later', source, { Timeout: 10 });
    await invoke('later', {}, { InvocationType: 'Event' });
    await running.clock.runUntil(() => JSON.stringify(logged).includes('finished'), 10 * MINUTE_MS);
    expect(killed).toBe(1);
    expect(attempts.map((attempt) => attempt.at)).toEqual([0, MINUTE_MS]);
    expect(JSON.stringify(logged)).toContain('Runtime exited with error: signal: killed');
  });
});
