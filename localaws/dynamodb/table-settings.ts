// Settings of a table that the item store does not know: tags, time to live, point-in-time recovery.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { DynamodbParts } from './item-operations.ts';
import { TAGS_MAX } from './limits.ts';
import { type TableRecord, tableNameOf } from './table-book.ts';

const RECOVERY_PERIOD_DAYS_DEFAULT = 35;

/** @throws AwsError ValidationException */
export function putTags(table: TableRecord, tags: unknown): void {
  if (tags === undefined) return;
  if (!Array.isArray(tags)) throw new AwsError('ValidationException', 'Tags must be a list');
  for (const tag of tags as AwsShape[]) {
    if (typeof tag?.['Key'] !== 'string' || typeof tag['Value'] !== 'string') throw new AwsError('ValidationException', 'Each tag needs a Key and a Value');
    table.tags.set(tag['Key'], tag['Value']);
  }
  if (table.tags.size > TAGS_MAX) throw new AwsError('ValidationException', `One or more parameter values were invalid: Too many tags: ${table.tags.size}`);
}

function updateTimeToLive({ tables, timeToLive }: DynamodbParts, input: AwsShape): AwsShape {
  const table = tables.get(tableNameOf(input['TableName']));
  const specification = input['TimeToLiveSpecification'] as AwsShape | undefined;
  const enabled = specification?.['Enabled'] as unknown;
  const attribute = specification?.['AttributeName'] as unknown;
  if (typeof enabled !== 'boolean' || typeof attribute !== 'string' || attribute === '') {
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value null at 'timeToLiveSpecification' failed to satisfy constraint: Member must not be null",
    );
  }
  if (enabled && table.ttlAttribute !== undefined) throw new AwsError('ValidationException', 'TimeToLive is already enabled');
  if (!enabled && table.ttlAttribute === undefined) throw new AwsError('ValidationException', 'TimeToLive is already disabled');
  if (!enabled && table.ttlAttribute !== attribute) {
    throw new AwsError('ValidationException', `TimeToLive is active on a different AttributeName: current AttributeName is ${table.ttlAttribute}`);
  }
  table.ttlAttribute = enabled ? attribute : undefined;
  if (enabled) timeToLive.noteEnabled(table);
  else timeToLive.noteDisabled(table);
  return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } };
}

function describeTimeToLive({ tables }: DynamodbParts, input: AwsShape): AwsShape {
  const table = tables.get(tableNameOf(input['TableName']));
  return {
    TimeToLiveDescription:
      table.ttlAttribute === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName: table.ttlAttribute },
  };
}

function backupsOf({ region }: DynamodbParts, table: TableRecord): AwsShape {
  const recovery = table.recovery;
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription:
        recovery === undefined
          ? { PointInTimeRecoveryStatus: 'DISABLED' }
          : {
              PointInTimeRecoveryStatus: 'ENABLED',
              RecoveryPeriodInDays: recovery.periodDays,
              EarliestRestorableDateTime: new Date(recovery.since),
              LatestRestorableDateTime: new Date(region.clock.now()),
            },
    },
  };
}

/** The table, for operations that AWS answers with TableNotFoundException. */
function backedUpTable({ tables }: DynamodbParts, input: AwsShape): TableRecord {
  const name = tableNameOf(input['TableName']);
  const table = tables.find(name);
  if (table === undefined) throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
  return table;
}

function updateContinuousBackups(parts: DynamodbParts, input: AwsShape): AwsShape {
  const table = backedUpTable(parts, input);
  const specification = input['PointInTimeRecoverySpecification'] as AwsShape | undefined;
  const enabled = specification?.['PointInTimeRecoveryEnabled'] as unknown;
  if (typeof enabled !== 'boolean') {
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value null at 'pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled' failed to satisfy constraint: Member must not be null",
    );
  }
  const periodDays = Number(specification?.['RecoveryPeriodInDays'] ?? RECOVERY_PERIOD_DAYS_DEFAULT);
  table.recovery = enabled ? { since: table.recovery?.since ?? parts.region.clock.now(), periodDays } : undefined;
  return backupsOf(parts, table);
}

export function createTableSettings(parts: DynamodbParts): Record<string, Operation> {
  const byName = (input: AwsShape): string[] => [parts.region.arn('dynamodb', `table/${tableNameOf(input['TableName'])}`)];
  const byArn = (input: AwsShape): string[] => [String(input['ResourceArn'] ?? '*')];
  return {
    UpdateTimeToLive: { handle: (input) => updateTimeToLive(parts, input), resources: byName },
    DescribeTimeToLive: { handle: (input) => describeTimeToLive(parts, input), resources: byName },
    UpdateContinuousBackups: { handle: (input) => updateContinuousBackups(parts, input), resources: byName },
    DescribeContinuousBackups: { handle: (input) => backupsOf(parts, backedUpTable(parts, input)), resources: byName },
    TagResource: {
      handle(input) {
        putTags(parts.tables.byArn(String(input['ResourceArn'])), input['Tags']);
        return {};
      },
      resources: byArn,
    },
    UntagResource: {
      handle(input) {
        const table = parts.tables.byArn(String(input['ResourceArn']));
        const keys = input['TagKeys'] as unknown;
        if (!Array.isArray(keys)) throw new AwsError('ValidationException', 'TagKeys must be a list');
        for (const key of keys) table.tags.delete(String(key));
        return {};
      },
      resources: byArn,
    },
    ListTagsOfResource: {
      handle: (input) => ({ Tags: [...parts.tables.byArn(String(input['ResourceArn'])).tags].map(([Key, Value]) => ({ Key, Value })) }),
      resources: byArn,
    },
    DescribeLimits: {
      handle: () => ({
        AccountMaxReadCapacityUnits: 80_000,
        AccountMaxWriteCapacityUnits: 80_000,
        TableMaxReadCapacityUnits: 40_000,
        TableMaxWriteCapacityUnits: 40_000,
      }),
    },
    DescribeEndpoints: { handle: () => ({ Endpoints: [{ Address: new URL(parts.region.endpointUrl).host, CachePeriodInMinutes: 1440 }] }) },
  };
}
