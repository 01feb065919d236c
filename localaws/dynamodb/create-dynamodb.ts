// DynamoDB of the local AWS: items and expressions by dynalite, the rest (time to live, transactions, returned items, tags,
// backups, the region's clock) by the files beside this one.
import type { ServiceFactory } from '../region.ts';
import { createItemOperations, type DynamodbParts } from './item-operations.ts';
import { createItemStore } from './item-store.ts';
import { TTL_DELETION_DELAY_MS } from './limits.ts';
import { createMemoryItemStore } from './memory-item-store.ts';
import { createTableBook } from './table-book.ts';
import { createTableOperations } from './table-operations.ts';
import { createTableSettings } from './table-settings.ts';
import { createTimeToLive } from './time-to-live.ts';
import { createTransactionOperations } from './transactions.ts';

export interface DynamodbOptions {
  /** How long after its expiry an item is deleted; AWS promises only "within a few days". */
  readonly ttlDeletionDelayMs?: number;
  /** Where items are: dynalite's database, or maps in memory, which are some ten times faster and end every operation in one turn. */
  readonly store?: 'dynalite' | 'memory';
}

export function createDynamodb(options: DynamodbOptions = {}): ServiceFactory {
  return (region) => {
    const store = options.store === 'memory' ? createMemoryItemStore() : createItemStore();
    const tables = createTableBook(region);
    const timeToLive = createTimeToLive(region, store, options.ttlDeletionDelayMs ?? TTL_DELETION_DELAY_MS);
    const parts: DynamodbParts = { region, store, tables, timeToLive };
    return {
      name: 'dynamodb',
      iamPrefix: 'dynamodb',
      wires: [{ kind: 'json', jsonVersion: '1.0', target: 'DynamoDB_20120810' }],
      operations: {
        ...createItemOperations(parts),
        ...createTransactionOperations(parts),
        ...createTableOperations(parts),
        ...createTableSettings(parts),
      },
      close: () => store.close(),
    };
  };
}
