// SQS's old query protocol: its lists are flat (`Attribute.1.Name`) and its members have singular names. Requests are brought
// into the shape of the JSON protocol before an operation sees them, answers into the old one after.
import { xmlFlatList } from '../endpoint/query-wire.ts';
import type { AwsShape, Operation } from '../region.ts';

/** Flat lists of texts or structures: old name -> the member they become. */
const LISTS: Readonly<Record<string, string>> = {
  AttributeName: 'AttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  TagKey: 'TagKeys',
  SendMessageBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
  ChangeMessageVisibilityBatchRequestEntry: 'Entries',
};
/** Flat maps: old name -> the member, and the names of key and value in an entry. */
const MAPS: Readonly<Record<string, readonly [string, string, string]>> = {
  Attribute: ['Attributes', 'Name', 'Value'],
  MessageAttribute: ['MessageAttributes', 'Name', 'Value'],
  MessageSystemAttribute: ['MessageSystemAttributes', 'Name', 'Value'],
  Tag: ['Tags', 'Key', 'Value'],
};

/** The operations, taking requests of both protocols. */
export function withQueryInputs(operations: Readonly<Record<string, Operation>>): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      {
        ...operation,
        handle: (input, call) => operation.handle(fromQuery(input), call),
      } satisfies Operation,
    ]),
  );
}

function fromQuery(input: AwsShape): AwsShape {
  const names = Object.keys(input);
  if (!names.some((name) => Object.hasOwn(LISTS, name) || Object.hasOwn(MAPS, name))) return input;
  const shaped: AwsShape = {};
  for (const name of names) {
    const map = Object.hasOwn(MAPS, name) ? MAPS[name] : undefined;
    if (map !== undefined) {
      const [member, key, value] = map;
      shaped[member] = Object.fromEntries(flat(input[name]).map((entry) => [String(entry?.[key]), entry?.[value]]));
    } else if (Object.hasOwn(LISTS, name)) {
      const items = flat(input[name]);
      shaped[LISTS[name] ?? name] = name.endsWith('Entry') ? items.map(fromQuery) : items;
    } else {
      shaped[name] = input[name];
    }
  }
  return shaped;
}

/** The items of `{ 1: a, 2: b }`, or of the one item `{ Name, Value }` some clients send without a number. */
function flat(value: unknown): AwsShape[] {
  if (typeof value !== 'object' || value === null) return value === undefined || value === '' ? [] : [value as unknown as AwsShape];
  const keys = Object.keys(value);
  if (!keys.every((key) => /^\d+$/.test(key))) return [value as AwsShape];
  return keys.sort((a, b) => Number(a) - Number(b)).map((key) => (value as AwsShape)[key] as AwsShape);
}

/** What an operation answered, as the query protocol names it. */
export function queryAnswer(action: string, output: AwsShape): AwsShape {
  const answer: AwsShape = {};
  for (const [name, value] of Object.entries(output)) Object.assign(answer, member(action, name, value));
  return answer;
}

function member(action: string, name: string, value: unknown): AwsShape {
  switch (name) {
    case 'QueueUrls':
    case 'queueUrls':
      return { QueueUrl: xmlFlatList(value as unknown[]) };
    case 'Attributes':
      return { Attribute: entries(value, 'Name') };
    case 'MessageAttributes':
      return { MessageAttribute: entries(value, 'Name') };
    case 'Tags':
      return { Tag: entries(value, 'Key') };
    case 'Messages':
      return { Message: xmlFlatList((value as AwsShape[]).map((message) => queryAnswer(action, message))) };
    case 'Successful':
      return { [`${action}ResultEntry`]: xmlFlatList(value as unknown[]) };
    case 'Failed':
      return { BatchResultErrorEntry: xmlFlatList(value as unknown[]) };
    default:
      return { [name]: value };
  }
}

function entries(map: unknown, key: 'Name' | 'Key'): unknown[] {
  return xmlFlatList(Object.entries((map ?? {}) as AwsShape).map(([name, value]) => ({ [key]: name, Value: value as unknown })));
}
