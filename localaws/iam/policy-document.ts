// Policy documents: read from JSON, checked with IAM's own messages, and brought into one regular form for the evaluator.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { DOCUMENTS_KEPT_MAX } from './limits.ts';

export interface Condition {
  /** As written: `StringLike`, `ForAnyValue:StringEquals`, `ArnLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Patterns, and whether they name what is meant or everything else (NotAction, NotResource). */
export interface PatternSet {
  readonly inverted: boolean;
  readonly patterns: readonly string[];
}

export interface Statement {
  /** Its Sid, else its place in the document, counted from 0. */
  readonly label: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: PatternSet;
  readonly resources: PatternSet;
  readonly conditions: readonly Condition[];
  /** Only in trust policies: `Service:lambda.amazonaws.com`, `AWS:arn..`, `*`. */
  readonly principals: readonly string[];
}

export interface PolicyDocument {
  readonly text: string;
  readonly statements: readonly Statement[];
}

export type DocumentKind = 'identity' | 'trust';

const DOCUMENT_MEMBERS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_MEMBERS = new Set(['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);
const ACTION = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}

/** Documents that were read lately, which never change, by kind and text: the roles of a stack come with the same few. */
const readLately = new Map<string, PolicyDocument>();

/** @throws AwsError MalformedPolicyDocument, with IAM's words where they are known */
export function readPolicyDocument(text: unknown, kind: DocumentKind): PolicyDocument {
  const known = typeof text === 'string' ? readLately.get(`${kind} ${text}`) : undefined;
  if (known !== undefined) return known;
  const document = parsePolicyDocument(text, kind);
  if (readLately.size >= DOCUMENTS_KEPT_MAX) readLately.clear();
  readLately.set(`${kind} ${document.text}`, document);
  return document;
}

function parsePolicyDocument(text: unknown, kind: DocumentKind): PolicyDocument {
  if (typeof text !== 'string' || text === '') throw new AwsError('ValidationError', 'The policy document must not be empty.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed(kind === 'trust' ? 'This policy contains invalid Json' : 'Syntax errors in policy.');
  }
  if (!isRecord(parsed) || Object.keys(parsed).some((member) => !DOCUMENT_MEMBERS.has(member))) throw malformed('Syntax errors in policy.');
  if (parsed['Version'] !== undefined && parsed['Version'] !== '2012-10-17' && parsed['Version'] !== '2008-10-17') throw malformed('Syntax errors in policy.');
  const given = parsed['Statement'];
  const list = Array.isArray(given) ? (given as unknown[]) : [given];
  if (given === undefined || list.length === 0) throw malformed('Syntax errors in policy.');
  return { text, statements: list.map((statement, index) => readStatement(statement, index, kind)) };
}

function readStatement(value: unknown, index: number, kind: DocumentKind): Statement {
  if (!isRecord(value) || Object.keys(value).some((member) => !STATEMENT_MEMBERS.has(member))) throw malformed('Syntax errors in policy.');
  const effect = value['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Syntax errors in policy.');
  const actions = readPatterns(value, 'Action', 'NotAction');
  if (actions === undefined) throw malformed('Policy statement must contain actions.');
  for (const action of actions.patterns) {
    if (!ACTION.test(action)) throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  const resources = readPatterns(value, 'Resource', 'NotResource');
  const hasPrincipal = value['Principal'] !== undefined || value['NotPrincipal'] !== undefined;
  if (kind === 'identity') {
    if (hasPrincipal) throw malformed('Policy document should not specify a principal.');
    if (resources === undefined) throw malformed('Policy statement must contain resources.');
    for (const resource of resources.patterns) {
      if (resource !== '*' && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/s.test(resource) && !/^arn:[^:]*\*$/.test(resource)) {
        throw malformed(`Resource ${resource} must be in ARN format or "*".`);
      }
    }
  } else {
    if (!hasPrincipal) throw malformed('Missing required field Principal');
    if (resources !== undefined) throw malformed('Has prohibited field Resource');
  }
  return {
    label: typeof value['Sid'] === 'string' && value['Sid'] !== '' ? value['Sid'] : String(index),
    effect,
    actions,
    resources: resources ?? { inverted: false, patterns: [] },
    conditions: readConditions(value['Condition']),
    principals: readPrincipals(value['Principal']),
  };
}

function readPatterns(statement: AwsShape, member: string, inverse: string): PatternSet | undefined {
  const inverted = statement[inverse] !== undefined;
  if (inverted && statement[member] !== undefined) throw malformed('Syntax errors in policy.');
  const patterns = stringList(inverted ? statement[inverse] : statement[member]);
  return patterns.length === 0 ? undefined : { inverted, patterns };
}

function readConditions(value: unknown): Condition[] {
  if (value === undefined) return [];
  if (!isRecord(value)) throw malformed('Syntax errors in policy.');
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw malformed('Syntax errors in policy.');
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: stringList(values) }));
  });
}

function readPrincipals(value: unknown): string[] {
  if (value === undefined) return [];
  if (value === '*') return ['*'];
  if (!isRecord(value)) throw malformed('Syntax errors in policy.');
  return Object.entries(value).flatMap(([kind, names]) => stringList(names).map((name) => `${kind}:${name}`));
}

function stringList(value: unknown): string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.map((item) => {
    if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean') throw malformed('Syntax errors in policy.');
    return String(item);
  });
}

function isRecord(value: unknown): value is AwsShape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters as IAM counts them against its quotas: without white space. */
export function policyLength(text: string): number {
  return text.replace(/\s/g, '').length;
}
