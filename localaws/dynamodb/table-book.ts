// What is known of each table besides its items: keys, tags, time to live, backups, and the facts that must come from the
// region's clock and identities instead of the store's own.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import type { ItemStore } from './item-store.ts';

export interface TableRecord {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  readonly keyNames: readonly string[];
  readonly tags: Map<string, string>;
  onDemandSince: number | undefined;
  deletionProtected: boolean;
  tableClass: string | undefined;
  encryption: AwsShape | undefined;
  ttlAttribute: string | undefined;
  recovery: { since: number; periodDays: number } | undefined;
}

export interface TableBook {
  add(input: AwsShape): TableRecord;
  remove(name: string): void;
  /** @throws AwsError ResourceNotFoundException */
  get(name: string): TableRecord;
  find(name: string): TableRecord | undefined;
  byArn(arn: string): TableRecord;
  /** The store's description of a table with our facts in it. */
  describe(description: AwsShape): AwsShape;
}

/** The table's name, from a name or a table ARN (operations take both). */
export function tableNameOf(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  return text.startsWith('arn:') ? ((text.split(':table/')[1] ?? '').split('/')[0] ?? '') : text;
}

export function createTableBook(region: Region): TableBook {
  const tables = new Map<string, TableRecord>();
  const get = (name: string): TableRecord => {
    const table = tables.get(name);
    if (table === undefined) throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
    return table;
  };
  return {
    add(input) {
      const name = String(input['TableName']);
      const table: TableRecord = {
        name,
        arn: region.arn('dynamodb', `table/${name}`),
        id: region.ids.uuid(),
        createdAt: region.clock.now(),
        keyNames: (input['KeySchema'] as AwsShape[]).map((key) => String(key['AttributeName'])),
        tags: new Map(),
        onDemandSince: input['BillingMode'] === 'PAY_PER_REQUEST' ? region.clock.now() : undefined,
        deletionProtected: input['DeletionProtectionEnabled'] === true,
        tableClass: input['TableClass'],
        encryption: input['SSESpecification'],
        ttlAttribute: undefined,
        recovery: undefined,
      };
      tables.set(name, table);
      return table;
    },
    remove: (name) => void tables.delete(name),
    get,
    find: (name) => tables.get(name),
    byArn(arn) {
      const table = tables.get(tableNameOf(arn));
      if (table === undefined || table.arn !== arn)
        throw new AwsError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`);
      return table;
    },
    describe(description) {
      const table = tables.get(String(description['TableName']));
      return table === undefined ? description : withFacts(description, table);
    },
  };
}

function withFacts(description: AwsShape, table: TableRecord): AwsShape {
  const arns = (indexes: AwsShape[] | undefined): AwsShape[] | undefined =>
    indexes?.map((index) => ({ ...index, IndexArn: `${table.arn}/index/${index['IndexName']}` }));
  return {
    ...description,
    TableArn: table.arn,
    TableId: table.id,
    CreationDateTime: new Date(table.createdAt),
    DeletionProtectionEnabled: table.deletionProtected,
    LocalSecondaryIndexes: arns(description['LocalSecondaryIndexes']),
    GlobalSecondaryIndexes: arns(description['GlobalSecondaryIndexes']),
    ...(table.tableClass === undefined ? {} : { TableClassSummary: { TableClass: table.tableClass } }),
    ...(table.encryption?.['Enabled'] === true ? { SSEDescription: { Status: 'ENABLED', SSEType: table.encryption['SSEType'] ?? 'KMS' } } : {}),
    ...(table.onDemandSince === undefined
      ? {}
      : { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: new Date(table.onDemandSince) } }),
  };
}

/** The key of an item of a table. */
export function keyOf(table: TableRecord, item: AwsShape): AwsShape {
  return Object.fromEntries(table.keyNames.map((name) => [name, item[name]]));
}

/** The item with a key as it is now; undefined when there is none. */
export async function currentItem(store: ItemStore, table: TableRecord, key: AwsShape): Promise<AwsShape | undefined> {
  const answer = await store.run('GetItem', { TableName: table.name, Key: key, ConsistentRead: true });
  return answer['Item'] as AwsShape | undefined;
}
