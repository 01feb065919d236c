// The page behind a signed approval link. GET only shows: mail scanners and chat servers fetch links nobody has clicked. POST answers
// with the person's choice and reason. What cannot be used is refused in plain words and logged, never with the token.
import { OPERATOR_REASON_LENGTH_MAX } from '#contracts/operator-request.ts';
import type { UrlAnswer, UrlRequest } from '#contracts/url-request.ts';
import { type ApprovalClaim, LINK_APPROVER, linkProblem } from '#core/approval/approval-link.ts';
import { approvalPage, approvalPageHeaders, messagePage } from '#core/approval/approval-page.ts';
import type { Ports } from '#ports/ports.ts';
import { approveDeployment } from './approve-deployment.ts';

export async function answerApprovalLink(ports: Ports, request: UrlRequest): Promise<UrlAnswer> {
  if (request.method === 'GET') return show(ports, request);
  if (request.method === 'POST') return decide(ports, request);
  return { ...say(405, 'Not possible', 'This page can be looked at, and answered.'), headers: { ...approvalPageHeaders, allow: 'GET, POST' } };
}

async function show(ports: Ports, request: UrlRequest): Promise<UrlAnswer> {
  const token = request.query.get('token') ?? '';
  const claim = await ports.approvalLinks.read(token);
  if (claim === undefined) return refuse(ports, request, 403, 'This link is not valid.');
  const { service, deployment } = await ports.deployments.loadWithService(claim.serviceKey, claim.deploymentId);
  const problem = linkProblem(claim, deployment?.deployment.approval, ports.now());
  if (problem !== undefined) return refuse(ports, request, 410, problem, claim);
  if (service === undefined || deployment === undefined) return refuse(ports, request, 410, 'The deployment is not on record.', claim);
  return { statusCode: 200, headers: approvalPageHeaders, body: approvalPage(deployment.deployment, service.record, claim, token, OPERATOR_REASON_LENGTH_MAX) };
}

async function decide(ports: Ports, request: UrlRequest): Promise<UrlAnswer> {
  const claim = await ports.approvalLinks.read(request.form.get('token') ?? '');
  if (claim === undefined) return refuse(ports, request, 403, 'This link is not valid.');
  const answer = request.form.get('answer');
  const reason = (request.form.get('reason') ?? '').trim();
  if (answer !== 'approve' && answer !== 'reject') return say(400, 'Nothing was changed', 'Choose to approve or to reject.');
  if (reason === '' || reason.length > OPERATOR_REASON_LENGTH_MAX)
    return say(400, 'Nothing was changed', `Give a reason of at most ${OPERATOR_REASON_LENGTH_MAX} characters.`);
  const loaded = await ports.deployments.load(claim.serviceKey, claim.deploymentId);
  const problem = linkProblem(claim, loaded?.deployment.approval, ports.now());
  if (problem !== undefined) return refuse(ports, request, 410, problem, claim);
  const { serviceKey, deploymentId, channel } = claim;
  const approves = answer === 'approve';
  const given = await approveDeployment(ports, {
    serviceKey,
    deploymentId,
    by: LINK_APPROVER,
    reason: `${reason} (by the link told to the ${channel})`,
    approves,
  });
  if (given.kind !== 'counted') return refuse(ports, request, 410, given.kind === 'notCounted' ? `${given.why}.` : 'The deployment is not on record.', claim);
  ports.log.info('an approval link was used', { serviceKey, deploymentId, channel, approves, sourceIp: request.sourceIp });
  if (!approves) return say(200, 'Rejected', `${serviceKey}: the deployment ends. The reason is on record.`);
  const rest = given.missing === 0 ? 'the deployment goes on' : `${given.missing} approval(s) are still missing`;
  return say(200, 'Approved', `${serviceKey}: ${rest}. The reason is on record.`);
}

function refuse(ports: Ports, { method, sourceIp }: UrlRequest, statusCode: number, why: string, claim?: ApprovalClaim): UrlAnswer {
  const about = claim === undefined ? {} : { serviceKey: claim.serviceKey, deploymentId: claim.deploymentId, channel: claim.channel };
  ports.log.warn('an approval link was refused', { ...about, method, sourceIp, why });
  return say(statusCode, 'Nothing was changed', why);
}

function say(statusCode: number, title: string, text: string): UrlAnswer {
  return { statusCode, headers: approvalPageHeaders, body: messagePage(title, text) };
}
