// Step Conclude: put auto scaling back, give the service to the push that waits, tell people. Every part can be repeated; the order
// makes sure that what is not done yet is found by whoever repeats it. News that a channel did not take are all that is left then, and
// are tried again.

import { breakerPolicy, readManifest } from '#contracts/stored-manifest.ts';
import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { crashFault } from '#core/breaker/crash-cause.ts';
import { blamesImage } from '#core/breaker/quarantine.ts';
import type { ServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import { deploymentEnd } from '#core/breaker/service-breaker-decisions.ts';
import { type Deployment, isTerminal, type Outcome } from '#core/deployment/deployment.ts';
import { explainDeployment } from '#core/deployment/explain.ts';
import { alertOfOutcome } from '#core/notification/alert.ts';
import { outcomeText } from '#core/notification/outcome-text.ts';
import { secondsUntilToldAgain } from '#core/notification/tell-again.ts';
import { holds, type Release, release, type ServiceRecord } from '#core/service/service-record.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { changeDeployment } from './change-deployment.ts';
import { changeService } from './change-service.ts';
import { refuseWaiting, startDeployment } from './start-deployment.ts';
import { tellOfBreaker } from './tell-of-breaker.ts';
import { tellPeople } from './tell-people.ts';

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
    if (deployment.status === 'Succeeded' && manifest.guard.mode !== 'off' && manifest.guard.minutes > 0) await startGuard(ports, deployment, service.record);
  }
  const policy = breakerPolicy(readManifest(service.record.manifest));
  const released = await changeService(ports, input.serviceKey, (record) => release(record, releaseOf(deployment, input.fence, policy), ports.now()));
  const concluded = released?.record ?? service.record;
  const told = await tell(ports, (await ports.deployments.load(input.serviceKey, input.deploymentId))?.deployment ?? deployment, deployment.outcome, concluded);
  await tellOfBreaker(ports, concluded);
  if (released?.refused !== undefined) await refuseWaiting(ports, input.serviceKey, released.refused);
  // Also when an earlier try released: the next holder may not have been started.
  const next = released?.started?.deploymentId ?? (await ports.services.load(input.serviceKey))?.record.active?.deploymentId;
  if (next !== undefined && next !== deployment.id) await startDeployment(ports, input.serviceKey, next);
  return told ? stop : tellAgain(ports, deployment, deployment.outcome);
}

function tellAgain(ports: Ports, { id, serviceKey }: Deployment, { at, status }: Outcome): StepAnswer {
  const waitSeconds = secondsUntilToldAgain(at, ports.now());
  if (waitSeconds !== undefined) return { next: { kind: 'tellAgain', waitSeconds } };
  ports.log.warn('gave up telling people how a deployment ended', { serviceKey, deploymentId: id, status });
  return stop;
}

/** Before the service is released: until then the record still says what succeeded before. */
async function startGuard(ports: Ports, deployment: Deployment, { lastSuccess }: ServiceRecord): Promise<void> {
  const blue = deployment.plan?.blue;
  // What served before Weir deployed anything is gone back to as well: the deployment was judged by it.
  const served = blue?.digest === undefined ? undefined : { taskDefinitionArn: blue.taskDefinitionArn, digest: blue.digest };
  const { deploymentId, taskDefinitionArn, digest } = lastSuccess ?? {};
  const target = deploymentId === undefined || taskDefinitionArn === undefined || digest === undefined ? served : { deploymentId, taskDefinitionArn, digest };
  await changeDeployment(ports, deployment.serviceKey, deployment.id, ({ guard }) =>
    guard === undefined ? [{ type: 'GuardStarted', ...(target === undefined ? {} : { target }) }] : [],
  );
}

async function restoreScaling(ports: Ports, deployment: Deployment, cluster: string, service: string): Promise<void> {
  if (deployment.scaling === undefined || deployment.scaling.restored) return;
  await ports.scaling.set(cluster, service, deployment.scaling.previous);
  await changeDeployment(ports, deployment.serviceKey, deployment.id, (newest) => (newest.scaling?.restored === false ? [{ type: 'ScalingRestored' }] : []));
}

/** What the service's record learns from the outcome. Only an image that was at fault is quarantined. */
export function releaseOf(deployment: Deployment, fence: number, breaker: ServiceBreakerPolicy): Release {
  const { status, outcome, plan, taskDefinitionArn, request } = deployment;
  const succeeded =
    status === 'Succeeded' && taskDefinitionArn !== undefined
      ? { deploymentId: deployment.id, digest: request.digest, taskDefinitionArn, at: outcome?.at ?? deployment.updatedAt }
      : undefined;
  const reason = outcome?.reason ?? status;
  return {
    deploymentId: deployment.id,
    fence,
    succeeded,
    end: { end: endOf(deployment), purpose: request.remedy?.purpose ?? 'change', reason },
    breaker,
    quarantine: blamesDeployedImage(deployment) ? { digest: request.digest, reason, hours: plan?.settings.quarantineHours ?? 0 } : undefined,
  };
}

/** What an operator ended, or nobody approved, says nothing about the service's health. */
function endOf({ status, rollback, abortRequest, approval }: Deployment): Release['end']['end'] {
  if (status === 'Failed' && rollback === undefined && approval?.ended !== undefined && approval.ended.kind !== 'approved') return 'neither';
  return abortRequest !== undefined && status !== 'Succeeded' ? 'neither' : deploymentEnd(status, rollback?.cause.kind);
}

/** Tasks that crashed because of a full subnet say nothing against their image; it deserves another try. */
function blamesDeployedImage({ rollback, request }: Deployment): boolean {
  // A remedy deploys what was healthy before, or serves: its failure is no judgement of the image.
  if (rollback === undefined || request.remedy !== undefined) return false;
  const { cause } = rollback;
  if (cause.kind === 'crashes') return blamesImage(crashFault(cause.causes));
  return ['health', 'alarm', 'hook', 'driver'].includes(cause.kind);
}

/** @returns whether every channel has the news */
async function tell(ports: Ports, deployment: Deployment, { status }: Outcome, service: ServiceRecord): Promise<boolean> {
  const { id, serviceKey, request } = deployment;
  return tellPeople(ports, readManifest(service.manifest).notifications, {
    id: `${id}#${status}`,
    alert: alertOfOutcome(status),
    serviceKey,
    thread: id,
    deploymentId: id,
    status,
    title: `${serviceKey}: ${request.tag ?? request.digest} ${status}`,
    text: outcomeText(explainDeployment(deployment, service, ports.now())),
  });
}
