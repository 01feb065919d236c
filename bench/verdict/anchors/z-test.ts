// The test most people would write first: is green's error rate so far higher than blue's, at 1 %, looked at every minute. One-sided,
// pooled variance, no correction for looking again and again.
import type { Bin, Decider, Run } from '../decider.ts';

/** 99th percentile of the standard normal distribution. */
const CRITICAL_VALUE = 2.3263478740408408;

export const zTestEveryMinute: Decider = {
  name: 'z-test every minute at 1 %',
  start(): Run {
    const blue = { requests: 0, errors: 0 };
    const green = { requests: 0, errors: 0 };
    return {
      observe(bin: Bin) {
        blue.requests += bin.blue.requests;
        blue.errors += bin.blue.errors;
        green.requests += bin.green.requests;
        green.errors += bin.green.errors;
        return zStatistic(blue, green) > CRITICAL_VALUE ? 'rollBack' : 'goOn';
      },
    };
  },
};

interface Total {
  readonly requests: number;
  readonly errors: number;
}

/** Difference of the error rates (green - blue) in standard errors of the pooled rate; 0 where there is nothing to compare. */
export function zStatistic(blue: Total, green: Total): number {
  if (blue.requests === 0 || green.requests === 0) return 0;
  const pooled = (blue.errors + green.errors) / (blue.requests + green.requests);
  const variance = pooled * (1 - pooled) * (1 / blue.requests + 1 / green.requests);
  if (variance <= 0) return 0;
  return (green.errors / green.requests - blue.errors / blue.requests) / Math.sqrt(variance);
}
