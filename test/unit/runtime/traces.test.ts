// What one invocation leaves behind where Lambda traces, and where it does not: log line, metric and trace carry the same ids.
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

interface Subsegment {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly subsegments?: readonly Subsegment[];
}

let daemon: Socket;
let received: string[] = [];
const lambda = {
  AWS_LAMBDA_FUNCTION_NAME: 'weir-dev-sweep',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  LAMBDA_TASK_ROOT: '/var/task',
  _HANDLER: 'index.handler',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
  WEIR_TABLE: 'weir-dev',
};

beforeAll(async () => {
  daemon = createSocket('udp4').on('message', (message) => received.push(message.toString()));
  await new Promise<void>((resolve) => daemon.bind(0, '127.0.0.1', resolve));
});
afterAll(() => void daemon.close());

async function run(tracing: 'Active' | 'PassThrough') {
  received = [];
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...lambda, WEIR_TRACING: tracing, AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}` };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'traced-function.ts')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return { code, output, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), segments: received.flatMap(documentsOf) };
}

/** A datagram is a header line and a document. Source: X-Ray developer guide, "Sending segment documents to the X-Ray daemon". */
function documentsOf(datagram: string): readonly Subsegment[] {
  const [, document] = datagram.split('\n');
  return document === undefined ? [] : [JSON.parse(document) as Subsegment];
}

describe('an invocation', () => {
  test('traced: the segment is annotated with service and deployment, and AWS calls are in it', async () => {
    const { code, output, lines, segments } = await run('Active');
    expect({ code, output }).toMatchObject({ code: 0 });
    const all = segments.flatMap((segment) => [segment, ...(segment.subsegments ?? [])]);
    expect(all).toContainEqual(
      expect.objectContaining({
        name: '## index.handler',
        annotations: expect.objectContaining({ Service: 'weir', serviceKey: 'prod/orders', deploymentId: 'd-1', ColdStart: true }),
      }),
    );
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['SFN', 'DynamoDB']));
    expect(lines).toContainEqual(expect.objectContaining({ message: 'done', serviceKey: 'prod/orders', deploymentId: 'd-1' }));
  });

  test('not traced: the same lines and metrics, and nothing is sent', async () => {
    const { code, output, lines, segments } = await run('PassThrough');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(segments).toEqual([]);
    expect(lines).toContainEqual(expect.objectContaining({ message: 'done', serviceKey: 'prod/orders', deploymentId: 'd-1' }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        service: 'weir',
        Stack: 'weir-dev',
        SweeperRepairs: 2,
        serviceKey: 'prod/orders',
        deploymentId: 'd-1',
        _aws: expect.objectContaining({
          CloudWatchMetrics: [
            expect.objectContaining({ Namespace: 'Weir', Dimensions: [['service', 'Stack']], Metrics: [{ Name: 'SweeperRepairs', Unit: 'Count' }] }),
          ],
        }),
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ ColdStart: 1, function_name: 'weir-dev-sweep' }));
  });
});
