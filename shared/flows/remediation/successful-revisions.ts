// Revisions that were deployed successfully and could be gone back to, newest first.
import type { Deployment } from '#core/deployment/deployment.ts';
import type { SuccessfulRevision } from '#core/remediation/runbooks/crash-loop.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { SituationView } from './observe-situation.ts';

/** Deployments looked back through, and images looked up. */
const HISTORY_MAX = 50;
const CANDIDATES_MAX = 5;

export async function successfulRevisions({ ports, service }: SituationView, servingDigest: string | undefined): Promise<readonly SuccessfulRevision[]> {
  const history = await ports.deployments.history(service.key, HISTORY_MAX);
  const succeeded = history.filter((deployment) => deployment.taskDefinitionArn !== undefined && stayedWell(deployment)).slice(0, CANDIDATES_MAX);
  return Promise.all(
    succeeded.map(async (deployment) => {
      const { digest } = deployment.request;
      const quarantined = service.quarantine.some((entry) => entry.digest === digest && entry.until > ports.now());
      // The same image under another revision would crash as it does now.
      const excluded = quarantined || digest === servingDigest;
      return {
        deploymentId: deployment.id,
        taskDefinitionArn: deployment.taskDefinitionArn ?? '',
        digest,
        healthy: excluded ? false : await isThere(ports, deployment),
      };
    }),
  );
}

/** One that went bad in its guard window is nothing to go back to. A window that is still open has not spoken against it. */
function stayedWell({ status, guard }: Deployment): boolean {
  return status === 'Succeeded' && (guard?.ended === undefined || guard.ended.kind === 'over');
}

async function isThere(ports: Ports, { request }: Deployment): Promise<boolean | undefined> {
  try {
    return (await ports.images.describe(request.registry, request.repository, request.digest))?.status === 'ACTIVE';
  } catch (error) {
    // The step is tried again: one call that failed is no reason to tell people that there is nothing to go back to.
    if (error instanceof RetryableError) throw error;
    ports.log.warn('an earlier image could not be looked up', { digest: request.digest, error: String(error) });
    return undefined;
  }
}
