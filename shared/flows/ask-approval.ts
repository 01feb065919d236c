// Tells people that a deployment waits for their approval, once.
import { readManifest } from '#contracts/stored-manifest.ts';
import { type ApprovalRules, approvalQuestion } from '#core/approval/approval.ts';
import { mayUseLinks } from '#core/approval/approval-link.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import type { Notification } from '#ports/notifier.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { tellPeople } from './tell-people.ts';

/** @returns whether they were told: if not, whoever waits looks again soon */
export async function askApproval(ports: Ports, deployment: Deployment, rules: ApprovalRules): Promise<boolean> {
  const { serviceKey, id, request } = deployment;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return false;
  const text = `${approvalQuestion(rules)}. weir approve ${serviceKey} --reason "..." (or --reject)`;
  const notification: Notification = {
    id: `${id}#ApprovalNeeded`,
    alert: 'decisionNeeded',
    serviceKey,
    thread: id,
    deploymentId: id,
    status: 'ApprovalNeeded',
    title: `${serviceKey}: ${request.tag ?? request.digest} waits for approval`,
    text,
  };
  const told = await tellPeople(ports, readManifest(service.record.manifest).notifications, notification, async (channel) => {
    const link = await linkFor(ports, deployment, rules, channel);
    return link === undefined ? text : `${text}\nOr look and answer here (whoever has this link can): ${link}`;
  });
  if (told) await changeDeployment(ports, serviceKey, id, ({ approval }) => (approval?.toldAt === undefined ? [{ type: 'ApprovalTold' }] : []));
  return told;
}

/** undefined where there are no links, or none can be made: people are told all the same, and weir approve works as ever. */
async function linkFor(ports: Ports, { serviceKey, id, approval }: Deployment, rules: ApprovalRules, channel: string): Promise<string | undefined> {
  if (approval === undefined || !mayUseLinks(rules)) return undefined;
  const until = approval.askedAt + rules.timeoutMinutes * 60_000;
  try {
    return await ports.approvalLinks.make({ serviceKey, deploymentId: id, askedAt: approval.askedAt, channel, until });
  } catch (error) {
    ports.log.warn('no approval link could be made', { serviceKey, deploymentId: id, error: String(error) });
    return undefined;
  }
}
