// The demo's stage: the sample service running on the local AWS, its manifest applied, steady traffic on its listener.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeRulesCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { parseManifest } from '#contracts/parse-manifest.ts';
import type { LocalAws } from '#localaws/start-local-aws.ts';
import { sendTraffic, type TrafficResult } from '#localaws/traffic/send-traffic.ts';
import type { SampleDriver, SampleService } from '../../examples/orders/set-up.ts';
import { CommandFailure } from '../command-failure.ts';
import { pushSample, startSample } from '../local/sample-service.ts';
import { connect, type OperationsClient } from '../operations-client.ts';
import { projectRoot } from '../packaged-stack.ts';

const REQUESTS_PER_SECOND = 200;
/** Longest the traffic may run, real seconds; the story is over long before. */
const TRAFFIC_SECONDS_MAX = 600;

export interface Stage {
  readonly localAws: LocalAws;
  readonly sample: SampleService;
  readonly client: OperationsClient;
  readonly serviceKey: string;
  readonly driver: SampleDriver;
  /** Redraws the picture in place instead of printing lines. */
  readonly live: boolean;
  /** Pushes a version's folder, below examples/orders or absolute; answers its digest. */
  push(folder: string, tag: string): Promise<string>;
  /** The smaller share of the production listener's two target groups now, percent: the canary's while there is one. */
  greenPercent(): Promise<number>;
  /** Requests counted so far. */
  traffic(): TrafficResult | undefined;
  /** Ends the traffic and answers all of it. */
  stopTraffic(): Promise<TrafficResult>;
}

export interface StageOptions {
  readonly productionPort: number;
  readonly testPort: number;
  readonly live: boolean;
  /** What shifts the traffic; codedeploy when absent. */
  readonly driver?: SampleDriver;
  /** The folder of the version that serves first; v1 when absent. */
  readonly first?: string;
  readonly requestsPerSecond?: number;
}

export async function createStage(localAws: LocalAws, options: StageOptions): Promise<Stage> {
  const { endpointUrl } = localAws;
  const where = { endpointUrl, region: localAws.region.name, account: localAws.region.account };
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  const push = (folder: string, tag: string): Promise<string> => pushSample(where, folder, tag);
  const { productionPort, testPort, driver = 'codedeploy', first = 'v1' } = options;
  const sample = await startSample(where, { productionPort, testPort, driver, first });
  const client = connect({ stage: 'dev', region: where.region, endpointUrl });
  await applyManifest(client, driver);
  const traffic = startTraffic(sample.productionUrl, options.requestsPerSecond ?? REQUESTS_PER_SECOND);
  const balancer = new ElasticLoadBalancingV2Client({ endpoint: endpointUrl, region: where.region });
  return {
    localAws,
    sample,
    client,
    serviceKey: `${sample.cluster}/${sample.service}`,
    driver,
    live: options.live,
    push,
    greenPercent: () => canaryPercent(balancer, sample.productionListenerArn),
    ...traffic,
  };
}

async function canaryPercent(balancer: ElasticLoadBalancingV2Client, listenerArn: string): Promise<number> {
  const { Rules } = await balancer.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
  const weights = (Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? []).map((group) => group.Weight ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.length < 2 || total === 0 ? 0 : (100 * Math.min(...weights)) / total;
}

async function applyManifest(client: OperationsClient, driver: SampleDriver): Promise<void> {
  const file = join('examples', 'orders', driver === 'ecs' ? 'weir-ecs.yaml' : 'weir.yaml');
  const parsed = parseManifest(readFileSync(join(projectRoot, file), 'utf8'), file);
  if (!parsed.ok) throw new CommandFailure(parsed.problems.map((problem) => problem.text).join('\n'));
  await client.ask('apply-manifest', { by: await client.caller(), manifest: parsed.manifest, dryRun: false });
}

function startTraffic(url: string, requestsPerSecond: number): Pick<Stage, 'traffic' | 'stopTraffic'> {
  const ending = new AbortController();
  let latest: TrafficResult | undefined;
  const sending = sendTraffic({
    url,
    requestsPerSecond,
    seconds: TRAFFIC_SECONDS_MAX,
    progressEveryMs: 100,
    signal: ending.signal,
    onProgress: (progress) => {
      latest = progress;
    },
  });
  return {
    traffic: () => latest,
    stopTraffic: async () => {
      ending.abort();
      return sending;
    },
  };
}
