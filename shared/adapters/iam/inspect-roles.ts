// Roles and what they may do, by IAM's own policy simulator.
import { GetRoleCommand, type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { PermissionFacts, RoleFacts } from '#core/inspection/service-facts.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

interface TrustPolicy {
  readonly Statement?: readonly { readonly Effect?: string; readonly Principal?: { readonly Service?: string | readonly string[] } }[];
}

export async function inspectRole(client: IAMClient, arn: string): Promise<RoleFacts> {
  // The ARN carries the role's path; its name does not.
  const RoleName = arn.slice(arn.lastIndexOf('/') + 1);
  const answer = await callAwsUnless(`get role ${RoleName}`, { NoSuchEntityException: () => undefined, NoSuchEntity: () => undefined }, () =>
    client.send(new GetRoleCommand({ RoleName })),
  );
  const exists = answer?.Role !== undefined && answer.Role.Arn === arn;
  return { arn, exists, trusts: exists ? trustedServices(answer.Role?.AssumeRolePolicyDocument) : undefined };
}

export async function inspectPermissions(
  client: IAMClient,
  roleArn: string,
  wanted: readonly { readonly action: string; readonly resource: string }[],
): Promise<readonly PermissionFacts[]> {
  const facts: PermissionFacts[] = [];
  for (const { action, resource } of wanted) {
    const answer = await callAws(`simulate ${action} for ${roleArn}`, () =>
      client.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: roleArn, ActionNames: [action], ResourceArns: [resource] })),
    );
    facts.push({ roleArn, action, resource, allowed: answer.EvaluationResults?.every(({ EvalDecision }) => EvalDecision === 'allowed') ?? false });
  }
  return facts;
}

/** IAM answers the policy URL-encoded. Source: IAM API, GetRole. */
function trustedServices(document: string | undefined): readonly string[] | undefined {
  if (document === undefined) return undefined;
  try {
    const policy = JSON.parse(decodeURIComponent(document)) as TrustPolicy;
    return (policy.Statement ?? []).filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal }) => Principal?.Service ?? []);
  } catch {
    return undefined;
  }
}
