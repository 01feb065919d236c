// CreateDeployment has no idempotency token; the description is what tells our deployment from everybody else's.

/** CodeDeploy cuts nothing and refuses longer ones. Source: CodeDeploy quotas (2023 copy; newer clients send up to 512). */
export const DESCRIPTION_LENGTH_MAX = 256;

const form = /^weir (\S+) (\S+)$/;

/** `weir <deployment id> <cluster/service>`. */
export function describe(serviceKey: string, deploymentId: string): string {
  return `weir ${deploymentId} ${serviceKey}`.slice(0, DESCRIPTION_LENGTH_MAX);
}

/** Whose deployment a description names; undefined for everybody else's. */
export function ownerOfDescription(description: string): { readonly serviceKey: string; readonly deploymentId: string } | undefined {
  const [, deploymentId, serviceKey] = form.exec(description) ?? [];
  return deploymentId === undefined || serviceKey === undefined ? undefined : { serviceKey, deploymentId };
}
