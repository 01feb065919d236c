// Roles: who they are, who may take them, their tags and boundary.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { type IdentityStore, noSuchEntity, type RoleRecord } from './identity-store.ts';
import { addTags, encodeDocument, listOf, optionalText, pageOf, pathOf, requiredName, requiredText, tagList, validationError } from './input-members.ts';
import { ROLES_MAX, TRUST_POLICY_CHARACTERS_MAX } from './limits.ts';
import { policyLength, readPolicyDocument } from './policy-document.ts';

const SESSION_SECONDS_DEFAULT = 3_600;

export function describeRole(role: RoleRecord): AwsShape {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trust.text),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.boundaryArn === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.boundaryArn } }),
    ...(role.tags.size === 0 ? {} : { Tags: tagList(role.tags) }),
    RoleLastUsed: {},
  };
}

function trustOf(input: AwsShape, member: string): RoleRecord['trust'] {
  const trust = readPolicyDocument(requiredText(input, member), 'trust');
  if (policyLength(trust.text) > TRUST_POLICY_CHARACTERS_MAX) {
    throw new AwsError('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${TRUST_POLICY_CHARACTERS_MAX}`, { httpStatus: 409 });
  }
  return trust;
}

function sessionSeconds(value: unknown): number {
  const seconds = value === undefined ? SESSION_SECONDS_DEFAULT : Number(value);
  if (!Number.isInteger(seconds) || seconds < 3_600 || seconds > 43_200) {
    throw validationError(
      `1 validation error detected: Value '${String(value)}' at 'maxSessionDuration' failed to satisfy constraint: Member must be between 3600 and 43200`,
    );
  }
  return seconds;
}

function boundaryOf(store: IdentityStore, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || store.managedDocument(value) === undefined)
    throw noSuchEntity(`Scope ARN: ${String(value)} does not exist or is not attachable.`);
  return value;
}

function createRole(region: Region, store: IdentityStore, input: AwsShape): AwsShape {
  const name = requiredName(input, 'RoleName', 64);
  const path = pathOf(input);
  const trust = trustOf(input, 'AssumeRolePolicyDocument');
  if (store.roles.has(name)) throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, { httpStatus: 409 });
  if (store.roles.size >= ROLES_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for RolesPerAccount: ${ROLES_MAX}.`, { httpStatus: 409 });
  const role: RoleRecord = {
    name,
    path,
    id: `AROA${region.ids.upper(17)}`,
    arn: `arn:aws:iam::${store.account}:role${path}${name}`,
    createdAt: region.clock.now(),
    trust,
    description: optionalText(input, 'Description'),
    maxSessionSeconds: sessionSeconds(input['MaxSessionDuration']),
    boundaryArn: boundaryOf(store, input['PermissionsBoundary']),
    inlinePolicies: new Map(),
    attachedPolicies: new Set(),
    tags: new Map(),
    used: new Set(),
  };
  addTags(role.tags, input['Tags']);
  store.roles.set(name, role);
  return { Role: describeRole(role) };
}

function deleteRole(store: IdentityStore, input: AwsShape): void {
  const role = store.role(requiredName(input, 'RoleName', 64));
  if (role.attachedPolicies.size > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', { httpStatus: 409 });
  if (role.inlinePolicies.size > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', { httpStatus: 409 });
  store.roles.delete(role.name);
}

function updateRole(store: IdentityStore, input: AwsShape): void {
  const role = store.role(requiredName(input, 'RoleName', 64));
  if (input['MaxSessionDuration'] !== undefined) role.maxSessionSeconds = sessionSeconds(input['MaxSessionDuration']);
  if (input['Description'] !== undefined) role.description = optionalText(input, 'Description');
}

function listRoles(store: IdentityStore, input: AwsShape): AwsShape {
  const prefix = optionalText(input, 'PathPrefix') ?? '/';
  const roles = [...store.roles.values()].filter((role) => role.path.startsWith(prefix)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const { page, ...rest } = pageOf(roles, input);
  // AWS leaves tags and boundary out of the list.
  return { Roles: page.map((role) => ({ ...describeRole(role), Tags: undefined, PermissionsBoundary: undefined, RoleLastUsed: undefined })), ...rest };
}

/** AWS makes these roles for itself, with the service's path; their policies are AWS's business and grant nothing here. */
function createServiceLinkedRole(region: Region, store: IdentityStore, input: AwsShape): AwsShape {
  const service = requiredText(input, 'AWSServiceName');
  const shortName = service.split('.')[0] ?? service;
  const name = `AWSServiceRoleFor${shortName.toUpperCase()}`;
  if (store.roles.has(name)) {
    throw new AwsError('InvalidInput', `Service role name ${name} has been taken in this account, please try a different suffix.`);
  }
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });
  return createRole(region, store, { RoleName: name, Path: `/aws-service-role/${service}/`, AssumeRolePolicyDocument: trust });
}

export function createRoleOperations(region: Region, store: IdentityStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => {
    const name = String(input['RoleName'] ?? '*');
    return [store.roles.get(name)?.arn ?? `arn:aws:iam::${store.account}:role${typeof input['Path'] === 'string' ? input['Path'] : '/'}${name}`];
  };
  const change = (handle: (role: RoleRecord, input: AwsShape) => void): Operation => ({
    handle(input) {
      handle(store.role(requiredName(input, 'RoleName', 64)), input);
      return undefined;
    },
    resources,
  });
  return {
    CreateRole: { handle: (input) => createRole(region, store, input), resources },
    CreateServiceLinkedRole: { handle: (input) => createServiceLinkedRole(region, store, input) },
    GetRole: { handle: (input) => ({ Role: describeRole(store.role(requiredName(input, 'RoleName', 64))) }), resources },
    ListRoles: { handle: (input) => listRoles(store, input) },
    DeleteRole: {
      handle(input) {
        deleteRole(store, input);
        return undefined;
      },
      resources,
    },
    UpdateRole: {
      handle(input) {
        updateRole(store, input);
        return {};
      },
      resources,
    },
    UpdateAssumeRolePolicy: change((role, input) => {
      role.trust = trustOf(input, 'PolicyDocument');
    }),
    PutRolePermissionsBoundary: change((role, input) => {
      role.boundaryArn = boundaryOf(store, requiredText(input, 'PermissionsBoundary'));
    }),
    DeleteRolePermissionsBoundary: change((role) => {
      role.boundaryArn = undefined;
    }),
    TagRole: change((role, input) => addTags(role.tags, input['Tags'])),
    UntagRole: change((role, input) => {
      for (const key of listOf(input['TagKeys'])) role.tags.delete(String(key));
    }),
    ListRoleTags: { handle: (input) => ({ Tags: tagList(store.role(requiredName(input, 'RoleName', 64)).tags), IsTruncated: false }), resources },
    // Set-up tools ask this before they delete a role; there are no instance profiles here.
    ListInstanceProfilesForRole: {
      handle(input) {
        store.role(requiredName(input, 'RoleName', 64));
        return { InstanceProfiles: [], IsTruncated: false };
      },
      resources,
    },
  };
}
