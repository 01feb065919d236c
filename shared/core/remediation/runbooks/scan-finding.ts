// Runbook: a scan found something in the image that serves. Source: aws-contracts.md 1.2, ECR Image Scan (severities, each only if > 0).
import type { Finding } from '../action.ts';
import type { ScanFindingPolicy } from '../policy.ts';

/** From least to most severe. UNDEFINED is what the scanner could not grade: less than anything graded. */
export const scanSeverities = ['UNDEFINED', 'INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type ScanSeverity = (typeof scanSeverities)[number];

export interface ScanFindingSituation {
  readonly kind: 'scanFinding';
  readonly repository: string;
  readonly digest: string;
  readonly servingDigest: string | undefined;
  /** Findings by severity, as the event has them. Severities not known here are shown and do not decide. */
  readonly counts: Readonly<Record<string, number>>;
  /** Whether promotions of this digest are blocked already. */
  readonly blocked: boolean;
}

export function planScanFinding(situation: ScanFindingSituation, policy: ScanFindingPolicy): Finding {
  if (situation.digest !== situation.servingDigest) return { kind: 'nothing', why: 'the scanned image does not serve' };
  const from = scanSeverities.indexOf(policy.severity);
  const severe = scanSeverities.slice(from).filter((severity) => (situation.counts[severity] ?? 0) > 0);
  if (severe.length === 0) return { kind: 'nothing', why: `no finding of severity ${policy.severity} or above` };
  const text = [...severe]
    .reverse()
    .map((severity) => `${situation.counts[severity]} ${severity}`)
    .join(', ');
  const evidence = [
    `${situation.repository}@${situation.digest} serves production traffic`,
    `findings: ${Object.entries(situation.counts)
      .map(([severity, count]) => `${severity} ${count}`)
      .join(', ')}`,
  ];
  const why = `the serving image has findings: ${text}`;
  if (policy.onFinding === 'alert') return { kind: 'alert', why, evidence };
  if (situation.blocked) return { kind: 'nothing', why: 'promotions of this digest are blocked already' };
  return { kind: 'action', action: { kind: 'blockPromotion', digest: situation.digest, reason: `scan findings: ${text}` }, why, evidence };
}
