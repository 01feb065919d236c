// Tells people that a deployment waits for their approval, once.
import { readManifest } from '#contracts/stored-manifest.ts';
import { type ApprovalRules, approvalQuestion } from '#core/approval/approval.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { tellPeople } from './tell-people.ts';

/** @returns whether they were told: if not, whoever waits looks again soon */
export async function askApproval(ports: Ports, deployment: Deployment, rules: ApprovalRules): Promise<boolean> {
  const { serviceKey, id, request } = deployment;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return false;
  const told = await tellPeople(ports, readManifest(service.record.manifest).notifications, {
    id: `${id}#ApprovalNeeded`,
    alert: 'decisionNeeded',
    serviceKey,
    thread: id,
    deploymentId: id,
    status: 'ApprovalNeeded',
    title: `${serviceKey}: ${request.tag ?? request.digest} waits for approval`,
    text: `${approvalQuestion(rules)}. weir approve ${serviceKey} --reason "..." (or --reject)`,
  });
  if (told) await changeDeployment(ports, serviceKey, id, ({ approval }) => (approval?.toldAt === undefined ? [{ type: 'ApprovalTold' }] : []));
  return told;
}
