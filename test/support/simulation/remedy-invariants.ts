// What must always hold for what Weir does by itself outside deployments: its budget, one thing at a time, nothing against a deployment.

import type { AwsShape } from '../../../localaws/region.ts';
import type { Watch } from './invariants.ts';

export interface RemedyWatch {
  /** The service's record was written. */
  onService(record: AwsShape): void;
  /** The service's log of automatic actions was written. */
  onActions(record: AwsShape): void;
  onRemediation(id: string, record: AwsShape): void;
}

/** The default of the manifest; no story sets another. */
const ACTIONS_PER_HOUR_MAX = 3;
const HOUR = 3_600_000;
/** How far apart two functions' clocks may be. */
const SKEW_MS_MAX = 10_000;
const OVER = new Set(['Helped', 'DidNotHelp', 'Inconclusive', 'Rejected', 'Expired', 'Alerted', 'NotNeeded', 'Failed']);
const UNDER_WAY = new Set(['Acting', 'Verifying']);

interface Seen {
  readonly status: string;
  readonly startedAt: number | undefined;
}

export function watchRemedies(watch: Pick<Watch, 'report'>, now: () => number): RemedyWatch {
  /** When a place in the budget was first seen to be taken, by action: our own clock, not the log's. */
  const reserved = new Map<string, number>();
  const remediations = new Map<string, Seen>();
  const service: { active?: string | undefined; breaker?: { readonly state: { readonly kind: string; readonly until?: number } } | undefined } = {};
  return {
    onService(record) {
      service.active = (record['active'] as { deploymentId: string } | undefined)?.deploymentId;
      service.breaker = record['breaker'] as typeof service.breaker;
    },
    onActions(record) {
      const { actions } = record as unknown as { actions: readonly { readonly id: string }[] };
      for (const { id } of actions) if (!reserved.has(id)) reserved.set(id, now());
      const inHour = [...reserved.values()].filter((at) => now() - at < HOUR - SKEW_MS_MAX).length;
      if (inHour > ACTIONS_PER_HOUR_MAX) watch.report('automatic actions keep to their budget', `${inHour} actions within an hour`);
    },
    onRemediation(id, written) {
      const record = written as unknown as {
        readonly status: string;
        readonly startedAt?: number;
        readonly deploymentId?: string;
        readonly answer?: unknown;
        readonly action?: { readonly kind: string };
      };
      const before = remediations.get(id);
      remediations.set(id, { status: record.status, startedAt: record.startedAt });
      if (before !== undefined && OVER.has(before.status) && before.status !== record.status)
        watch.report('an ended remediation stays as it ended', `${id}: ${before.status} -> ${record.status}`);
      if (record.startedAt === undefined || before?.startedAt !== undefined || record.action?.kind === 'blockPromotion') return;
      const others = [...remediations].filter(([other, { status, startedAt }]) => other !== id && startedAt !== undefined && UNDER_WAY.has(status));
      if (others.length > 0) watch.report('one action at a time on a service', `${id} starts while ${others.map(([other]) => other).join(', ')} goes on`);
      if (service.active !== undefined && record.deploymentId !== undefined && service.active !== record.deploymentId)
        watch.report('no action against a running deployment', `${id} starts ${record.deploymentId} while ${service.active} runs`);
      const isOpen = service.breaker?.state.kind === 'open' && (service.breaker.state.until ?? 0) > now() + SKEW_MS_MAX;
      if (isOpen && record.answer === undefined) watch.report('no automatic action while the circuit breaker is open', id);
    },
  };
}
