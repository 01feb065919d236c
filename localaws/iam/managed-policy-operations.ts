// Customer managed policies and their versions, and the AWS managed ones to look at.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { type IdentityStore, type ManagedPolicyRecord, noSuchEntity } from './identity-store.ts';
import { addTags, encodeDocument, optionalText, pageOf, pathOf, requiredName, requiredText, tagList } from './input-members.ts';
import { MANAGED_POLICY_CHARACTERS_MAX, POLICIES_MAX, POLICY_VERSIONS_MAX } from './limits.ts';
import { awsManagedPolicyArns } from './managed-policies.ts';
import { type PolicyDocument, policyLength, readPolicyDocument } from './policy-document.ts';

function documentOf(input: AwsShape): PolicyDocument {
  const document = readPolicyDocument(requiredText(input, 'PolicyDocument'), 'identity');
  if (policyLength(document.text) > MANAGED_POLICY_CHARACTERS_MAX) {
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${MANAGED_POLICY_CHARACTERS_MAX}`, { httpStatus: 409 });
  }
  return document;
}

function attachmentCount(store: IdentityStore, arn: string): number {
  return [...store.roles.values()].filter((role) => role.attachedPolicies.has(arn)).length;
}

function describePolicy(store: IdentityStore, policy: ManagedPolicyRecord): AwsShape {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: attachmentCount(store, policy.arn),
    PermissionsBoundaryUsageCount: [...store.roles.values()].filter((role) => role.boundaryArn === policy.arn).length,
    IsAttachable: true,
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
    ...(policy.tags.size === 0 ? {} : { Tags: tagList(policy.tags) }),
  };
}

/** AWS's own policies are described without the dates that only AWS knows. */
function describeAwsManaged(store: IdentityStore, arn: string): AwsShape {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const path = arn.slice(arn.indexOf(':policy/') + ':policy'.length, arn.lastIndexOf('/') + 1);
  return { PolicyName: name, Arn: arn, Path: path, DefaultVersionId: 'v1', AttachmentCount: attachmentCount(store, arn), IsAttachable: true };
}

function createPolicy(region: Region, store: IdentityStore, input: AwsShape): AwsShape {
  const name = requiredName(input, 'PolicyName', 128);
  const path = pathOf(input);
  const document = documentOf(input);
  const arn = `arn:aws:iam::${store.account}:policy${path}${name}`;
  if ([...store.policies.values()].some((policy) => policy.name === name)) {
    throw new AwsError('EntityAlreadyExists', `A policy called ${name} already exists. Duplicate names are not allowed.`, { httpStatus: 409 });
  }
  if (store.policies.size >= POLICIES_MAX)
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerAccount: ${POLICIES_MAX}`, { httpStatus: 409 });
  const now = region.clock.now();
  const policy: ManagedPolicyRecord = {
    name,
    path,
    id: `ANPA${region.ids.upper(17)}`,
    arn,
    createdAt: now,
    description: optionalText(input, 'Description'),
    updatedAt: now,
    defaultVersion: 'v1',
    nextVersion: 2,
    versions: new Map([['v1', { document, createdAt: now }]]),
    tags: new Map(),
  };
  addTags(policy.tags, input['Tags']);
  store.policies.set(arn, policy);
  return { Policy: describePolicy(store, policy) };
}

function createPolicyVersion(region: Region, store: IdentityStore, input: AwsShape): AwsShape {
  const policy = store.policy(requiredText(input, 'PolicyArn'));
  const document = documentOf(input);
  if (policy.versions.size >= POLICY_VERSIONS_MAX) {
    throw new AwsError('LimitExceeded', 'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.', {
      httpStatus: 409,
    });
  }
  const version = `v${policy.nextVersion++}`;
  const createdAt = region.clock.now();
  policy.versions.set(version, { document, createdAt });
  policy.updatedAt = createdAt;
  if (String(input['SetAsDefault']) === 'true') policy.defaultVersion = version;
  return { PolicyVersion: { VersionId: version, IsDefaultVersion: policy.defaultVersion === version, CreateDate: new Date(createdAt) } };
}

function versionOf(store: IdentityStore, input: AwsShape): AwsShape {
  const arn = requiredText(input, 'PolicyArn');
  const id = requiredText(input, 'VersionId');
  const awsOwned = store.policies.has(arn) ? undefined : store.managedDocument(arn);
  if (awsOwned !== undefined && id === 'v1') return { Document: encodeDocument(awsOwned.text), VersionId: id, IsDefaultVersion: true };
  const policy = store.policy(arn);
  const version = policy.versions.get(id);
  if (version === undefined) throw noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`);
  return {
    Document: encodeDocument(version.document.text),
    VersionId: id,
    IsDefaultVersion: policy.defaultVersion === id,
    CreateDate: new Date(version.createdAt),
  };
}

function deletePolicy(store: IdentityStore, input: AwsShape): undefined {
  const policy = store.policy(requiredText(input, 'PolicyArn'));
  if (attachmentCount(store, policy.arn) > 0) throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', { httpStatus: 409 });
  if (policy.versions.size > 1) {
    throw new AwsError('DeleteConflict', "This policy has more than one version. Before you delete a policy, you must delete the policy's versions.", {
      httpStatus: 409,
    });
  }
  store.policies.delete(policy.arn);
  return undefined;
}

function deletePolicyVersion(store: IdentityStore, input: AwsShape): undefined {
  const policy = store.policy(requiredText(input, 'PolicyArn'));
  const id = requiredText(input, 'VersionId');
  if (id === policy.defaultVersion) throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', { httpStatus: 409 });
  if (!policy.versions.delete(id)) throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return undefined;
}

function listPolicies(store: IdentityStore, input: AwsShape): AwsShape {
  const scope = optionalText(input, 'Scope') ?? 'All';
  const own = scope === 'AWS' ? [] : [...store.policies.values()].map((policy) => describePolicy(store, policy));
  const awsOwned = scope === 'Local' ? [] : awsManagedPolicyArns().map((arn) => describeAwsManaged(store, arn));
  const onlyAttached = String(input['OnlyAttached']) === 'true';
  const { page, ...rest } = pageOf(
    [...own, ...awsOwned].filter((policy) => !onlyAttached || policy['AttachmentCount'] > 0),
    input,
  );
  return { Policies: page, ...rest };
}

function listVersions(store: IdentityStore, input: AwsShape): AwsShape {
  const policy = store.policy(requiredText(input, 'PolicyArn'));
  const { page, ...rest } = pageOf([...policy.versions].reverse(), input);
  return {
    Versions: page.map(([VersionId, version]) => ({
      VersionId,
      IsDefaultVersion: VersionId === policy.defaultVersion,
      CreateDate: new Date(version.createdAt),
    })),
    ...rest,
  };
}

function listEntities(store: IdentityStore, input: AwsShape): AwsShape {
  const arn = requiredText(input, 'PolicyArn');
  if (store.managedDocument(arn) === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  const roles = [...store.roles.values()].filter((role) => role.attachedPolicies.has(arn));
  return { PolicyGroups: [], PolicyUsers: [], PolicyRoles: roles.map((role) => ({ RoleName: role.name, RoleId: role.id })), IsTruncated: false };
}

export function createManagedPolicyOperations(region: Region, store: IdentityStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [String(input['PolicyArn'] ?? `arn:aws:iam::${store.account}:policy/${String(input['PolicyName'] ?? '*')}`)];
  const getPolicy = (input: AwsShape): AwsShape => {
    const arn = requiredText(input, 'PolicyArn');
    const isAwsOwned = !store.policies.has(arn) && store.managedDocument(arn) !== undefined;
    return { Policy: isAwsOwned ? describeAwsManaged(store, arn) : describePolicy(store, store.policy(arn)) };
  };
  return {
    CreatePolicy: { handle: (input) => createPolicy(region, store, input), resources },
    GetPolicy: { handle: getPolicy, resources },
    ListPolicies: { handle: (input) => listPolicies(store, input) },
    DeletePolicy: { handle: (input) => deletePolicy(store, input), resources },
    CreatePolicyVersion: { handle: (input) => createPolicyVersion(region, store, input), resources },
    GetPolicyVersion: { handle: (input) => ({ PolicyVersion: versionOf(store, input) }), resources },
    ListPolicyVersions: { handle: (input) => listVersions(store, input), resources },
    DeletePolicyVersion: { handle: (input) => deletePolicyVersion(store, input), resources },
    ListEntitiesForPolicy: { handle: (input) => listEntities(store, input), resources },
  };
}
