// What a role may do: its inline policies and the managed policies attached to it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import { type IdentityStore, noSuchEntity, type RoleRecord } from './identity-store.ts';
import { encodeDocument, pageOf, requiredName, requiredText } from './input-members.ts';
import { ATTACHED_POLICIES_MAX, INLINE_POLICY_CHARACTERS_MAX } from './limits.ts';
import { policyLength, readPolicyDocument } from './policy-document.ts';

function roleOf(store: IdentityStore, input: AwsShape): RoleRecord {
  return store.role(requiredName(input, 'RoleName', 64));
}

function putRolePolicy(store: IdentityStore, input: AwsShape): undefined {
  const role = roleOf(store, input);
  const name = requiredName(input, 'PolicyName', 128);
  const document = readPolicyDocument(requiredText(input, 'PolicyDocument'), 'identity');
  let total = policyLength(document.text);
  for (const [other, existing] of role.inlinePolicies) if (other !== name) total += policyLength(existing.text);
  if (total > INLINE_POLICY_CHARACTERS_MAX) {
    throw new AwsError('LimitExceeded', `Maximum policy size of ${INLINE_POLICY_CHARACTERS_MAX} bytes exceeded for role ${role.name}`, { httpStatus: 409 });
  }
  role.inlinePolicies.set(name, document);
  return undefined;
}

function inlinePolicyOf(store: IdentityStore, input: AwsShape): { role: RoleRecord; name: string; text: string } {
  const role = roleOf(store, input);
  const name = requiredName(input, 'PolicyName', 128);
  const document = role.inlinePolicies.get(name);
  if (document === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return { role, name, text: document.text };
}

function attach(store: IdentityStore, input: AwsShape): undefined {
  const role = roleOf(store, input);
  const arn = requiredText(input, 'PolicyArn');
  if (store.managedDocument(arn) === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  if (!role.attachedPolicies.has(arn) && role.attachedPolicies.size >= ATTACHED_POLICIES_MAX) {
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${ATTACHED_POLICIES_MAX}`, { httpStatus: 409 });
  }
  role.attachedPolicies.add(arn);
  return undefined;
}

function detach(store: IdentityStore, input: AwsShape): undefined {
  const role = roleOf(store, input);
  const arn = requiredText(input, 'PolicyArn');
  if (!role.attachedPolicies.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  return undefined;
}

export function createRolePolicyOperations(store: IdentityStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [
    store.roles.get(String(input['RoleName']))?.arn ?? `arn:aws:iam::${store.account}:role/${String(input['RoleName'] ?? '*')}`,
  ];
  return {
    PutRolePolicy: { handle: (input) => putRolePolicy(store, input), resources },
    GetRolePolicy: {
      handle(input) {
        const { role, name, text } = inlinePolicyOf(store, input);
        return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeDocument(text) };
      },
      resources,
    },
    DeleteRolePolicy: {
      handle(input) {
        const { role, name } = inlinePolicyOf(store, input);
        role.inlinePolicies.delete(name);
        return undefined;
      },
      resources,
    },
    ListRolePolicies: {
      handle(input) {
        const { page, ...rest } = pageOf([...roleOf(store, input).inlinePolicies.keys()].sort(), input);
        return { PolicyNames: page, ...rest };
      },
      resources,
    },
    AttachRolePolicy: { handle: (input) => attach(store, input), resources },
    DetachRolePolicy: { handle: (input) => detach(store, input), resources },
    ListAttachedRolePolicies: {
      handle(input) {
        const { page, ...rest } = pageOf([...roleOf(store, input).attachedPolicies], input);
        return { AttachedPolicies: page.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn })), ...rest };
      },
      resources,
    },
  };
}
