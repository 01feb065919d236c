// Incidents in DynamoDB: counters per minute and cause, each event one atomic update of one small item; and the incidents folded from them.
import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type StopCauseCode, stopCauses } from '#core/breaker/stop-cause.ts';
import { type CauseCount, INCIDENT_MINUTES_MAX, type Incident, minuteOf, type Sighting, type SightingMinute } from '#core/remediation/incident.ts';
import { type CountedSighting, type IncidentStore, SIGHTINGS_TOLD_APART_MAX } from '#ports/incident-store.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { type RecordsTable, recordOf, writeVersioned } from './records-table.ts';
import { expiresAt, incidentKeys, KEPT_SECONDS, paddedTime, sightingKeys, subjectPrefix, unknownReasonKeys } from './remediation-keys.ts';

/** Characters of a hash of the event's id: an item below one kilobyte is one write unit, and 32 bits tell 64 events apart. */
const ID_LENGTH = 8;
/** Full minutes remembered, so that a storm's events go to plain counting at once. */
const FULL_MINUTES_MAX = 500;

type Item = Readonly<Record<string, unknown>>;

/** @param sha256Hex hexadecimal SHA-256 of a text */
export function createDynamodbIncidentStore(table: RecordsTable, sha256Hex: (text: string) => string): IncidentStore {
  const full = new Set<string>();
  return {
    async count(serviceKey, subject, sighting) {
      const keys = sightingKeys(serviceKey, subject, minuteOf(sighting.at));
      const name = `${keys.pk} ${keys.sk}`;
      if (!full.has(name)) {
        const id = sha256Hex(sighting.id).slice(0, ID_LENGTH);
        const counted = await countOnce(table, keys, sighting, id);
        if (counted !== 'full') return counted;
        if (full.size >= FULL_MINUTES_MAX) full.clear();
        full.add(name);
      }
      const { Attributes } = await callAws(`count a sighting of ${subject}`, () => table.client.send(new UpdateCommand(counting(table, keys, sighting))));
      return { repeated: false, minute: minuteOfItem(Attributes ?? {}) };
    },
    async minutes(serviceKey, subject, since) {
      const page = await callAws(`read sightings of ${subject}`, () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
            ExpressionAttributeValues: {
              ':pk': `SERVICE#${serviceKey}`,
              ':from': `${subjectPrefix(subject)}${paddedTime(since)}`,
              ':to': `${subjectPrefix(subject)}~`,
            },
            ConsistentRead: true,
            ScanIndexForward: false,
            Limit: INCIDENT_MINUTES_MAX,
          }),
        ),
      );
      return (page.Items ?? []).map(minuteOfItem).toReversed();
    },
    async load(serviceKey, subject) {
      const { Item } = await callAws(`read the incident of ${subject}`, () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: incidentKeys(serviceKey, subject), ConsistentRead: true })),
      );
      return Item === undefined ? undefined : { incident: recordOf<Incident>(Item), version: Number(Item['version']) };
    },
    save: (incident, expectedVersion, writeId) =>
      writeVersioned(table, {
        keys: incidentKeys(incident.serviceKey, incident.subject),
        record: incident,
        expectedVersion,
        writeId,
        listing: undefined,
        expiresAt: expiresAt(incident.lastSeen, KEPT_SECONDS.incident),
      }),
    async recordUnknownReason(serviceKey, fingerprint, text, at) {
      const { Attributes } = await callAws('keep an unknown reason', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: unknownReasonKeys(serviceKey, sha256Hex(fingerprint).slice(0, 2 * ID_LENGTH)),
            UpdateExpression:
              'ADD seen :one SET lastText = :text, lastAt = :at, firstAt = if_not_exists(firstAt, :at), expiresAt = :expires, #schema = :schema',
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: { ':one': 1, ':text': text, ':at': at, ':expires': expiresAt(at, KEPT_SECONDS.unknownReason), ':schema': 1 },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return { seen: Number(Attributes?.['seen'] ?? 1), firstAt: Number(Attributes?.['firstAt'] ?? at), told: Attributes?.['toldAt'] !== undefined };
    },
    async recordUnknownReasonTold(serviceKey, fingerprint, at) {
      await callAws('record that an unknown reason was told', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: unknownReasonKeys(serviceKey, sha256Hex(fingerprint).slice(0, 2 * ID_LENGTH)),
            UpdateExpression: 'SET toldAt = :at',
            ExpressionAttributeValues: { ':at': at },
          }),
        ),
      );
    },
  };
}

interface ItemKeys {
  readonly pk: string;
  readonly sk: string;
}

/** Counts unless it was counted; full: the minute keeps no more ids. */
async function countOnce(table: RecordsTable, keys: ItemKeys, sighting: Sighting, id: string): Promise<CountedSighting | 'full'> {
  const input = counting(table, keys, sighting);
  const answer = await callAwsUnless(
    `count a sighting in ${keys.sk}`,
    { ConditionalCheckFailedException: (error) => ({ refused: true as const, before: itemOf(error) }) },
    () =>
      table.client.send(
        new UpdateCommand({
          ...input,
          UpdateExpression: `${input.UpdateExpression}, ids :ids`,
          ConditionExpression: 'attribute_not_exists(ids) OR (size(ids) < :max AND NOT contains(ids, :id))',
          ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ':ids': new Set([id]), ':id': id, ':max': SIGHTINGS_TOLD_APART_MAX },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
  );
  if (!('refused' in answer)) return { repeated: false, minute: minuteOfItem(answer.Attributes ?? {}) };
  const ids = answer.before['ids'];
  return ids instanceof Set && ids.has(id) ? { repeated: true, minute: minuteOfItem(answer.before) } : 'full';
}

/** One update of the counters. ADD last: the ids of a minute that keeps them go to the same clause. */
function counting(table: RecordsTable, keys: ItemKeys, sighting: Sighting) {
  const { code } = sighting;
  return {
    TableName: table.name,
    Key: keys,
    UpdateExpression: 'SET #minute = :minute, expiresAt = :expires, #at = :at, #text = :text, #schema = :schema ADD seen :one, crashes :crash, #count :one',
    ExpressionAttributeNames: { '#minute': 'minute', '#schema': 'schema', '#at': `at_${code}`, '#text': `text_${code}`, '#count': `count_${code}` },
    ExpressionAttributeValues: {
      ':minute': minuteOf(sighting.at),
      ':expires': expiresAt(sighting.at, KEPT_SECONDS.sightings),
      ':at': sighting.at,
      ':text': sighting.text,
      ':schema': 1,
      ':one': 1,
      ':crash': sighting.crash ? 1 : 0,
    },
    ReturnValues: 'ALL_NEW' as const,
  };
}

function minuteOfItem(item: Item): SightingMinute {
  const causes = Object.keys(item).flatMap((name): CauseCount[] => {
    const code = name.startsWith('count_') ? name.slice('count_'.length) : '';
    if (!isStopCauseCode(code)) return [];
    return [{ code, count: Number(item[name]), lastAt: Number(item[`at_${code}`]), lastText: String(item[`text_${code}`] ?? '') }];
  });
  return { minute: Number(item['minute']), count: Number(item['seen'] ?? 0), crashes: Number(item['crashes'] ?? 0), causes };
}

function isStopCauseCode(code: string): code is StopCauseCode {
  return Object.hasOwn(stopCauses, code);
}

/** The document client hands the item of a failed condition over in the wire's form. */
function itemOf(error: Error): Item {
  const item = (error as Error & { readonly Item?: Readonly<Record<string, unknown>> }).Item ?? {};
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Set) return value;
  const wire = value as { readonly S?: string; readonly N?: string; readonly SS?: readonly string[] };
  if (wire.SS !== undefined) return new Set(wire.SS);
  return wire.N === undefined ? wire.S : Number(wire.N);
}
