// What it costs a function's processor to read and to write a record, as one JSON text and as a map of DynamoDB attributes: the same
// record through the same SDK client, without a network.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const ROUNDS = 5;
const CALLS = 1_000;
/** A deployment in the middle of its canary has about so many. */
const TIMELINE_ENTRIES = 40;
const EVIDENCE_MINUTES = 20;

const side = (requests: number) => ({ requests, errors: 1, slow: { p50: requests / 2, p90: requests / 10, p99: requests / 100 }, tasks: 2 });
const record = {
  id: '20261123T090040-3aa07f7697',
  serviceKey: 'prod/orders',
  status: 'Shifting',
  timeline: Array.from({ length: TIMELINE_ENTRIES }, (_, index) => ({
    at: 1_795_424_700_000 + index * 15_000,
    text: `After ${index} looks nothing is against green`,
  })),
  evidence: {
    minutes: Array.from({ length: EVIDENCE_MINUTES }, (_, index) => ({ minute: index * 60_000, blue: side(2_700), green: side(300), verdict: 'inconclusive' })),
  },
};

interface Form {
  readonly name: string;
  readonly stored: unknown;
  read(value: unknown): unknown;
}

const forms: readonly Form[] = [
  { name: 'map of attributes', stored: record, read: (value) => value },
  { name: 'JSON text', stored: undefined, read: (value) => JSON.parse(String(value)) },
];

/** Microseconds of processor time per call. */
async function cost(call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < CALLS; index++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

async function measure(form: Form): Promise<{ readonly read: number; readonly write: number }> {
  const stored = (): unknown => form.stored ?? JSON.stringify(record);
  let answer = Buffer.from('{}');
  let asked: unknown;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      requestHandler: {
        handle: async (request: { readonly body: unknown }) => {
          asked = request.body;
          return { response: { statusCode: 200, headers: {}, body: answer } };
        },
      } as never,
    }),
  );
  const Key = { pk: 'SERVICE#prod/orders', sk: `DEPLOYMENT#${record.id}` };
  const write = await cost(() =>
    client.send(
      new UpdateCommand({
        TableName: 'weir',
        Key,
        UpdateExpression: 'SET #r = :r',
        ExpressionAttributeNames: { '#r': 'record' },
        ExpressionAttributeValues: { ':r': stored() },
      }),
    ),
  );
  // What was written is what is read.
  answer = Buffer.from(JSON.stringify({ Item: { record: JSON.parse(Buffer.from(asked as Uint8Array).toString()).ExpressionAttributeValues[':r'] } }));
  const read = await cost(async () => form.read((await client.send(new GetCommand({ TableName: 'weir', Key }))).Item?.['record']));
  return { read, write };
}

/** Prints both forms, the rounds alternating, and their ratio. */
export async function benchRecords(): Promise<void> {
  const best = forms.map(() => ({ read: Number.POSITIVE_INFINITY, write: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, form] of forms.entries()) {
      const { read, write } = await measure(form);
      const known = best[index];
      if (known !== undefined) best[index] = { read: Math.min(known.read, read), write: Math.min(known.write, write) };
    }
  }
  process.stdout.write(
    `A record of ${JSON.stringify(record).length.toLocaleString('en')} bytes; processor time of the SDK and the record's form, the best of ${ROUNDS} rounds of ${CALLS.toLocaleString('en')} calls\n\n`,
  );
  for (const [index, form] of forms.entries()) {
    const { read, write } = best[index] ?? { read: 0, write: 0 };
    process.stdout.write(`${form.name.padEnd(20)} read ${read.toFixed(0).padStart(5)} µs   write ${write.toFixed(0).padStart(5)} µs\n`);
  }
  const [map, text] = best;
  if (map === undefined || text === undefined) return;
  process.stdout.write(`\nthe text costs ${(text.read / map.read).toFixed(2)} of the map to read, ${(text.write / map.write).toFixed(2)} to write\n`);
}
