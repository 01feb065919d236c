// One rehearsal: a region with the manifest's service in it, a push, and what Weir makes of it, in virtual time.
import type { Manifest } from '#contracts/manifest.ts';
import { manifestStrategy } from '#contracts/stored-manifest.ts';
import type { ControlPlaneUsage, ExtraTasks } from '#core/cost/deployment-cost.ts';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { isGuarded } from '#core/deployment/guard-state.ts';
import { shiftMinutes } from '#core/strategy/strategy.ts';
import type { ServiceView } from '#flows/show-service.ts';
import type { AwsShape } from '#localaws/region.ts';
import { createDice } from './region/random.ts';
import { createWorld, type Machinery, type World } from './region/world.ts';
import { REHEARSED_TAG, type RehearsedManifest } from './rehearsed-manifest.ts';
import type { Scenario } from './scenarios.ts';
import { type Exposed, startTraffic, type Traffic, type WeightChange } from './traffic.ts';
import { createUsageMeter, type MeteredUsage } from './usage.ts';

export interface RehearsalOptions {
  readonly scenario: Scenario;
  readonly requestsPerMinute: number;
  /** Share of requests that fail in any case, 0 to 1. */
  readonly baselineErrorShare: number;
  readonly medianMilliseconds: number;
  readonly desiredCount: number;
  readonly seed: number;
  /** Minutes after people were asked for approval at which they give it; undefined: they never answer. */
  readonly approveAfterMinutes: number | undefined;
}

/** Times are epoch milliseconds of the rehearsed clock. */
export interface Rehearsal {
  readonly pushedAt: number;
  readonly endedAt: number;
  /** Whether everything was at rest at the end; false: it still waited for somebody when the rehearsal was given up. */
  readonly atRest: boolean;
  /** Oldest first: the pushed image's, then what Weir deployed to put it right. */
  readonly deployments: readonly Deployment[];
  readonly service: ServiceView['service'];
  readonly weights: readonly WeightChange[];
  readonly exposed: Exposed;
  readonly firstBadAt: number | undefined;
  readonly usage: ControlPlaneUsage;
  readonly metered: Pick<MeteredUsage, 'invocations' | 'calls'>;
  readonly extraTasks: ExtraTasks;
}

const SECOND = 1_000;
const MINUTE = 60_000;
const LOOK_MS = 10 * SECOND;
/** Whether everything is at rest is asked less often: it reads records. */
const REST_LOOK_MS = 30 * SECOND;
const APPLY_MS_MAX = MINUTE;
/** Beyond what shift, bake, guard and people take: starting tasks, evidence, rollbacks. */
const SLACK_MINUTES = 180;
/** A task of the rehearsed service, see region/sample-service.ts. */
const TASK = { vcpu: 0.25, memoryGb: 0.5 };

export async function rehearse(machinery: Machinery, rehearsed: RehearsedManifest, options: RehearsalOptions): Promise<Rehearsal> {
  const meter = createUsageMeter();
  const world = await createWorld(
    { ...machinery, runFunction: meter.measure(answeringUserHooks(machinery.runFunction)) },
    {
      seed: options.seed,
      keepsHistory: false,
      driver: rehearsed.driver,
      desiredCount: options.desiredCount,
      terminationWaitMinutes: Math.max(5, rehearsed.manifest.bakeTimeMinutes + 5),
      names: rehearsed.names,
      interceptor: meter.interceptor,
    },
  );
  try {
    await prepare(world, rehearsed);
    const traffic = await startTraffic(world, { ...options, random: createDice(options.seed, 'traffic').random });
    const tasks = watchTasks(world, options.desiredCount);
    await apply(world, rehearsed.manifest);
    meter.begin(world);
    const pushedAt = world.clock.now();
    traffic.begin(await world.push(REHEARSED_TAG, options.scenario.image));
    if (options.approveAfterMinutes !== undefined) approveWhenAsked(world, rehearsed.manifest, options.approveAfterMinutes);
    const atRest = await runToEnd(world, rehearsed.manifest, pushedAt, options);
    const endedAt = world.clock.now();
    const metered = await meter.end();
    return { pushedAt, endedAt, atRest, ...(await view(world, rehearsed)), ...told(traffic), usage: metered.usage, metered, extraTasks: tasks() };
  } finally {
    await world.close();
  }
}

function told(traffic: Traffic): Pick<Rehearsal, 'weights' | 'exposed' | 'firstBadAt'> {
  return { weights: traffic.weights, exposed: traffic.exposed(), firstBadAt: traffic.firstBadAt() };
}

/** The user's own hook functions are not here: what stands for them succeeds. */
function answeringUserHooks(run: Machinery['runFunction']): Machinery['runFunction'] {
  return (running, event) => (running.spec.functionName.startsWith(USER_HOOK_PREFIX) ? Promise.resolve({ status: 'Succeeded' }) : run(running, event));
}

const USER_HOOK_PREFIX = 'CodeDeployHook_rehearsed-';

/** What the manifest names besides the service. */
async function prepare({ call, region }: World, { manifest, hookFunctions }: RehearsedManifest): Promise<void> {
  for (const AlarmName of manifest.health.alarms) {
    await call('monitoring', 'PutMetricAlarm', {
      AlarmName,
      Namespace: 'Rehearsal',
      MetricName: AlarmName,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  }
  if (hookFunctions.length === 0) return;
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
  await call('iam', 'CreateRole', { RoleName: 'rehearsed-hooks', AssumeRolePolicyDocument: JSON.stringify(trust) });
  for (const FunctionName of hookFunctions) {
    await call('lambda', 'CreateFunction', {
      FunctionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${region.account}:role/rehearsed-hooks`,
      Code: { ZipFile: Buffer.from('stands for a function of the user').toString('base64') },
    });
  }
}

async function apply(world: World, manifest: Manifest): Promise<void> {
  const applied: { done?: true; error?: unknown } = {};
  world.ask('apply-manifest', { by: 'rehearsal', manifest, dryRun: false }).then(
    () => {
      applied.done = true;
    },
    (error: unknown) => {
      applied.error = error;
    },
  );
  await world.clock.runUntil(() => applied.done === true || applied.error !== undefined, APPLY_MS_MAX);
  if (applied.error !== undefined) throw applied.error;
}

/** Peak and sum of the tasks beyond the desired count, seen every ten seconds. */
function watchTasks({ clock, runtime }: World, desiredCount: number): () => ExtraTasks {
  let peak = 0;
  let milliseconds = 0;
  const look = (): void => {
    const extra = Math.max(0, runtime.running() - desiredCount);
    peak = Math.max(peak, extra);
    milliseconds += extra * LOOK_MS;
    clock.schedule(LOOK_MS, look, 'look at the tasks');
  };
  look();
  return () => ({ peak, taskMinutes: milliseconds / MINUTE, ...TASK });
}

/** So many people as are needed, one a second. */
function approveWhenAsked(world: World, manifest: Manifest, afterMinutes: number): void {
  const { approval } = manifest;
  if (approval === undefined) return;
  const { clock, truth, service } = world;
  const look = async (): Promise<void> => {
    const { deployments } = await truth.records();
    const asked = deployments.find((deployment) => deployment['approval'] !== undefined);
    if (asked === undefined) {
      clock.schedule(LOOK_MS, () => void clock.during(look), 'look for an approval');
      return;
    }
    const waited = Math.max(0, Number((asked['approval'] as AwsShape)['askedAt']) + afterMinutes * MINUTE - clock.now());
    for (let person = 0; person < approval.required; person++) {
      const request = { by: approverOf(approval.approvers, person), serviceKey: service.key, deploymentId: asked['id'], reason: 'rehearsed', approves: true };
      // One that comes too late is refused, and the timeline says so.
      clock.schedule(waited + person * SECOND, () => void world.ask('approve-deployment', request).catch(() => undefined), 'a person approves');
    }
  };
  clock.schedule(LOOK_MS, () => void clock.during(look), 'look for an approval');
}

function approverOf(approvers: readonly string[], person: number): string {
  const pattern = approvers[person % Math.max(1, approvers.length)] ?? 'arn:aws:sts::000000000000:assumed-role/rehearsal/*';
  return pattern.replaceAll('*', `person-${person + 1}`);
}

/** @returns false when it was given up */
async function runToEnd(world: World, manifest: Manifest, pushedAt: number, { approveAfterMinutes }: RehearsalOptions): Promise<boolean> {
  const { clock } = world;
  const until = pushedAt + minutesMax(manifest, approveAfterMinutes) * MINUTE;
  let lookedAt = clock.now();
  let atRest = false;
  await clock.runUntil(
    async () => {
      if (clock.now() - lookedAt < REST_LOOK_MS) return false;
      lookedAt = clock.now();
      atRest = await isAtRest(world);
      return atRest || clock.now() >= until;
    },
    until - pushedAt + MINUTE,
  );
  return atRest;
}

function minutesMax(manifest: Manifest, approveAfterMinutes: number | undefined): number {
  const { approval, guard, bakeTimeMinutes } = manifest;
  const people = approval === undefined ? 0 : Math.min(approval.timeoutMinutes, approveAfterMinutes ?? Number.POSITIVE_INFINITY);
  return shiftMinutes(manifestStrategy(manifest)) + bakeTimeMinutes + guard.minutes + people + SLACK_MINUTES;
}

/** The push was judged, everything has ended, the guard window too. */
async function isAtRest(world: World): Promise<boolean> {
  // Records are long: they are read when nothing runs any more.
  if ((await world.truth.runningExecutions()).length > 0 || (await world.truth.runningDriverDeployments()).length > 0) return false;
  const { service, deployments } = await world.truth.records();
  if (service === undefined || service['active'] !== undefined || service['next'] !== undefined || deployments.length === 0) return false;
  if (deployments.some(({ status }) => !isTerminal(status))) return false;
  return !deployments.some((deployment) => isGuarded(deployment as Pick<Deployment, 'guard'>));
}

async function view(world: World, { manifest }: RehearsedManifest): Promise<Pick<Rehearsal, 'deployments' | 'service'>> {
  const seen: { value?: ServiceView; error?: unknown } = {};
  world.ask('show-service', { serviceKey: `${manifest.cluster}/${manifest.service}`, limit: 10 }).then(
    (value) => {
      seen.value = value as ServiceView;
    },
    (error: unknown) => {
      seen.error = error;
    },
  );
  await world.clock.runUntil(() => seen.value !== undefined || seen.error !== undefined, APPLY_MS_MAX);
  if (seen.value === undefined) throw seen.error;
  return { service: seen.value.service, deployments: seen.value.deployments.toReversed() };
}
