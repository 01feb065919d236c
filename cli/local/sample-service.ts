// The sample service of examples/orders on a local AWS, running its first version. Used by `weir local sample` and the demo.
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { pushImage } from '#localaws/image/push-image.ts';
import { createSampleRepository, SAMPLE_REPOSITORY, type SampleDriver, type SampleService, setUpSample } from '../../examples/orders/set-up.ts';
import { CommandFailure } from '../command-failure.ts';
import { projectRoot } from '../packaged-stack.ts';

export interface SamplePlace {
  readonly endpointUrl: string;
  readonly region: string;
  readonly account: string;
}

export interface SampleSettings {
  readonly productionPort: number;
  readonly testPort: number;
  readonly driver: SampleDriver;
  /** The folder of the version that serves first; v1 when absent. */
  readonly first?: string;
}

/** Real seconds the first version gets to serve. */
const SERVING_SECONDS_MAX = 60;
const LOOKS_PER_SECOND = 4;

/** @param folder below examples/orders, or absolute. @returns the digest */
export async function pushSample({ endpointUrl }: Pick<SamplePlace, 'endpointUrl'>, folder: string, tag: string): Promise<string> {
  const directory = resolve(projectRoot, 'examples', 'orders', folder);
  return (await pushImage({ endpointUrl, repository: SAMPLE_REPOSITORY, tag, directory })).digest;
}

/**
 * Repository, image 1.0.0, cluster, load balancer, service and what its driver needs; resolves when it serves.
 * @throws CommandFailure when it does not serve in time
 */
export async function startSample(place: SamplePlace, { productionPort, testPort, driver, first = 'v1' }: SampleSettings): Promise<SampleService> {
  await createSampleRepository(place);
  const digest = await pushSample(place, first, '1.0.0');
  const image = `${place.account}.dkr.ecr.${place.region}.amazonaws.com/${SAMPLE_REPOSITORY}@${digest}`;
  const sample = await setUpSample({ ...place, image, productionPort, testPort, desiredCount: 2, driver });
  await untilServing(sample.productionUrl);
  if (driver === 'ecs') await untilDeployed(new ECSClient({ endpoint: place.endpointUrl, region: place.region }), sample);
  return sample;
}

async function untilServing(url: string): Promise<void> {
  for (let look = 0; look < SERVING_SECONDS_MAX * LOOKS_PER_SECOND; look++) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await wait(1_000 / LOOKS_PER_SECOND);
  }
  throw new CommandFailure(`version 1 did not serve within ${SERVING_SECONDS_MAX} s`);
}

/** A service that ECS deploys is taken until its first deployment has cleaned up. */
async function untilDeployed(ecs: ECSClient, { cluster, service }: SampleService): Promise<void> {
  for (let look = 0; look < SERVING_SECONDS_MAX * LOOKS_PER_SECOND; look++) {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    if (services?.[0]?.deployments?.[0]?.rolloutState === 'COMPLETED') return;
    await wait(1_000 / LOOKS_PER_SECOND);
  }
  throw new CommandFailure(`the service's first deployment did not end within ${SERVING_SECONDS_MAX} s`);
}
