// HTTP servers as subscribers of the local SNS: asked to confirm, then sent messages; only servers of this machine.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AwsShape } from '#localaws/region.ts';
import { createSns } from '#localaws/sns/create-sns.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

let region: RunningRegion;
let client: SNSClient;
let TopicArn: string;
let log: string[];
let server: Server | undefined;

beforeEach(async () => {
  log = [];
  region = await startRegion({ services: [createSns], clock: { kind: 'virtual' }, log: (_source, message) => log.push(message) });
  client = new SNSClient({ endpoint: region.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  TopicArn = (await client.send(new CreateTopicCommand({ Name: 'notifications' }))).TopicArn ?? '';
});

afterEach(async () => {
  client.destroy();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await region.close();
});

async function advance(ms: number): Promise<void> {
  const until = region.clock.now() + ms;
  region.clock.schedule(ms, () => undefined);
  await region.clock.runUntil(() => region.clock.now() >= until, ms);
}
const subscribe = async (Protocol: string, Endpoint: string, more: { ReturnSubscriptionArn?: boolean } = {}) =>
  (await client.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, ...more }))).SubscriptionArn ?? '';
const publish = (Message: string) => client.send(new PublishCommand({ TopicArn, Message }));

describe('HTTP servers as subscribers', () => {
  async function listen(seen: { headers: IncomingHttpHeaders; body: string }[], statusOf: () => number = () => 200): Promise<string> {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(statusOf()).end();
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  }

  test('A server of this machine confirms by the URL it is sent, and gets messages from then on.', async () => {
    const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
    expect(await subscribe('http', await listen(seen))).toBe('pending confirmation');
    expect((await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toMatchObject([{ SubscriptionArn: 'PendingConfirmation' }]);
    await publish('too early');
    await advance(100);
    expect(seen).toHaveLength(1);
    const { Type, SubscribeURL } = JSON.parse(seen[0]?.body ?? '{}') as AwsShape;
    expect(Type).toBe('SubscriptionConfirmation');
    const confirmed = await fetch(String(SubscribeURL));
    expect(await confirmed.text()).toContain(`<SubscriptionArn>${TopicArn}:`);
    await publish('now');
    await advance(100);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.headers).toMatchObject({ 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': TopicArn });
    expect(JSON.parse(seen[1]?.body ?? '{}')).toMatchObject({ Message: 'now' });
  });

  test('A server that fails is tried three times more, 20 seconds apart.', async () => {
    const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
    await subscribe('http', await listen(seen, () => (seen.length > 1 ? 503 : 200)));
    await advance(100);
    const { Token } = JSON.parse(seen[0]?.body ?? '{}') as AwsShape;
    await client.send(new ConfirmSubscriptionCommand({ TopicArn, Token: String(Token) }));
    await publish('x');
    await advance(70_000);
    expect(seen).toHaveLength(1 + 4);
    expect(log.some((line) => line.includes('answered 503'))).toBe(true);
  });

  test('Servers elsewhere and e-mail stay pending and are sent nothing.', async () => {
    expect(await subscribe('https', 'https://example.com/hook')).toBe('pending confirmation');
    expect(await subscribe('email', 'somebody@example.com', { ReturnSubscriptionArn: true })).toContain(TopicArn);
    await advance(1_000);
    expect(log.filter((line) => line.includes('stays pending'))).toHaveLength(2);
    await expect(client.send(new ConfirmSubscriptionCommand({ TopicArn, Token: 'guess' }))).rejects.toThrow('Invalid parameter: Token');
  });
});
