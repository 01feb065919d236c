// What the Metrics port promises, asked of the CloudWatch adapter on the local AWS: requests over real sockets through a real
// listener, counted and published by the local load balancer, read by the unmodified SDK client.
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createAwsMetrics } from '#adapters/cloudwatch/aws-metrics.ts';
import { comparisonSetting } from '#core/health/comparison.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import { zoneDispersion } from '#core/health/dispersion.ts';
import type { EvidenceMinute } from '#core/health/evidence.ts';
import { gatherEvidence, startEvidence } from '#core/health/evidence-record.ts';
import { createCloudWatch } from '../../../localaws/cloudwatch/create-cloudwatch.ts';
import { elbv2With } from '../../../localaws/elbv2/create-elbv2.ts';
import type { MetricOptions } from '../../../localaws/elbv2/publish-metrics.ts';
import { startRegion } from '../../../localaws/start-region.ts';
import { freePort, type SampleTarget, startTarget } from '../../unit/localaws/elbv2/sample-target.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 16, 13, 0, 0);
const ZONES = ['us-east-1a', 'us-east-1b'];
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Answers by its path: `/fail` with 500, `/slow` after 900 ms, everything else at once with 200. */
async function target(): Promise<SampleTarget> {
  const made = await startTarget('1', (request, response) => {
    const answer = () => response.writeHead(request.url === '/fail' ? 500 : 200).end('x');
    if (request.url === '/slow') setTimeout(answer, 900);
    else answer();
  });
  closing.push(() => made.close());
  return made;
}

/** Blue and green with a target in each of two zones, behind one listener; simulated time stands still unless it is let pass. */
async function blueAndGreen(options: MetricOptions = {}) {
  const running = await startRegion({ services: [elbv2With({ metrics: options }), createCloudWatch], clock: { kind: 'virtual' }, startAt: START });
  const client = { endpoint: running.endpointUrl, region: 'us-east-1', credentials };
  const [elb, cloudwatch] = [new ElasticLoadBalancingV2Client(client), new CloudWatchClient(client)];
  closing.push(async () => {
    elb.destroy();
    cloudwatch.destroy();
    await running.close();
  });
  const calls: string[] = [];
  cloudwatch.middlewareStack.add(
    (next, context) => (args) => {
      calls.push(String(context.commandName).replace(/Command$/, ''));
      return next(args);
    },
    // Where each attempt passes, repeated ones too.
    { step: 'finalizeRequest', priority: 'low' },
  );
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'shop', Subnets: ['subnet-1', 'subnet-2'] }));
  const sides = { blue: await side('blue', elb), green: await side('green', elb) };
  const forward = (name: 'blue' | 'green') => [{ Type: 'forward' as const, TargetGroupArn: sides[name].group }];
  const port = await freePort();
  const { Listeners } = await elb.send(
    new CreateListenerCommand({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn, Protocol: 'HTTP', Port: port, DefaultActions: forward('blue') }),
  );
  const listenerArn = Listeners?.[0]?.ListenerArn ?? '';
  const serve = async (name: 'blue' | 'green'): Promise<void> => {
    await elb.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions: forward(name) }));
    const health = async () => (await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: sides[name].group }))).TargetHealthDescriptions ?? [];
    await running.clock.runUntil(async () => (await health()).every(({ TargetHealth }) => TargetHealth?.State === 'healthy'), 5 * MINUTE);
  };
  return { running, cloudwatch, calls, metrics: createAwsMetrics(cloudwatch), listenerArn, port, sides, serve };
}

async function side(name: string, elb: ElasticLoadBalancingV2Client) {
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand({ Name: name, Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' }));
  const group = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const targets = await Promise.all(ZONES.map(target));
  const Targets = targets.map(({ port }, index) => ({ Id: '127.0.0.1', Port: port, AvailabilityZone: ZONES[index] ?? '' }));
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets }));
  return { group, targets };
}

type Stage = Awaited<ReturnType<typeof blueAndGreen>>;

/** Sends requests in the minute it is, and lets that minute end. */
async function minuteOf(stage: Stage, traffic: Partial<Record<'blue' | 'green', Record<string, number>>>): Promise<number> {
  const { clock } = stage.running;
  const minute = Math.floor(clock.now() / MINUTE) * MINUTE;
  for (const name of ['blue', 'green'] as const) {
    const wanted = traffic[name];
    if (wanted === undefined) continue;
    await stage.serve(name);
    for (const [path, count] of Object.entries(wanted)) {
      await Promise.all(Array.from({ length: count }, async () => (await fetch(`http://127.0.0.1:${stage.port}${path}`)).arrayBuffer()));
    }
  }
  expect(Math.floor(clock.now() / MINUTE) * MINUTE).toBe(minute);
  await passUntil(stage, minute + MINUTE + 1_000);
  return minute;
}

async function passUntil({ running }: Stage, time: number): Promise<void> {
  let isOver = false;
  const wait = time - running.clock.now();
  running.clock.schedule(wait, () => {
    isOver = true;
  });
  await running.clock.runUntil(() => isOver, wait + 1);
}

function ask(stage: Stage, from: number, edges?: { blue: number[]; green: number[] }) {
  return stage.metrics.evidence({
    blueTargetGroupArn: stage.sides.blue.group,
    greenTargetGroupArn: stage.sides.green.group,
    listenerArn: stage.listenerArn,
    from,
    to: stage.running.clock.now(),
    edges,
    percentile: undefined,
  });
}

/** Lets the new targets get healthy, and begins with a whole minute. */
async function ready(options: MetricOptions = {}): Promise<Stage> {
  const stage = await blueAndGreen(options);
  await stage.serve('green');
  await stage.serve('blue');
  await passUntil(stage, Math.ceil(stage.running.clock.now() / MINUTE + 1) * MINUTE + 1_000);
  return stage;
}

const shown = (minutes: readonly EvidenceMinute[] | undefined) =>
  minutes?.map(({ blue, green }) => [blue, green].map((one) => (one === undefined ? undefined : [one.requests, one.errors])));

describe.each(['omitted', 'reported'] as const)('with zero counts %s', (zeroCounts) => {
  test('evidence is what was served, minute by minute, in exactly one call', async () => {
    const stage = await ready({ zeroCounts });
    const first = await minuteOf(stage, { blue: { '/': 18, '/fail': 2 }, green: { '/': 5 } });
    await minuteOf(stage, {});
    await minuteOf(stage, { blue: { '/': 7 } });
    await minuteOf(stage, { green: { '/fail': 3 } });
    await passUntil(stage, stage.running.clock.now() + MINUTE);
    stage.calls.length = 0;
    const minutes = await ask(stage, first);
    expect(stage.calls).toEqual(['GetMetricData']);
    expect(minutes?.map(({ minute }) => (minute - first) / MINUTE)).toEqual([0, 2, 3]);
    expect(shown(minutes)).toEqual([
      [
        [20, 2],
        [5, 0],
      ],
      [[7, 0], undefined],
      [undefined, [3, 3]],
    ]);
    for (const { p50, p90, p99 } of minutes?.flatMap(({ blue, green }) => [blue?.latency ?? [], green?.latency ?? []].flat()) ?? []) {
      expect(p50).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p90);
    }
  });

  test('slow requests are counted against each side’s own limits, also in exactly one call', async () => {
    const stage = await ready({ zeroCounts });
    const first = await minuteOf(stage, { blue: { '/': 6, '/slow': 2 }, green: { '/': 3, '/slow': 4 } });
    await passUntil(stage, stage.running.clock.now() + MINUTE);
    stage.calls.length = 0;
    const minutes = await ask(stage, first, { blue: [0, 600.5, 60_000], green: [0.001, 720.6, 60_000] });
    expect(stage.calls).toEqual(['GetMetricData']);
    expect(minutes?.map(({ blue, green }) => [blue?.slow, green?.slow])).toEqual([
      [
        [8, 2, 0],
        [7, 4, 0],
      ],
    ]);
    expect(minutes?.[0]?.green?.latency?.p99).toBeGreaterThan(720);
  });

  test('targets that take no connections are failures, though no target ever said 5xx', async () => {
    const stage = await ready({ zeroCounts });
    await stage.serve('green');
    for (const gone of stage.sides.green.targets) await gone.close();
    const first = await minuteOf(stage, { green: { '/': 4 } });
    await passUntil(stage, stage.running.clock.now() + MINUTE);
    expect(shown(await ask(stage, first, { blue: [100], green: [100] }))).toEqual([[undefined, [4, 4]]]);
  });

  test('minutes published late are judged once, whole, and in the end all of them', async () => {
    const delaySeconds = 100;
    const watermark = 2 * MINUTE;
    const stage = await ready({ zeroCounts, publishDelaySeconds: delaySeconds });
    const from = Math.floor(stage.running.clock.now() / MINUTE) * MINUTE;
    const setting = comparisonSetting(COMPARISON_DEFAULTS, undefined, 1);
    let record = startEvidence(setting, undefined);
    const look = async (): Promise<void> => {
      const read = await ask(stage, from);
      const settledBefore = stage.running.clock.now() - watermark;
      record = gatherEvidence(record, setting, { from, settledBefore, minutes: read ?? [], crashes: { blue: 0, green: 0 } });
    };
    for (let count = 1; count <= 4; count++) {
      await minuteOf(stage, { blue: { '/': count, '/fail': 1 }, green: { '/': 1 } });
      await look();
      await look();
    }
    // Nothing of the last two minutes is taken yet, though the first of them began three minutes ago.
    expect(shown(record.minutes)).toHaveLength(2);
    await passUntil(stage, from + 4 * MINUTE + watermark + 1_000);
    await look();
    expect(shown(record.minutes)).toEqual(
      [1, 2, 3, 4].map((count) => [
        [count + 1, 1],
        [1, 0],
      ]),
    );
  });

  test('a baseline has the counts of the pair, its zones’ dispersion and its response times', async () => {
    const stage = await ready({ zeroCounts });
    const from = Math.floor(stage.running.clock.now() / MINUTE) * MINUTE;
    const zones = ZONES.map(() => new Map<number, { requests: number; bad: number }>());
    // Blue serves first, then green: the pair after a deployment in the meantime.
    for (const [index, failing] of [0, 6, 0, 2, 8, 0].entries()) {
      const name = index < 4 ? 'blue' : 'green';
      const before = stage.sides[name].targets.map(({ seen }) => seen.length);
      const minute = await minuteOf(stage, { [name]: { '/': 20 - failing, '/fail': failing } });
      for (const [zone, { seen }] of stage.sides[name].targets.entries()) {
        const here = seen.slice(before[zone]);
        zones[zone]?.set(minute / MINUTE, { requests: here.length, bad: here.filter(({ url }) => url === '/fail').length });
      }
    }
    await passUntil(stage, stage.running.clock.now() + MINUTE);
    stage.calls.length = 0;
    const query = {
      targetGroupArns: [stage.sides.blue.group, stage.sides.green.group],
      listenerArn: stage.listenerArn,
      from: from - 12 * 60 * MINUTE,
      to: stage.running.clock.now(),
    };
    const baseline = await stage.metrics.baseline(query);
    expect(stage.calls.toSorted()).toEqual(['GetMetricData', 'ListMetrics', 'ListMetrics']);
    expect(baseline).toMatchObject({ minutes: 6, requests: 120, errors: 16 });
    expect(baseline?.latency?.p99).toBeGreaterThanOrEqual(baseline?.latency?.p50 ?? Number.POSITIVE_INFINITY);
    // As the targets saw it themselves.
    expect(baseline?.dispersion).toEqual(zoneDispersion(zones));
    expect(baseline?.dispersion.expected).toBeGreaterThan(0);
    stage.calls.length = 0;
    expect(await stage.metrics.baseline({ ...query, availabilityZones: ZONES })).toEqual(baseline);
    expect(stage.calls).toEqual(['GetMetricData']);
    expect(await stage.metrics.baseline({ ...query, availabilityZones: ZONES.slice(0, 1) })).toEqual({ ...baseline, dispersion: zoneDispersion([]) });
  });

  test('before anything was served there is no evidence and no baseline', async () => {
    const stage = await ready({ zeroCounts });
    await passUntil(stage, stage.running.clock.now() + 3 * MINUTE);
    // Zeros are there to be read, or nothing is: both mean the same.
    const Dimensions = [{ Name: 'LoadBalancer' }, { Name: 'TargetGroup' }, { Name: 'AvailabilityZone' }];
    const { Metrics = [] } = await stage.cloudwatch.send(new ListMetricsCommand({ MetricName: 'RequestCount', Dimensions }));
    expect(Metrics.length > 0).toBe(zeroCounts === 'reported');
    expect(await ask(stage, START)).toEqual([]);
    const targetGroupArns = [stage.sides.blue.group];
    expect(await stage.metrics.baseline({ targetGroupArns, listenerArn: stage.listenerArn, from: START, to: stage.running.clock.now() })).toBeUndefined();
  });
});
