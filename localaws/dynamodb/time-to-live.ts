// Time to live: expired items are deleted late, as AWS does, by the region's clock. A table has at most one timer, set for its
// earliest known expiry, so that a table without expiring items costs nothing.
import type { Timer } from '../clock/clock.ts';
import type { AwsShape, Region } from '../region.ts';
import type { ItemStore } from './item-store.ts';
import { TTL_AGE_MAX_MS, TTL_SWEEP_PAGES_MAX } from './limits.ts';
import { keyOf, type TableRecord } from './table-book.ts';

export interface TimeToLive {
  /** Says that an item was written; remembers when it will expire. */
  noteWritten(table: TableRecord, item: AwsShape | undefined): void;
  /** Looks through the whole table (after time to live was enabled). */
  noteEnabled(table: TableRecord): void;
  noteDisabled(table: TableRecord): void;
}

export function createTimeToLive(region: Region, store: ItemStore, delayMs: number): TimeToLive {
  const timers = new Map<string, { dueAt: number; timer: Timer }>();

  const arm = (table: TableRecord, dueAt: number): void => {
    const armed = timers.get(table.id);
    if (armed !== undefined && armed.dueAt <= dueAt) return;
    armed?.timer.cancel();
    const timer = region.clock.schedule(dueAt - region.clock.now(), () => fire(table), `dynamodb time to live of ${table.name}`);
    timers.set(table.id, { dueAt, timer });
  };

  const fire = (table: TableRecord): void => {
    timers.delete(table.id);
    region.clock
      .during(() => store.alone(() => sweep(table)))
      .catch((error: unknown) => region.log('dynamodb', `time to live of ${table.name}: ${String(error)}`));
  };

  const sweep = async (table: TableRecord): Promise<void> => {
    let startKey: AwsShape | undefined;
    let next = Number.POSITIVE_INFINITY;
    for (let page = 0; page < TTL_SWEEP_PAGES_MAX; page++) {
      if (table.ttlAttribute === undefined) return;
      const answer = await store.run('Scan', { TableName: table.name, ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }) });
      for (const item of answer['Items'] as AwsShape[]) {
        const dueAt = deletionTime(table, item, region.clock.now(), delayMs);
        if (dueAt === undefined) continue;
        if (dueAt <= region.clock.now()) await store.run('DeleteItem', { TableName: table.name, Key: keyOf(table, item) });
        else next = Math.min(next, dueAt);
      }
      startKey = answer['LastEvaluatedKey'] as AwsShape | undefined;
      if (startKey === undefined) break;
    }
    if (next !== Number.POSITIVE_INFINITY) arm(table, next);
  };

  return {
    noteWritten(table, item) {
      const dueAt = item === undefined ? undefined : deletionTime(table, item, region.clock.now(), delayMs);
      if (dueAt !== undefined) arm(table, dueAt);
    },
    noteEnabled: (table) => arm(table, region.clock.now()),
    noteDisabled(table) {
      timers.get(table.id)?.timer.cancel();
      timers.delete(table.id);
    },
  };
}

/** When an item is to be deleted; undefined when it never expires. */
function deletionTime(table: TableRecord, item: AwsShape, now: number, delayMs: number): number | undefined {
  const text = table.ttlAttribute === undefined ? undefined : (item[table.ttlAttribute]?.['N'] as string | undefined);
  if (text === undefined) return undefined;
  const expiresAt = Math.floor(Number(text)) * 1000;
  if (!Number.isFinite(expiresAt) || expiresAt < now - TTL_AGE_MAX_MS) return undefined;
  return expiresAt + delayMs;
}
