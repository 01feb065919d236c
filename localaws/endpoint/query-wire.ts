// The AWS query protocol: form-encoded requests with dotted paths, XML answers (ELBv2, STS, SNS, IAM, older CloudWatch clients).
import type { AwsShape } from '../region.ts';
import { AwsError } from './aws-error.ts';

/** Deepest path and longest list accepted, so that a hostile form cannot make a huge object. */
const PATH_DEPTH_MAX = 24;
const LIST_INDEX_MAX = 10_000;

/**
 * Parses `Action=..&A.member.1.B=x` into `{ action, version, input: { A: [{ B: 'x' }] } }`. All leaves are strings; an empty
 * list parameter (`A=`) stays the empty string, which operations read with `listOf`.
 */
export function parseQueryInput(form: URLSearchParams): { action: string; version: string; input: AwsShape } {
  const root: AwsShape = {};
  let action = '';
  let version = '';
  for (const [name, value] of form) {
    if (name === 'Action') action = value;
    else if (name === 'Version') version = value;
    else assign(root, name.split('.'), value);
  }
  return { action, version, input: collapse(root) as AwsShape };
}

function assign(root: AwsShape, path: string[], value: string): void {
  if (path.length > PATH_DEPTH_MAX) throw new AwsError('MalformedQueryString', 'The query string is nested too deeply.');
  let at = root;
  for (const [index, part] of path.entries()) {
    if (part === '__proto__' || part === 'constructor') throw new AwsError('MalformedQueryString', `Invalid parameter name ${part}.`);
    if (index === path.length - 1) {
      at[part] = value;
      return;
    }
    const next: unknown = Object.hasOwn(at, part) ? at[part] : undefined;
    if (typeof next === 'object' && next !== null) {
      at = next as AwsShape;
    } else {
      const made: AwsShape = {};
      at[part] = made;
      at = made;
    }
  }
}

/** Turns `{ member: { 1: .., 2: .. } }` into lists and `{ entry: { 1: { key, value } } }` into maps. */
function collapse(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const record = value as AwsShape;
  const keys = Object.keys(record);
  if (keys.length === 1 && keys[0] === 'member') return numbered(record['member'] as AwsShape);
  if (keys.length === 1 && keys[0] === 'entry') {
    // SNS names the members of some entries Name and Value.
    return Object.fromEntries(numbered(record['entry'] as AwsShape).map((entry) => keyAndValue(entry as AwsShape)));
  }
  return Object.fromEntries(keys.map((key) => [key, collapse(record[key])]));
}

function keyAndValue(entry: AwsShape): [string, unknown] {
  return [String(entry['key'] ?? entry['Name']), 'key' in entry ? entry['value'] : entry['Value']];
}

function numbered(items: AwsShape | string): unknown[] {
  if (typeof items === 'string') return [];
  return Object.keys(items)
    .map((key) => {
      const index = Number(key);
      if (!Number.isInteger(index) || index < 1 || index > LIST_INDEX_MAX) throw new AwsError('MalformedQueryString', `Invalid list index ${key}.`);
      return index;
    })
    .sort((a, b) => a - b)
    .map((index) => collapse(items[String(index)]));
}

/** The XML answer of an operation. */
export function serializeQueryAnswer(action: string, xmlNamespace: string, output: AwsShape, requestId: string): string {
  return `<${action}Response xmlns="${xmlNamespace}"><${action}Result>${xmlMembers(output)}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
}

/** The XML answer to a failed call. */
export function serializeQueryError(xmlNamespace: string, error: AwsError, requestId: string): string {
  const type = error.httpStatus >= 500 ? 'Receiver' : 'Sender';
  return `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

const FLAT_LISTS = new WeakSet<object>();
const MAPS = new WeakSet<object>();

/** Marks a list whose items stand in the XML one after the other, each under the list's own name (SQS). */
export function xmlFlatList<T>(list: readonly T[]): T[] {
  const marked = [...list];
  FLAT_LISTS.add(marked);
  return marked;
}

/** Marks a record that stands in the XML as a map (`<entry><key/><value/></entry>`), not as members. */
export function xmlMap(record: AwsShape): AwsShape {
  const marked = { ...record };
  MAPS.add(marked);
  return marked;
}

function xmlMembers(record: AwsShape): string {
  return Object.entries(record)
    .map(([name, value]) => {
      if (value === undefined || value === null) return '';
      const values: unknown[] = Array.isArray(value) && FLAT_LISTS.has(value) ? value : [value];
      return values.map((item) => `<${name}>${xmlValue(item)}</${name}>`).join('');
    })
    .join('');
}

function xmlValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => `<member>${xmlValue(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null && MAPS.has(value)) {
    return Object.entries(value)
      .map(([key, item]) => `<entry><key>${escapeXml(key)}</key><value>${xmlValue(item)}</value></entry>`)
      .join('');
  }
  if (typeof value === 'object' && value !== null) return xmlMembers(value as AwsShape);
  return escapeXml(String(value));
}

function escapeXml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  // XML 1.0 has no way to write other control characters at all.
  return [...escaped].map((character) => (character < ' ' && !'\t\n\r'.includes(character) ? '\ufffd' : character)).join('');
}
