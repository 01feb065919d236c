// The demo's stage: the sample service running on the local AWS, its manifest applied, steady traffic on its listener.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeRulesCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { parseManifest } from '#contracts/parse-manifest.ts';
import { pushImage } from '#localaws/image/push-image.ts';
import type { LocalAws } from '#localaws/start-local-aws.ts';
import { sendTraffic, type TrafficResult } from '#localaws/traffic/send-traffic.ts';
import { createSampleRepository, SAMPLE_REPOSITORY, type SampleDriver, type SampleService, setUpSample } from '../../examples/orders/set-up.ts';
import { CommandFailure } from '../command-failure.ts';
import { connect, type OperationsClient } from '../operations-client.ts';
import { projectRoot } from '../packaged-stack.ts';

const REQUESTS_PER_SECOND = 200;
/** Longest the traffic may run, real seconds; the story is over long before. */
const TRAFFIC_SECONDS_MAX = 600;
/** Real seconds the first version gets to serve. */
const SERVING_SECONDS_MAX = 60;

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
  const push = async (folder: string, tag: string): Promise<string> =>
    (await pushImage({ endpointUrl, repository: SAMPLE_REPOSITORY, tag, directory: resolve(projectRoot, 'examples', 'orders', folder) })).digest;

  await createSampleRepository(where);
  const digest = await push(options.first ?? 'v1', '1.0.0');
  const image = `${where.account}.dkr.ecr.${where.region}.amazonaws.com/${SAMPLE_REPOSITORY}@${digest}`;
  const { productionPort, testPort, driver = 'codedeploy' } = options;
  const sample = await setUpSample({ ...where, image, productionPort, testPort, desiredCount: 2, driver });
  const client = connect({ stage: 'dev', region: where.region, endpointUrl });
  await untilServing(sample.productionUrl);
  if (driver === 'ecs') await untilDeployed(new ECSClient({ endpoint: endpointUrl, region: where.region }), sample);
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

async function untilServing(url: string): Promise<void> {
  for (let second = 0; second < SERVING_SECONDS_MAX * 4; second++) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await wait(250);
  }
  throw new CommandFailure(`version 1 did not serve within ${SERVING_SECONDS_MAX} s`);
}

/** A service that ECS deploys is taken until its first deployment has cleaned up. */
async function untilDeployed(ecs: ECSClient, { cluster, service }: SampleService): Promise<void> {
  for (let second = 0; second < SERVING_SECONDS_MAX * 4; second++) {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    if (services?.[0]?.deployments?.[0]?.rolloutState === 'COMPLETED') return;
    await wait(250);
  }
  throw new CommandFailure(`the service's first deployment did not end within ${SERVING_SECONDS_MAX} s`);
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
