// Crash counts in DynamoDB: one item per revision with a set of task ids, so that the same task counts once however often its event
// comes, when each crashed and why, and the newest crash of each cause. Every attribute is bounded, and so is the item.
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type CrashCause, orderedCauses } from '#core/breaker/crash-cause.ts';
import { isStopCauseCode } from '#core/breaker/stop-cause.ts';
import { CRASHES_TOLD_APART_MAX, type CrashCount, type CrashStore, type TaskCrash } from '#ports/crash-store.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { crashKeys, type RecordsTable, readItems } from './records-table.ts';

/** Kept this long after the last crash, seconds. */
const KEPT_SECONDS = 7 * 86_400;
/** `crash#<task id>`: when that task crashed and why. `cause#<code>`: the newest crash of that cause. */
const CRASH = 'crash#';
const CAUSE = 'cause#';

type Item = Readonly<Record<string, unknown>>;
interface CrashMember {
  readonly at: number;
  readonly code: string;
}

export function createDynamodbCrashStore(table: RecordsTable): CrashStore {
  return {
    async read(serviceKey, revisions) {
      // The same revision may be on both sides, and DynamoDB takes a key once.
      const arns = [...new Set(revisions.map(({ taskDefinitionArn }) => taskDefinitionArn))];
      const items = await readItems(
        table,
        `read crashes of ${serviceKey}`,
        arns.map((arn) => crashKeys(serviceKey, arn)),
      );
      return revisions.map(({ taskDefinitionArn, since }) =>
        countOf(
          items.find((item) => item['sk'] === crashKeys(serviceKey, taskDefinitionArn).sk),
          since,
        ),
      );
    },
    async ofTask(serviceKey, taskDefinitionArn, taskId) {
      const { Item } = await callAws(`read the crash of task ${taskId}`, () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: crashKeys(serviceKey, taskDefinitionArn), ConsistentRead: true })),
      );
      const member = memberOf(Item, taskId);
      return member !== undefined && isStopCauseCode(member.code) ? { at: member.at, code: member.code } : undefined;
    },
    async record(serviceKey, taskDefinitionArn, crash) {
      const { taskId, at, code, text, remedy, container } = crash;
      const counted = await callAwsUnless(`count a crash of ${taskDefinitionArn}`, { ConditionalCheckFailedException: () => 'full' as const }, () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: crashKeys(serviceKey, taskDefinitionArn),
            UpdateExpression:
              'ADD taskIds :task SET #crash = if_not_exists(#crash, :crash), #cause = :cause, lastReason = :reason, expiresAt = :expires, #schema = :schema',
            ConditionExpression: 'attribute_not_exists(taskIds) OR size(taskIds) < :max OR contains(taskIds, :id)',
            ExpressionAttributeNames: { '#schema': 'schema', '#crash': `${CRASH}${taskId}`, '#cause': `${CAUSE}${code}` },
            ExpressionAttributeValues: {
              ':task': new Set([taskId]),
              ':id': taskId,
              ':crash': { at, code },
              ':cause': { lastAt: at, lastText: text, lastTaskId: taskId, remedy, ...(container === undefined ? {} : { container }) },
              ':reason': text,
              ':expires': Math.floor(at / 1000) + KEPT_SECONDS,
              ':max': CRASHES_TOLD_APART_MAX,
              ':schema': 1,
            },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return counted === 'full' ? countMore(table, serviceKey, taskDefinitionArn, crash) : countOf(counted.Attributes);
    },
    async noteHealthy(serviceKey, taskDefinitionArn, { targets, at, reset }) {
      await callAws(`note healthy targets of ${taskDefinitionArn}`, () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: crashKeys(serviceKey, taskDefinitionArn),
            UpdateExpression: `SET healthyTargets = :targets, expiresAt = :expires, #schema = :schema${reset ? ', healthyAt = :at, more = :none' : ''}`,
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: {
              ':targets': targets,
              ':expires': Math.floor(at / 1000) + KEPT_SECONDS,
              ':schema': 1,
              ...(reset ? { ':at': at, ':none': 0 } : {}),
            },
          }),
        ),
      );
    },
  };
}

/** Beyond the tasks that are told apart only their number and the newest are kept: limits of hundreds of tasks are reached all the same. */
async function countMore(table: RecordsTable, serviceKey: string, taskDefinitionArn: string, { at, text }: TaskCrash): Promise<CrashCount> {
  const { Attributes } = await callAws(`count a crash more of ${taskDefinitionArn}`, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: crashKeys(serviceKey, taskDefinitionArn),
        UpdateExpression: 'ADD more :one SET moreAt = :at, lastReason = :reason, expiresAt = :expires',
        ExpressionAttributeValues: { ':one': 1, ':at': at, ':reason': text, ':expires': Math.floor(at / 1000) + KEPT_SECONDS },
        ReturnValues: 'ALL_NEW',
      }),
    ),
  );
  return countOf(Attributes);
}

function countOf(item: Item | undefined, since = 0): CrashCount {
  const taskIds: unknown = item?.['taskIds'];
  const ids = taskIds instanceof Set ? [...taskIds].map(String) : [];
  const healthyTargets = item?.['healthyTargets'];
  // A crash counted before its time was kept is neither old nor forgiven.
  const isAfter = (from: number) => (id: string) => (memberOf(item, id)?.at ?? Number.POSITIVE_INFINITY) > from;
  const recent = ids.filter(isAfter(since));
  const more = Number(item?.['moreAt'] ?? 0) > since ? Number(item?.['more'] ?? 0) : 0;
  return {
    count: recent.filter(isAfter(Number(item?.['healthyAt'] ?? 0))).length + more,
    total: ids.length + Number(item?.['more'] ?? 0),
    lastReason: String(item?.['lastReason'] ?? ''),
    causes: causesOf(item, recent),
    ...(typeof healthyTargets === 'number' ? { healthyTargets } : {}),
  };
}

function causesOf(item: Item | undefined, ids: readonly string[]): readonly CrashCause[] {
  const codes = ids.map((id) => memberOf(item, id)?.code).filter((code) => code !== undefined);
  const causes = Object.entries(item ?? {}).flatMap(([name, value]) => {
    const code = name.slice(CAUSE.length);
    if (!name.startsWith(CAUSE) || !isStopCauseCode(code)) return [];
    const count = codes.filter((one) => one === code).length;
    return count === 0 ? [] : [{ code, count, ...(value as Omit<CrashCause, 'code' | 'count'>) }];
  });
  return orderedCauses(causes);
}

function memberOf(item: Item | undefined, taskId: string): CrashMember | undefined {
  return item?.[`${CRASH}${taskId}`] as CrashMember | undefined;
}
