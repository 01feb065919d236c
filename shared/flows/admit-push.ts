// A push becomes a deployment of each service that wants it. Called by the image-pushed subscriber and the sweeper.
// Every step may be repeated: the same push always makes the same deployment.

import { type DeploymentRequest, isTerminal } from '#core/deployment/deployment.ts';
import { deploymentId } from '#core/deployment/deployment-id.ts';
import { requestDeployment } from '#core/deployment/evolve.ts';
import { type Admission, admit } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { changeService } from './change-service.ts';
import { servingDigest } from './serving-digest.ts';
import { startDeployment } from './start-deployment.ts';

export interface AdmittedPush {
  readonly deploymentId: string;
  readonly admission: Admission['kind'] | 'ended' | 'unknownService';
  readonly reason?: string;
}

/**
 * Admits one push for one service.
 * @param pushId what identifies the push: the event's id, or `sweep:<pushedAt>`
 */
export async function admitPush(ports: Ports, serviceKey: string, request: DeploymentRequest, pushId: string): Promise<AdmittedPush> {
  const id = deploymentId(serviceKey, request.digest, pushId, request.pushedAt, ports.sha256Hex);
  const created = await ports.deployments.create(requestDeployment(id, serviceKey, request, ports.now()));
  if (isTerminal(created.deployment.status)) return { deploymentId: id, admission: 'ended' };
  return admitDeployment(ports, serviceKey, id);
}

/** Admits a deployment whose record exists: the second half of a push, and what the sweeper repeats after a crash. */
export async function admitDeployment(ports: Ports, serviceKey: string, id: string): Promise<AdmittedPush> {
  const loaded = await ports.deployments.load(serviceKey, id);
  if (loaded === undefined) return { deploymentId: id, admission: 'unknownService' };
  const serving = await servingDigest(ports, serviceKey);
  const decided = await changeService(ports, serviceKey, (record) =>
    admit(record, { deploymentId: id, request: loaded.deployment.request, servingDigest: serving }, ports.now()),
  );
  if (decided === undefined) return { deploymentId: id, admission: 'unknownService' };
  await carryOut(ports, serviceKey, id, decided.admission);
  return { deploymentId: id, admission: decided.admission.kind, ...('reason' in decided.admission ? { reason: decided.admission.reason } : {}) };
}

async function carryOut(ports: Ports, serviceKey: string, id: string, admission: Admission): Promise<void> {
  if ((admission.kind === 'start' || admission.kind === 'queue') && admission.displaced !== undefined) {
    await changeDeployment(ports, serviceKey, admission.displaced, () => [{ type: 'Superseded', by: id }]);
  }
  switch (admission.kind) {
    case 'start':
      await startDeployment(ports, serviceKey, id);
      return;
    case 'known':
      if (admission.state === 'active') await startDeployment(ports, serviceKey, id);
      return;
    case 'queue':
      await changeDeployment(ports, serviceKey, id, (deployment) => (deployment.status === 'Requested' ? [{ type: 'Queued', behind: admission.behind }] : []));
      if (admission.supersedes !== undefined) await askForRoom(ports, serviceKey, admission.supersedes, id);
      return;
    case 'refuse':
      await changeDeployment(ports, serviceKey, id, () => [{ type: 'Refused', reason: admission.reason }]);
      return;
    case 'outdated':
      await changeDeployment(ports, serviceKey, id, () => [{ type: 'Superseded', by: admission.by }]);
      return;
  }
}

async function askForRoom(ports: Ports, serviceKey: string, runningId: string, by: string): Promise<void> {
  await changeDeployment(ports, serviceKey, runningId, (running) => (running.supersededBy === by ? [] : [{ type: 'SupersedeRequested', by }]));
  const { token } = await ports.deployments.signal(serviceKey, runningId, { source: 'supersede', note: by });
  if (token !== undefined) await ports.workflow.wake(token);
}
