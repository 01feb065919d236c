// Latencies of any number of requests in bounded memory: buckets 1 % apart, so percentiles are right to half a percent.

const STEP = 0.01;
const LEAST_MS = 0.01;

export interface LatencyBuckets {
  add(milliseconds: number): void;
  /** undefined without any latency. */
  percentile(percent: number): number | undefined;
}

export function createLatencyBuckets(): LatencyBuckets {
  const buckets = new Map<number, number>();
  let total = 0;
  return {
    add(milliseconds) {
      const bucket = Math.round(Math.log(Math.max(milliseconds, LEAST_MS)) / STEP);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      total++;
    },
    percentile(percent) {
      const wanted = (percent / 100) * total;
      let seen = 0;
      for (const [bucket, count] of [...buckets].sort((a, b) => a[0] - b[0])) {
        seen += count;
        if (seen >= wanted) return Number(Math.exp(bucket * STEP).toPrecision(4));
      }
      return undefined;
    },
  };
}
