// Step Conclude: put auto scaling back, give the service to the push that waits, tell people. Every part can be repeated; the order
// makes sure that what is not done yet is found by whoever repeats it.

import { readManifest } from '#contracts/stored-manifest.ts';
import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { type Deployment, isTerminal, type Outcome } from '#core/deployment/deployment.ts';
import { holds, type Release, release } from '#core/service/service-record.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { changeDeployment } from './change-deployment.ts';
import { changeService } from './change-service.ts';
import { startDeployment } from './start-deployment.ts';

export async function concludeDeployment(ports: Ports, input: WorkflowInput): Promise<StepAnswer> {
  const loaded = await ports.deployments.load(input.serviceKey, input.deploymentId);
  const service = await ports.services.load(input.serviceKey);
  if (loaded === undefined || service === undefined) return stop;
  const { deployment } = loaded;
  if (!isTerminal(deployment.status) || deployment.outcome === undefined)
    throw new PermanentError(`Conclude ran for a deployment that is ${deployment.status}`);
  const stillHolds = holds(service.record, deployment.id, input.fence);

  if (stillHolds) {
    const manifest = readManifest(service.record.manifest);
    await restoreScaling(ports, deployment, manifest.cluster, manifest.service);
    await tell(ports, deployment, deployment.outcome, manifest.notifications.topicArn);
  }
  const released = await changeService(ports, input.serviceKey, (record) => release(record, releaseOf(deployment, input.fence), ports.now()));
  // Also when an earlier try released: the next holder may not have been started.
  const next = released?.started?.deploymentId ?? (await ports.services.load(input.serviceKey))?.record.active?.deploymentId;
  if (next !== undefined && next !== deployment.id) await startDeployment(ports, input.serviceKey, next);
  return stop;
}

async function restoreScaling(ports: Ports, deployment: Deployment, cluster: string, service: string): Promise<void> {
  if (deployment.scaling === undefined || deployment.scaling.restored) return;
  await ports.scaling.set(cluster, service, deployment.scaling.previous);
  await changeDeployment(ports, deployment.serviceKey, deployment.id, (newest) => (newest.scaling?.restored === false ? [{ type: 'ScalingRestored' }] : []));
}

/** What the service's record learns from the outcome. Only an image that was at fault is quarantined. */
export function releaseOf(deployment: Deployment, fence: number): Release {
  const { status, outcome, plan, rollback, taskDefinitionArn, request } = deployment;
  const succeeded =
    status === 'Succeeded' && taskDefinitionArn !== undefined
      ? { deploymentId: deployment.id, digest: request.digest, taskDefinitionArn, at: outcome?.at ?? deployment.updatedAt }
      : undefined;
  const imageAtFault = rollback !== undefined && ['health', 'crashes', 'alarm', 'hook', 'driver'].includes(rollback.cause.kind);
  return {
    deploymentId: deployment.id,
    fence,
    succeeded,
    // What an operator ended says nothing about the service's health.
    failed: (status === 'RolledBack' || status === 'Failed' || status === 'Held') && deployment.abortRequest === undefined,
    quarantine: imageAtFault ? { digest: request.digest, reason: outcome?.reason ?? status, hours: plan?.settings.quarantineHours ?? 0 } : undefined,
  };
}

async function tell(ports: Ports, deployment: Deployment, outcome: Outcome, topicArn: string | undefined): Promise<void> {
  const image = deployment.request.tag ?? deployment.request.digest;
  try {
    await ports.notifier.notify(
      {
        serviceKey: deployment.serviceKey,
        deploymentId: deployment.id,
        status: outcome.status,
        title: `${deployment.serviceKey}: ${image} ${outcome.status}`,
        text: outcome.reason,
      },
      topicArn,
    );
  } catch (error) {
    ports.log.warn('could not notify; the deployment is not affected', { deploymentId: deployment.id, error: String(error) });
  }
}
