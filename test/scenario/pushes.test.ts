// Many pushes: duplicates, bursts, lost events. One active deployment at every moment, and the newest image wins.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isTerminal } from '#core/deployment/deployment.ts';
import { type Scenario, startScenario } from '../support/scenario/scenario.ts';

let running: Scenario;
/** One world for all stories, told in order. */
beforeAll(async () => {
  running = await startScenario();
});
afterAll(() => running.close());

const BURST = 20;

/** Twenty images, one every second or so: events tell times in whole seconds, so that is as close as an order can be. */
async function burst(major: number): Promise<readonly string[]> {
  const digests: string[] = [];
  for (let index = 0; index < BURST; index++) {
    digests.push(await running.push(`${major}.0.${index}`));
    await running.pass(1_100);
  }
  return digests;
}

/** Runs until all these pushes were judged and nothing is active or waiting; checks at every look that one deployment at most is under way. */
async function untilQuiet(digests: readonly string[]): Promise<void> {
  let lookedAt = 0;
  await running.until(async () => {
    if (running.localAws.clock.now() - lookedAt < 20_000) return false;
    lookedAt = running.localAws.clock.now();
    const deployments = await running.deployments();
    expect(deployments.filter((deployment) => ['Planning', 'Shifting', 'RollingBack'].includes(deployment.status)).length).toBeLessThanOrEqual(1);
    const { active, next } = await running.service();
    return active === undefined && next === undefined && digests.every((digest) => deployments.some((deployment) => deployment.request.digest === digest));
  });
}

describe('a push', () => {
  test('whose event is delivered five times is one deployment', async () => {
    const digest = await running.push('2.0.0');
    const [first] = await running
      .call('ecr', 'DescribeImages', { repositoryName: 'team/orders', imageIds: [{ imageTag: '2.0.0' }] })
      .then((answer) => answer['imageDetails']);
    const event = {
      version: '0',
      id: '13cde686-328b-4117-af20-0e5566167482',
      'detail-type': 'ECR Image Action',
      source: 'aws.ecr',
      account: running.localAws.region.account,
      time: new Date(first.imagePushedAt).toISOString(),
      region: running.localAws.region.name,
      resources: [],
      detail: { result: 'SUCCESS', 'repository-name': 'team/orders', 'image-digest': digest, 'action-type': 'PUSH', 'image-tag': '2.0.0' },
    };
    for (let delivery = 0; delivery < 5; delivery++) {
      await running.call('lambda', 'Invoke', { FunctionName: 'weir-dev-image-pushed', InvocationType: 'Event', Payload: JSON.stringify(event) });
    }
    await untilQuiet([digest]);
    const started = (await running.deployments()).filter((deployment) => deployment.request.digest === digest && deployment.status !== 'Refused');
    expect(started.map((deployment) => deployment.status)).toEqual(['Succeeded']);
    expect(await running.servingDigest()).toBe(digest);
    const group = { applicationName: 'orders', deploymentGroupName: 'orders-prod' };
    const { deployments } = await running.call('codedeploy', 'ListDeployments', group);
    expect(deployments).toHaveLength(1);
  });

  test('whose event was lost is found by the sweeper', async () => {
    const rule = { Name: await running.ruleOf('image-pushed') };
    await running.call('events', 'DisableRule', rule);
    const digest = await running.push('3.0.0');
    const deployment = await running.untilEnded(digest);
    await running.call('events', 'EnableRule', rule);
    expect(deployment).toMatchObject({ status: 'Succeeded', request: { source: 'sweep' } });
  });

  test('goes through to its end without any CodeDeploy event', async () => {
    await running.call('events', 'DisableRule', { Name: await running.ruleOf('deployment-state-changed') });
    expect(await running.untilEnded(await running.push('4.0.0'))).toMatchObject({ status: 'Succeeded' });
  });
});

describe('twenty pushes in a burst', () => {
  test('with onPush: queue, the first and the newest are deployed, one after the other', async () => {
    const digests = await burst(5);
    await untilQuiet(digests);
    const deployments = (await running.deployments()).filter((deployment) => digests.includes(deployment.request.digest));
    expect(deployments.every((deployment) => isTerminal(deployment.status))).toBe(true);
    expect(deployments.filter((deployment) => deployment.status === 'Succeeded').map((deployment) => deployment.request.digest)).toEqual([
      digests.at(-1),
      digests[0],
    ]);
    expect(deployments.filter((deployment) => deployment.status === 'Superseded')).toHaveLength(BURST - 2);
    expect(await running.servingDigest()).toBe(digests.at(-1));
  });

  test('with onPush: supersede, only the newest is deployed', async () => {
    await running.apply({ onPush: 'supersede' });
    const digests = await burst(6);
    await untilQuiet(digests);
    const deployments = (await running.deployments()).filter((deployment) => digests.includes(deployment.request.digest));
    expect(deployments.filter((deployment) => deployment.status === 'Succeeded').map((deployment) => deployment.request.digest)).toEqual([digests.at(-1)]);
    expect(deployments.filter((deployment) => deployment.status === 'Superseded')).toHaveLength(BURST - 1);
  });

  test('with onPush: ignore, the first is deployed and the others are refused with the reason', async () => {
    await running.apply({ onPush: 'ignore' });
    const digests = await burst(7);
    await untilQuiet(digests);
    const deployments = (await running.deployments()).filter((deployment) => digests.includes(deployment.request.digest));
    expect(deployments.filter((deployment) => deployment.status === 'Succeeded').map((deployment) => deployment.request.digest)).toEqual([digests[0]]);
    const refused = deployments.filter((deployment) => deployment.status === 'Refused');
    expect(refused).toHaveLength(BURST - 1);
    expect(refused[0]?.outcome?.reason).toContain('onPush: ignore');
  });
});
