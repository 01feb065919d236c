// Flagger's analysis: each interval (60 s) the success rate of the last minute is compared with a minimum; a failure adds to failedChecks,
// which is never reset; the rollback comes when failedChecks has reached the threshold, which is looked at before the next check.
// Rules: pkg/controller/scheduler.go and scheduler_metrics.go of fluxcd/flagger; threshold 1 is the default of its API, the
// documentation's examples say 5 or 10 and a success rate of 99 %.
import type { Bin, Decider, Run } from '../decider.ts';

export function flagger(name: string, rule: { readonly minimumSuccessPercent: number; readonly threshold: number }): Decider {
  return {
    name,
    start(): Run {
      let failedChecks = 0;
      return {
        observe({ green }: Bin) {
          if (failedChecks >= rule.threshold) return 'rollBack';
          // No traffic gives no value, and a query without a value is a failed check.
          const successPercent = green.requests === 0 ? Number.NaN : 100 * (1 - green.errors / green.requests);
          if (!(successPercent >= rule.minimumSuccessPercent)) failedChecks++;
          return 'goOn';
        },
      };
    },
  };
}

export const flaggerDocumented = flagger('Flagger 99 %, threshold 5', { minimumSuccessPercent: 99, threshold: 5 });

export const flaggerCodeDefault = flagger('Flagger 99 %, threshold 1 (code default)', { minimumSuccessPercent: 99, threshold: 1 });
