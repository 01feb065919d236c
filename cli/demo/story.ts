// The story the demo tells, and what has to be true for it to hold.
import { setTimeout as wait } from 'node:timers/promises';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import type { TrafficResult } from '#localaws/traffic/send-traffic.ts';
import { describeDeployment, imageLabel, showOf, trafficBar } from '../service-view.ts';
import type { Stage } from './stage.ts';

export interface Check {
  readonly what: string;
  readonly holds: boolean;
}

/** Real seconds one deployment may take: with ECS a canary waits for its proof, thousands of requests at a tenth of the traffic. */
const DEPLOYMENT_SECONDS_MAX = { codedeploy: 60, ecs: 240 } as const;
const LOOK_MILLISECONDS = 200;
/** Fewest requests that say something about the canary's share, and how far from 10 % it may be, points: over four standard deviations. */
const SHARE_REQUESTS_MIN = 500;
const SHARE_TOLERANCE = 6;

interface Act {
  readonly deployment: Deployment;
  /** Requests answered while green had its canary share. */
  readonly canary: Readonly<Record<string, number>>;
  readonly servingAfter: string;
}

export async function tellStory(stage: Stage): Promise<readonly Check[]> {
  process.stdout.write(`Version 1.0.0 serves on ${stage.sample.productionUrl}\n`);
  const good = await play(stage, 'v2', '2.0.0', 'a healthy version: a 10 % canary, then all traffic');
  const failing = await play(stage, 'v3', '3.0.0', 'answers 500 on a quarter of real traffic, passes its smoke check');
  const crashing = await play(stage, 'v4', '4.0.0', 'crashes at start');
  const all = await stage.stopTraffic();
  const record = await showOf(stage.client, stage.serviceKey, 10);
  process.stdout.write(`\n${all.answered} requests, ${all.lost} lost; by version ${counts(all.byVersion)}; by status ${counts(all.byStatus)}\n`);
  return [
    check('version 2 succeeded', good.deployment.status === 'Succeeded'),
    check('version 2 serves after it', good.servingAfter === '2.0.0'),
    check(`the canary had 10 % of the traffic (${describeShare(good.canary, '2.0.0')})`, shareHolds(good.canary, '2.0.0')),
    check('all five lifecycle hooks passed', Object.values(good.deployment.hooks).filter((hook) => hook.answer === 'Succeeded').length === 5),
    check('version 3 was rolled back during its canary', failing.deployment.status === 'RolledBack' && failing.deployment.shift?.fullTrafficAt === undefined),
    check('the cause is its health', failing.deployment.rollback?.cause.kind === 'health'),
    check('version 2 serves again', failing.servingAfter === '2.0.0'),
    check('version 4 never got traffic', crashing.deployment.status === 'Failed' && !('4.0.0' in all.byVersion)),
    check('the cause is its crashes', crashing.deployment.rollback?.cause.kind === 'crashes'),
    check('version 2 serves at the end', crashing.servingAfter === '2.0.0'),
    check(
      'the record agrees: last success is version 2, nothing runs',
      record.service.lastSuccess?.deploymentId === good.deployment.id && record.service.active === undefined,
    ),
    check('the bad images are quarantined', record.service.quarantine.length === 2),
    check(`no request was lost (${all.lost} of ${all.sent})`, all.lost === 0 && all.answered > 0),
  ];
}

const check = (what: string, holds: boolean): Check => ({ what, holds });

/** Pushes one version and follows its deployment to the end. */
async function play(stage: Stage, folder: string, tag: string, what: string): Promise<Act> {
  process.stdout.write(`\n--- Pushing ${tag}: ${what}\n`);
  const secondsMax = DEPLOYMENT_SECONDS_MAX[stage.driver];
  const digest = await stage.push(folder, tag);
  let shown = 0;
  let before: TrafficResult | undefined;
  let canary: Record<string, number> = {};
  let canaryLooks = 0;
  for (let look = 0; look < (secondsMax * 1000) / LOOK_MILLISECONDS; look++) {
    const view = await showOf(stage.client, stage.serviceKey, 5);
    const deployment = view.deployments.find((candidate) => candidate.request.digest === digest);
    if (deployment !== undefined) {
      shown = show(stage, deployment, view.now, shown);
      const now = stage.traffic();
      const greenPercent = await stage.greenPercent();
      // Only what was counted between looks at the listener that saw the canary share; the first such count may be older than the share.
      canaryLooks = greenPercent > 0 && greenPercent < 100 ? canaryLooks + 1 : 0;
      if (before !== undefined && now !== undefined && canaryLooks > 0) canary = add(canary, before, now);
      before = canaryLooks > 1 ? now : undefined;
      if (isTerminal(deployment.status) && view.service.active === undefined) {
        return { deployment, canary, servingAfter: await servingVersion(stage) };
      }
    }
    await wait(LOOK_MILLISECONDS);
  }
  throw new Error(`the deployment of ${tag} did not end within ${secondsMax} s`);
}

function show(stage: Stage, deployment: Deployment, now: number, shown: number): number {
  if (stage.live) {
    const traffic = stage.traffic();
    const requests = traffic === undefined ? '' : `requests by version: ${counts(traffic.byVersion)}`;
    process.stdout.write(`\u001b[H\u001b[2J${[...describeDeployment(deployment, now), '', requests].join('\n')}\n`);
    return deployment.timeline.length;
  }
  for (const entry of deployment.timeline.slice(shown)) {
    const bar = entry.type === 'ShiftObserved' && deployment.shift !== undefined ? `   ${trafficBar(deployment.shift.greenPercent)}` : '';
    process.stdout.write(`${new Date(entry.at).toISOString().slice(11, 19)}  ${imageLabel(deployment)}  ${entry.text}${bar}\n`);
  }
  return deployment.timeline.length;
}

function add(sum: Readonly<Record<string, number>>, before: TrafficResult, after: TrafficResult): Record<string, number> {
  const versions = new Set([...Object.keys(sum), ...Object.keys(after.byVersion)]);
  return Object.fromEntries(
    [...versions].map((version) => [version, (sum[version] ?? 0) + (after.byVersion[version] ?? 0) - (before.byVersion[version] ?? 0)]),
  );
}

function share(canary: Readonly<Record<string, number>>, version: string): { requests: number; percent: number } {
  const requests = Object.values(canary).reduce((total, count) => total + count, 0);
  return { requests, percent: requests === 0 ? 0 : (100 * (canary[version] ?? 0)) / requests };
}

function shareHolds(canary: Readonly<Record<string, number>>, version: string): boolean {
  const { requests, percent } = share(canary, version);
  return requests >= SHARE_REQUESTS_MIN && Math.abs(percent - 10) <= SHARE_TOLERANCE;
}

function describeShare(canary: Readonly<Record<string, number>>, version: string): string {
  const { requests, percent } = share(canary, version);
  return `${percent.toFixed(1)} % of ${requests} requests`;
}

async function servingVersion(stage: Stage): Promise<string> {
  const response = await fetch(stage.sample.productionUrl);
  return response.headers.get('x-version') ?? 'unknown';
}

function counts(by: Readonly<Record<string, number>>): string {
  return Object.entries(by)
    .toSorted()
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}
