// A background analysis of Argo Rollouts: every interval the success rate of the interval is measured. The run fails when more
// measurements have failed than failureLimit allows, and ends in error when more than four in a row had no value; both abort the rollout.
// Rules: analysis/analysis.go of argoproj/argo-rollouts; the example (5m, >= 0.95, failureLimit 3) is that of docs/features/analysis.md.
import type { Bin, Decider, Run } from '../decider.ts';

export interface AnalysisRule {
  readonly intervalMinutes: number;
  /** successCondition: result >= this share. */
  readonly minimumSuccess: number;
  readonly failureLimit: number;
}

/** consecutiveErrorLimit's default. */
const CONSECUTIVE_ERROR_LIMIT = 4;

export function argoAnalysis(name: string, rule: AnalysisRule): Decider {
  return { name, start: () => analysisRun(rule) };
}

function analysisRun(rule: AnalysisRule): Run {
  let requests = 0;
  let errors = 0;
  let failed = 0;
  // The first measurement is taken at once, when green has had no request yet: it has no value.
  let consecutiveErrors = 1;
  return {
    observe({ minute, green }: Bin) {
      requests += green.requests;
      errors += green.errors;
      if ((minute + 1) % rule.intervalMinutes !== 0) return 'goOn';
      if (requests === 0) {
        consecutiveErrors++;
      } else {
        consecutiveErrors = 0;
        if (1 - errors / requests < rule.minimumSuccess) failed++;
      }
      requests = 0;
      errors = 0;
      return failed > rule.failureLimit || consecutiveErrors > CONSECUTIVE_ERROR_LIMIT ? 'rollBack' : 'goOn';
    },
  };
}

export const argoDocumented = argoAnalysis('Argo Rollouts docs: 5m, 95 %, limit 3', { intervalMinutes: 5, minimumSuccess: 0.95, failureLimit: 3 });

export const argoOneMinute = argoAnalysis('Argo Rollouts 1m, 99 %, limit 3', { intervalMinutes: 1, minimumSuccess: 0.99, failureLimit: 3 });
