// AWS list prices of what a deployment uses: us-east-1, on demand, without free tiers and discounts. Read on 2026-11-23; each says where.
// What could not be verified has no price and is only counted.

export interface ListPrice {
  /** US dollars for `per` units. */
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  /** The page AWS publishes it on. */
  readonly source: string;
  /** The page whose text the figure was read in, where it is not AWS's own: AWS's tables are drawn by scripts. */
  readonly readIn?: string;
}

export const PRICES_REGION = 'us-east-1';
export const PRICES_READ_ON = '2026-11-23';

export const listPrices = {
  lambdaRequests: {
    dollars: 0.2,
    per: 1_000_000,
    unit: 'request',
    source: 'https://aws.amazon.com/lambda/pricing/',
    readIn: 'https://new-notes.kodekloud.com/docs/AWS-Lambda/Understanding-Lambda/Pricing/page',
  },
  /** arm64, the first tier. */
  lambdaGbSeconds: {
    dollars: 0.0000133334,
    per: 1,
    unit: 'GB-second',
    source: 'https://aws.amazon.com/lambda/pricing/',
    readIn: 'https://cloudchipr.com/blog/aws-lambda-pricing',
  },
  stateTransitions: { dollars: 0.025, per: 1_000, unit: 'state transition', source: 'https://aws.amazon.com/step-functions/pricing/' },
  dynamodbWriteUnits: {
    dollars: 0.625,
    per: 1_000_000,
    unit: 'write request unit',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    readIn: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
  },
  dynamodbReadUnits: {
    dollars: 0.125,
    per: 1_000_000,
    unit: 'read request unit',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    readIn: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
  },
  metricsRead: {
    dollars: 0.01,
    per: 1_000,
    unit: 'metric requested by GetMetricData',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    readIn: 'https://support.site24x7.com/portal/en/kb/articles/aws-cloudwatch-metrics-cost-calculation',
  },
  /** Linux on x86. */
  fargateVcpuHours: {
    dollars: 0.04048,
    per: 1,
    unit: 'vCPU-hour',
    source: 'https://aws.amazon.com/fargate/pricing/',
    readIn: 'https://www.vantage.sh/blog/fargate-pricing',
  },
  fargateGbHours: {
    dollars: 0.004445,
    per: 1,
    unit: 'GB-hour',
    source: 'https://aws.amazon.com/fargate/pricing/',
    readIn: 'https://www.vantage.sh/blog/fargate-pricing',
  },
} as const satisfies Readonly<Record<string, ListPrice>>;

export type PricedUsage = keyof typeof listPrices;

/** US dollars for so many units. */
export function priceOf(usage: PricedUsage, units: number): number {
  const { dollars, per } = listPrices[usage];
  return (units / per) * dollars;
}
