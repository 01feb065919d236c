// Everything Weir can tell people, each with its section of docs/operations.md: what a person does about it. A test holds the two
// together, so that nobody is woken by something that nobody wrote down.
import type { DeploymentStatus } from '#core/deployment/deployment.ts';
import type { RunbookName } from '#core/remediation/policy.ts';

/**
 * - info: nothing to do. - notice: it was dealt with, or can wait for the working day. - urgent: a person has to decide or to act.
 */
export type Severity = 'info' | 'notice' | 'urgent';

interface Alert {
  readonly severity: Severity;
  /** Heading of its section in docs/operations.md. */
  readonly section: string;
}

export const alerts = {
  deploymentSucceeded: { severity: 'info', section: 'A deployment succeeded' },
  deploymentSuperseded: { severity: 'info', section: 'A deployment was superseded' },
  deploymentFailed: { severity: 'notice', section: 'A deployment failed' },
  deploymentRolledBack: { severity: 'notice', section: 'A deployment was rolled back' },
  deploymentHeld: { severity: 'urgent', section: 'A deployment is held' },
  decisionNeeded: { severity: 'urgent', section: 'A deployment needs a decision' },
  breakerOpened: { severity: 'urgent', section: 'The circuit breaker opened' },
  wentBad: { severity: 'urgent', section: 'A version went bad after its deployment' },
  unknownStopReason: { severity: 'notice', section: 'A task stopped for an unknown reason' },
  outOfMemory: { severity: 'notice', section: 'A service runs out of memory' },
  crashLoop: { severity: 'urgent', section: 'The serving version crashes' },
  imagePull: { severity: 'urgent', section: 'The serving image cannot be pulled' },
  capacity: { severity: 'notice', section: 'Spot capacity is taken back or short' },
  placement: { severity: 'urgent', section: 'Tasks cannot be placed' },
  targetHealth: { severity: 'urgent', section: 'Targets are unhealthy while tasks run' },
  scanFinding: { severity: 'notice', section: 'A scan found something in the serving image' },
  remediationFailed: { severity: 'urgent', section: 'A remediation could not be carried through' },
} as const satisfies Readonly<Record<RunbookName, Alert>> & Readonly<Record<string, Alert>>;

export type AlertName = keyof typeof alerts;

export function alertOfOutcome(status: DeploymentStatus): AlertName {
  switch (status) {
    case 'Succeeded':
      return 'deploymentSucceeded';
    case 'Superseded':
      return 'deploymentSuperseded';
    case 'RolledBack':
      return 'deploymentRolledBack';
    case 'Held':
      return 'deploymentHeld';
    default:
      return 'deploymentFailed';
  }
}

/** Anchor of a heading, as GitHub and most renderers of Markdown make it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** @param document where docs/operations.md is to be read: a path or a URL */
export function runbookLink(alert: AlertName, document: string): string {
  return `${document}#${anchorOf(alerts[alert].section)}`;
}
