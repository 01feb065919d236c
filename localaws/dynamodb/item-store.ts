// Where the items are: dynalite's request handler, called in this process without a socket. It brings DynamoDB's expressions,
// validation and messages; what it lacks is added around it by the operations.
import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type dynalite from 'dynalite';
import { AwsError } from '../endpoint/aws-error.ts';
import { serializeJson } from '../endpoint/json-wire.ts';
import type { AwsShape } from '../region.ts';

export interface ItemStore {
  /** Runs one operation of dynalite. @throws AwsError as DynamoDB would answer. */
  run(operation: string, input: AwsShape): Promise<AwsShape>;
  /** Runs `work` alone: all that touches items goes through here, so that a transaction is one step to everyone else. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The operations that dynalite knows; everything else is answered beside it. */
export const OPERATIONS_OF_DYNALITE: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
  'UpdateTable',
]);

/** dynalite asks for a signature but does not check it; identity is the endpoint's business. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20000101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=local/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

export function createItemStore(): ItemStore {
  // Only now: whoever keeps items in memory does without dynalite's database.
  const create = createRequire(import.meta.url)('dynalite') as typeof dynalite;
  const server: Server = create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (operation, input) => request(server, operation, input),
    alone(work) {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await last;
    },
  };
}

function request(server: Server, operation: string, input: AwsShape): Promise<AwsShape> {
  return new Promise((resolve, reject) => {
    const incoming = Object.assign(new EventEmitter(), {
      method: 'POST',
      url: '/',
      headers: { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
    });
    const outgoing = {
      statusCode: 200,
      setHeader: () => undefined,
      end: (text?: string) => {
        const body = JSON.parse(text ?? '{}') as AwsShape;
        if (outgoing.statusCode === 200) resolve(body);
        else reject(errorOf(body, outgoing.statusCode));
      },
    };
    try {
      server.emit('request', incoming, outgoing);
      incoming.emit('data', Buffer.from(serializeJson(input)));
      incoming.emit('end');
    } catch (cause) {
      // dynalite throws on input its checks did not foresee; AWS has one answer to that.
      reject(new AwsError('SerializationException', 'The request could not be read.', { cause }));
    }
  });
}

/** dynalite's error as DynamoDB's. */
export function errorOf(body: AwsShape, status: number): AwsError {
  const { __type, message, Message, ...members } = body;
  const code = String(__type ?? 'InternalServerError')
    .split('#')
    .pop();
  return new AwsError(code ?? 'InternalServerError', String(message ?? Message ?? ''), { httpStatus: status, members });
}
