// The roles and customer managed policies of the account, and how they are found.
import { AwsError } from '../endpoint/aws-error.ts';
import { awsManagedPolicy } from './managed-policies.ts';
import { type PolicyDocument, readPolicyDocument } from './policy-document.ts';
import type { NamedPolicy } from './policy-evaluator.ts';

export interface RoleRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  trust: PolicyDocument;
  description: string | undefined;
  maxSessionSeconds: number;
  boundaryArn: string | undefined;
  readonly inlinePolicies: Map<string, PolicyDocument>;
  /** ARNs, in the order they were attached. */
  readonly attachedPolicies: Set<string>;
  readonly tags: Map<string, string>;
  /** Permissions that let a call through, as `usageKey` names them. */
  readonly used: Set<string>;
}

export interface ManagedPolicyRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly description: string | undefined;
  updatedAt: number;
  defaultVersion: string;
  nextVersion: number;
  readonly versions: Map<string, { document: PolicyDocument; createdAt: number }>;
  readonly tags: Map<string, string>;
}

export interface IdentityStore {
  readonly account: string;
  readonly roles: Map<string, RoleRecord>;
  /** Customer managed policies by ARN. */
  readonly policies: Map<string, ManagedPolicyRecord>;
  /** @throws AwsError NoSuchEntity */
  role(name: unknown): RoleRecord;
  roleByArn(arn: string): RoleRecord | undefined;
  /** @throws AwsError NoSuchEntity */
  policy(arn: unknown): ManagedPolicyRecord;
  /** The document in force of a customer or AWS managed policy; undefined when there is none. */
  managedDocument(arn: string): PolicyDocument | undefined;
  /** All identity policies of a role. */
  policiesOf(role: RoleRecord): NamedPolicy[];
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, { httpStatus: 404 });
}

export function createIdentityStore(account: string): IdentityStore {
  const roles = new Map<string, RoleRecord>();
  const policies = new Map<string, ManagedPolicyRecord>();
  const awsManaged = new Map<string, PolicyDocument>();

  const managedDocument = (arn: string): PolicyDocument | undefined => {
    const own = policies.get(arn);
    if (own !== undefined) return own.versions.get(own.defaultVersion)?.document;
    const known = awsManaged.get(arn);
    if (known !== undefined) return known;
    const text = awsManagedPolicy(arn);
    if (text === undefined) return undefined;
    const document = readPolicyDocument(text, 'identity');
    awsManaged.set(arn, document);
    return document;
  };

  return {
    account,
    roles,
    policies,
    managedDocument,
    role(name) {
      const found = typeof name === 'string' ? roles.get(name) : undefined;
      if (found === undefined) throw noSuchEntity(`The role with name ${String(name)} cannot be found.`);
      return found;
    },
    roleByArn: (arn) => {
      const found = roles.get(arn.slice(arn.lastIndexOf('/') + 1));
      return found?.arn === arn ? found : undefined;
    },
    policy(arn) {
      const found = typeof arn === 'string' ? policies.get(arn) : undefined;
      if (found === undefined) throw noSuchEntity(`Policy ${String(arn)} was not found.`);
      return found;
    },
    policiesOf(role) {
      const inline = [...role.inlinePolicies].map(([id, document]) => ({ id, document }));
      const attached = [...role.attachedPolicies].flatMap((arn) => {
        const document = managedDocument(arn);
        return document === undefined ? [] : [{ id: arn, document }];
      });
      return [...inline, ...attached];
    },
  };
}
