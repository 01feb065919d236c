// The page behind a signed approval link: what is asked, what is known so far, and two buttons. No script, no style, nothing loaded.
import type { Deployment } from '../deployment/deployment.ts';
import { compactTime } from '../deployment/deployment-id.ts';
import type { ServiceRecord } from '../service/service-record.ts';
import { approvalQuestion } from './approval.ts';
import type { ApprovalClaim } from './approval-link.ts';

/** The newest lines of the timeline that are shown. */
const TIMELINE_SHOWN_MAX = 15;

/** Of every answer. Nothing may keep, frame, rewrite or add to the page, and its address is told to nobody. */
export const approvalPageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
};

/** @param reasonLengthMax characters an answer's reason may have */
export function approvalPage(deployment: Deployment, service: ServiceRecord, claim: ApprovalClaim, token: string, reasonLengthMax: number): string {
  const { serviceKey, request, approval, timeline } = deployment;
  const label = request.tag === undefined ? request.digest : `${request.tag} (${request.digest})`;
  const facts: readonly (readonly [string, string])[] = [
    ['Service', serviceKey],
    ['New version', `${request.repository}: ${label}`],
    ['Serves now', service.lastSuccess === undefined ? 'nothing that Weir deployed' : service.lastSuccess.digest],
    ['Asked for by', request.by ?? `a ${request.source} at ${instant(request.pushedAt)}`],
    ['Asked', approval === undefined ? '' : approvalQuestion(approval.rules)],
    ['Approved so far', approval === undefined ? '' : `${approval.answers.length} of ${approval.rules.required}`],
    ['Until', instant(claim.until)],
  ];
  const answers = (approval?.answers ?? []).map(({ by, reason, approves }) => `${by} ${approves ? 'approved' : 'did not approve'}: ${reason}`);
  return page(`Approve ${serviceKey}?`, [
    `<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`,
    ...list('Answers', answers),
    ...list(
      'So far',
      timeline.slice(-TIMELINE_SHOWN_MAX).map(({ at, text }) => `${instant(at)} ${text}`),
    ),
    '<form method="post">',
    `<input type="hidden" name="token" value="${escapeHtml(token)}">`,
    `<p><label>Reason, for the record<br><textarea name="reason" required maxlength="${reasonLengthMax}" rows="3" cols="60"></textarea></label></p>`,
    '<p><button name="answer" value="approve">Approve</button> <button name="answer" value="reject">Reject: end the deployment</button></p>',
    '</form>',
  ]);
}

export function messagePage(title: string, text: string): string {
  return page(title, [`<p>${escapeHtml(text)}</p>`]);
}

function page(title: string, body: readonly string[]): string {
  const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">';
  return `<!doctype html><html lang="en"><head>${head}<title>${escapeHtml(title)}</title></head><body><main><h1>${escapeHtml(title)}</h1>${body.join('')}</main></body></html>`;
}

function list(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`<h2>${heading}</h2><ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** `2026-11-23 09:00 UTC`, of the compact form that ids have. */
function instant(at: number): string {
  const text = compactTime(at);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)} ${text.slice(9, 11)}:${text.slice(11, 13)} UTC`;
}
