// The table's keys and the conditional write that every record shares. Items: docs/architecture.md.
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { ConflictError, RetryableError } from '#ports/errors.ts';
import { callAws, errorName } from '../operating-error.ts';

export interface RecordsTable {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

export const LISTING_INDEX = 'listing';
export const PAGE_SIZE = 100;

export const serviceKeys = (serviceKey: string) => ({ pk: `SERVICE#${serviceKey}`, sk: 'SERVICE' });
export const deploymentKeys = (serviceKey: string, id: string) => ({ pk: `SERVICE#${serviceKey}`, sk: `DEPLOYMENT#${id}` });
export const crashKeys = (serviceKey: string, taskDefinitionArn: string) => ({ pk: `SERVICE#${serviceKey}`, sk: `CRASHES#${taskDefinitionArn}` });
export const subscriptionListKeys = (serviceKey: string) => ({ pk: `SERVICE#${serviceKey}`, sk: 'SUBSCRIPTIONS' });

/**
 * What an item's attribute `record` holds: the whole record as one JSON text. It is always read and written whole and no expression
 * looks into it, and a text costs the SDK, and the function's processor, a fraction of a map of the same members (bench: records).
 */
export function recordText(record: unknown): string {
  return JSON.stringify(record);
}

/** The record of an item that has one. */
export function recordOf<Record>(item: Readonly<{ readonly [attribute: string]: unknown }>): Record {
  return JSON.parse(String(item['record'])) as Record;
}

/** `SERVICE#cluster/service` -> `cluster/service`. */
export function withoutPrefix(key: unknown, prefix: string): string {
  return String(key).slice(prefix.length);
}

/** Requests for what DynamoDB left out of an answer, as it may under load. */
const READ_ROUNDS_MAX = 3;

/**
 * Reads a few items with one call, strongly consistent; those that are not there are left out.
 * @throws RetryableError when DynamoDB keeps leaving items unread
 */
export async function readItems(
  table: RecordsTable,
  what: string,
  keys: readonly { readonly pk: string; readonly sk: string }[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const found: Readonly<Record<string, unknown>>[] = [];
  let asked: readonly Readonly<Record<string, unknown>>[] = keys;
  for (let round = 0; asked.length > 0; round++) {
    if (round === READ_ROUNDS_MAX) throw new RetryableError(`${what}: DynamoDB left ${asked.length} of ${keys.length} items unread`);
    const answer = await callAws(what, () =>
      table.client.send(new BatchGetCommand({ RequestItems: { [table.name]: { Keys: [...asked], ConsistentRead: true } } })),
    );
    found.push(...(answer.Responses?.[table.name] ?? []));
    asked = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return found;
}

/**
 * Reads the first items of a query, up to a limit: as many pages as they fill, for DynamoDB ends a page at 1 MB whatever the limit says.
 * Source: DynamoDB developer guide, "Paginating table query results".
 */
export async function queryItems(
  table: RecordsTable,
  what: string,
  query: Omit<QueryCommandInput, 'TableName' | 'Limit' | 'ExclusiveStartKey'>,
  limit: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const found: Readonly<Record<string, unknown>>[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const Limit = limit - found.length;
    const asked = { ...query, TableName: table.name, Limit, ...(after === undefined ? {} : { ExclusiveStartKey: after }) };
    const page = await callAws(what, () => table.client.send(new QueryCommand(asked)));
    found.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
  } while (after !== undefined && found.length < limit);
  return found;
}

export interface VersionedWrite {
  readonly keys: { readonly pk: string; readonly sk: string };
  readonly record: unknown;
  readonly expectedVersion: number | undefined;
  readonly writeId: string;
  /** `listing` and its order while the item is listed. */
  readonly listing: { readonly name: string; readonly order: string } | undefined;
  /** Epoch seconds after which DynamoDB may delete it; absent: it is kept. */
  readonly expiresAt?: number;
}

/**
 * Writes a record if it still has the expected version (undefined: if there is none). A failed condition whose stored writeId is
 * ours is our own write, whose answer got lost and which the SDK tried again: that is success.
 * @returns the new version
 * @throws ConflictError when somebody else wrote first
 */
export async function writeVersioned(table: RecordsTable, write: VersionedWrite): Promise<number> {
  const version = (write.expectedVersion ?? 0) + 1;
  const listed = write.listing !== undefined;
  const input: UpdateCommandInput = {
    TableName: table.name,
    Key: write.keys,
    UpdateExpression: `SET #schema = :schema, #record = :record, #version = :version, writeId = :writeId${write.expiresAt === undefined ? '' : ', expiresAt = :expiresAt'}${listed ? ', listing = :listing, listingOrder = :order' : ' REMOVE listing, listingOrder'}`,
    ConditionExpression: write.expectedVersion === undefined ? 'attribute_not_exists(pk)' : '#version = :expected',
    ExpressionAttributeNames: { '#schema': 'schema', '#record': 'record', '#version': 'version' },
    ExpressionAttributeValues: {
      ':schema': 1,
      ':record': recordText(write.record),
      ':version': version,
      ':writeId': write.writeId,
      ...(write.expectedVersion === undefined ? {} : { ':expected': write.expectedVersion }),
      ...(write.expiresAt === undefined ? {} : { ':expiresAt': write.expiresAt }),
      ...(write.listing === undefined ? {} : { ':listing': write.listing.name, ':order': write.listing.order }),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
  return callAws(`write ${write.keys.pk} ${write.keys.sk}`, async () => {
    try {
      await table.client.send(new UpdateCommand(input));
      return version;
    } catch (error) {
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
      if (storedWriteId(error) === write.writeId) return version;
      throw new ConflictError(`${write.keys.sk} of ${write.keys.pk} was changed by somebody else`, { cause: error });
    }
  });
}

/** The document client hands the item of a failed condition over in the wire's form. */
function storedWriteId(error: unknown): string | undefined {
  const item = (error as { Item?: Record<string, unknown> }).Item;
  const value = item?.['writeId'];
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'S' in value && typeof value.S === 'string' ? value.S : undefined;
}
