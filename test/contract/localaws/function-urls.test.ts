// Function URLs of the local Lambda: made through the unmodified SDK, used over plain HTTP.
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { createLambda } from '#localaws/lambda/create-lambda.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const FunctionName = 'page';
const code = `export const handler = async (event) => {
  if (event.rawPath === '/fails') throw new Error('secret');
  if (event.rawPath === '/plain') return { method: event.requestContext.http.method };
  return { statusCode: 201, headers: { 'content-type': 'text/plain', 'x-own': '1' }, cookies: ['a=b'], body: JSON.stringify(event) };
};`;
let running: RunningRegion;
let client: LambdaClient;
let url: string;

beforeAll(async () => {
  running = await startRegion({ services: [createLambda({ sendsLogs: false })], clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 0, 15, 10) });
  client = new LambdaClient({ endpoint: running.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
  const ZipFile = zipSync({ 'index.mjs': strToU8(code) });
  await client.send(
    new CreateFunctionCommand({ FunctionName, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/r', Code: { ZipFile } }),
  );
  url = (await client.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }))).FunctionUrl ?? '';
});
afterAll(async () => {
  client.destroy();
  await running.close();
});

describe('a function URL', () => {
  test('is described, made once, and refused for what is not available here', async () => {
    expect(await client.send(new GetFunctionUrlConfigCommand({ FunctionName }))).toMatchObject({ FunctionUrl: url, AuthType: 'NONE', InvokeMode: 'BUFFERED' });
    await expect(client.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }))).rejects.toMatchObject({
      name: 'ResourceConflictException',
    });
    await expect(client.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'AWS_IAM' }))).rejects.toThrow('localaws: AuthType AWS_IAM');
  });

  test('is forbidden until the policy lets everybody in, by both permissions', async () => {
    expect((await fetch(url)).status).toBe(403);
    const everybody = { FunctionName, Principal: '*' };
    await client.send(new AddPermissionCommand({ ...everybody, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }));
    expect((await fetch(url)).status).toBe(403);
    await client.send(new AddPermissionCommand({ ...everybody, StatementId: 'invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }));
    expect((await fetch(url)).status).toBe(201);
  });

  test('hands over payload format 2.0, and turns the answer into HTTP', async () => {
    const response = await fetch(`${url}some/path?a=1&a=2&b=%20`, { method: 'POST', body: new URLSearchParams({ reason: 'yes & no' }) });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-own')).toBe('1');
    expect(response.headers.get('set-cookie')).toBe('a=b');
    const event = JSON.parse(await response.text());
    expect(event).toMatchObject({
      version: '2.0',
      rawPath: '/some/path',
      rawQueryString: 'a=1&a=2&b=%20',
      queryStringParameters: { a: '1,2', b: ' ' },
      requestContext: { accountId: 'anonymous', http: { method: 'POST', path: '/some/path', sourceIp: expect.stringContaining('127.0.0.1') } },
      isBase64Encoded: true,
    });
    expect(Buffer.from(event.body, 'base64').toString()).toBe('reason=yes+%26+no');
  });

  test('answers what is no response as JSON, and tells nothing of an error', async () => {
    expect(await (await fetch(`${url}plain`, { method: 'DELETE' })).json()).toEqual({ method: 'DELETE' });
    const failed = await fetch(`${url}fails`);
    expect({ status: failed.status, text: await failed.text() }).toEqual({ status: 502, text: '{"message":"Internal Server Error"}' });
  });

  test('is gone when it was deleted', async () => {
    await client.send(new DeleteFunctionUrlConfigCommand({ FunctionName }));
    expect((await fetch(url)).status).toBe(403);
    await expect(client.send(new GetFunctionUrlConfigCommand({ FunctionName }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
