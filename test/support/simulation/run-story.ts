// One run: a seed, a story, faults, and what came of it.
import type { ControlCall } from '#rehearsal/region/control-call.ts';
import type { HistoryLine } from '#rehearsal/region/history.ts';
import { createDice } from '#rehearsal/region/random.ts';
import { createWorld, type Machinery, type World } from '#rehearsal/region/world.ts';
import type { SdkResponse } from '../../../localaws/endpoint/in-process-handler.ts';
import { createLambdaFaults } from '../../../localaws/lambda/faults.ts';
import type { RunningInvocation } from '../../../localaws/lambda/in-process-executor.ts';
import type { AwsShape } from '../../../localaws/region.ts';
import { type CallSite, collectSites, type SiteCollector } from './call-sites.ts';
import { isAtRest, reportEnding, reportUnrest } from './ending.ts';
import { createExposure, type Exposure } from './exposure.ts';
import { type Fault, type FaultKind, type FaultSource, faultKinds, givenFaults, sampleFaults } from './faults.ts';
import { carryFaultily } from './faulty-calls.ts';
import { ACTS_ON_SERVICE, type Violation, type Watch, watchInvariants } from './invariants.ts';
import { type Load, simulateLoad } from './load.ts';
import { plantInCalls, plantInTemplate } from './plant.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { manifestFor, type Stage, type Story } from './stories.ts';
import { strikeWorld } from './world-faults.ts';

export interface RunOptions {
  readonly seed: number;
  readonly story: Story;
  /** Kinds that may be drawn; all when absent. */
  readonly enabled?: ReadonlySet<FaultKind>;
  /** Exactly these instead of drawn ones. */
  readonly faults?: readonly Fault[];
  readonly planted?: PlantedBug;
  readonly keepsHistory?: boolean;
  /** Whether `sites` is wanted. */
  readonly listsSites?: boolean;
}

export interface RunResult {
  readonly seed: number;
  readonly story: string;
  readonly digest: string;
  readonly violations: readonly Violation[];
  readonly struck: readonly Fault[];
  /** `function operation` of every call a fault was done to, with its kind. */
  readonly covered: readonly string[];
  /** Every `function operation` that was called. */
  readonly reached: readonly string[];
  readonly calls: number;
  /** The places at which the control plane calls AWS; only when asked for. */
  readonly sites: readonly CallSite[];
  /** Simulated milliseconds from the beginning of the story to its end. */
  readonly simulatedMs: number;
  /** Simulated milliseconds in which a bad version had production traffic, after the first fault struck or the push was made. */
  readonly exposedMs: number;
  /** How each pushed version ended, by tag. */
  readonly ends: Readonly<Record<string, readonly string[]>>;
  /** Why each ended so, one line per deployment. */
  readonly reasons: readonly string[];
  /** Status of each remediation. */
  readonly remedies: readonly string[];
  readonly serves: string | undefined;
  readonly lines: readonly HistoryLine[];
}

const STORY_MS_MAX = 8 * 3_600_000;
const APPLY_MS_MAX = 60_000;
const LOOK_MS = 2_000;
const REST_LOOK_MS = 5_000;
/** A push whose event was lost is the sweeper's to find: two of its rounds after the push is old enough. */
const SWEPT_MS = 1_500_000;
const PHASE_MS_MAX = 1_200_000;
const INSIST_MAX = 12;
/** After the end: asynchronous retries, and deliveries that were held back for at most an hour. */
const AFTERMATH_MS = 30_000;

export async function runStory(machinery: Machinery, options: RunOptions): Promise<RunResult> {
  const { seed, story } = options;
  const source = options.faults === undefined ? sampleFaults(createDice(seed, 'faults'), options.enabled ?? new Set(faultKinds)) : givenFaults(options.faults);
  const lambdaFaults = createLambdaFaults();
  const run = createRunState(source, options);
  const carrierOf = carryFaultily({
    fate: run.fate,
    kill: (functionName) => void lambdaFaults.killRunning(functionName),
    redeliver: run.redeliver,
  });
  const { planted } = options;
  const world = await createWorld(planted === undefined ? machinery : { ...machinery, templateFile: plantInTemplate(machinery.templateFile, planted) }, {
    seed,
    keepsHistory: options.keepsHistory === true,
    driver: story.driver ?? 'codedeploy',
    desiredCount: story.desiredCount,
    terminationWaitMinutes: 20,
    carrierOf,
    lambdaFaults,
    deliveryFaults: run.ofDelivery,
    skewOf: (functionName) => (run.isOn() ? source.skewOf(functionName) : 0),
    seen: (call, running, _request, response) => run.seen(call, running, response),
    ...(planted === undefined ? {} : { interceptor: plantInCalls(planted) }),
  });
  const load = simulateLoad(world.region, world.service, world.truth, {
    requestsPerMinute: 3_000,
    errorShareOf: (digest) => world.behaviours.get(digest)?.errorShare ?? 0,
  });
  try {
    return await perform(world, load, run, options, source);
  } finally {
    await world.close();
  }
}

interface RunState {
  isOn(): boolean;
  on(watch: Watch, world: World): void;
  readonly fate: (call: ControlCall) => ReturnType<FaultSource['ofCall']>;
  readonly ofDelivery: (event: AwsShape) => 'deliver' | 'lose' | 'duplicate' | { readonly delayMs: number };
  /** The trigger of a function is delivered again, as asynchronous invocation may do at any time. */
  readonly redeliver: (running: RunningInvocation) => void;
  seen(call: ControlCall, running: RunningInvocation, response: SdkResponse): void;
  readonly covered: Set<string>;
  readonly reached: Set<string>;
  readonly collector: SiteCollector;
  calls(): number;
  /** Simulated epoch milliseconds until which delayed deliveries may come. */
  lastDeliveryAt(): number;
  settle(): Promise<void>;
}

function createRunState(source: FaultSource, options: RunOptions): RunState {
  let begun: { readonly watch: Watch; readonly world: World } | undefined;
  let calls = 0;
  let lastDeliveryAt = 0;
  const covered = new Set<string>();
  const reached = new Set<string>();
  const collector = collectSites();
  const acts: Promise<void>[] = [];
  return {
    covered,
    reached,
    collector,
    isOn: () => begun !== undefined,
    calls: () => calls,
    lastDeliveryAt: () => lastDeliveryAt,
    on(watch, world) {
      begun = { watch, world };
    },
    fate(call) {
      if (begun === undefined) return undefined;
      calls++;
      reached.add(`${call.functionName} ${call.operation}`);
      if (options.listsSites === true) collector.onCall(call);
      const kind = source.ofCall(call);
      if (kind !== undefined) covered.add(`${call.functionName} ${call.operation} ${kind}`);
      return kind;
    },
    ofDelivery(event) {
      // Rules wake their targets by schedule at least once; only events are best effort.
      if (begun === undefined || event['detail-type'] === 'Scheduled Event') return 'deliver';
      const fault = source.ofDelivery();
      if (fault === undefined) return 'deliver';
      begun.world.history.add({ at: begun.world.clock.now(), who: 'EventBridge', what: 'a delivery', outcome: `${fault.kind} (injected)` });
      if (fault.kind === 'eventLost') return 'lose';
      if (fault.kind === 'eventDuplicated') return 'duplicate';
      lastDeliveryAt = Math.max(lastDeliveryAt, begun.world.clock.now() + fault.delayMs);
      return { delayMs: fault.delayMs };
    },
    redeliver({ spec, invocation }) {
      const input = { FunctionName: spec.functionName, InvocationType: 'Event', Payload: invocation.payload };
      begun?.world
        .call('lambda', 'Invoke', input)
        .catch((error: unknown) => begun?.world.region.log('simulation', `could not deliver again: ${String(error)}`));
    },
    seen(call, { invocation }, response) {
      if (begun === undefined || response.statusCode >= 300 || !ACTS_ON_SERVICE.has(call.operation)) return;
      const payload: unknown = JSON.parse(invocation.payload);
      acts.push(begun.world.clock.during(() => begun?.watch.acts(call.functionName, call.operation, payload) ?? Promise.resolve()));
    },
    async settle() {
      await Promise.all(acts);
    },
  };
}

async function perform(world: World, load: Load, run: RunState, options: RunOptions, source: FaultSource): Promise<RunResult> {
  const { story } = options;
  const { clock, truth } = world;
  await applyManifest(world, story);
  const watch = watchInvariants(world, truth);
  const badDigests = new Set<string>();
  const exposure = createExposure(world, badDigests);
  run.on(watch, world);
  const startedAt = clock.now();
  strikeWorld(world, load, source.ofWorld);
  const told = tell(world, story, watch, badDigests, exposure);
  const context = { world, truth, watch, struck: source.struck, badDigests };
  let lookedAt = 0;
  const ended = (): boolean | Promise<boolean> => {
    if (!told.isOver() || clock.now() - lookedAt < REST_LOOK_MS) return false;
    lookedAt = clock.now();
    return hasEnded();
  };
  const hasEnded = async (): Promise<boolean> => {
    const isJudged = await newestIsJudged(world);
    return (isJudged || clock.now() > told.lastPushAt() + SWEPT_MS) && (await isAtRest(truth));
  };
  try {
    await clock.runUntil(ended, STORY_MS_MAX);
    const simulatedMs = clock.now() - startedAt;
    load.stop();
    const until = Math.max(run.lastDeliveryAt(), clock.now()) + AFTERMATH_MS;
    let looked = 0;
    await clock.runUntil(() => {
      if (clock.now() < until || clock.now() - looked < REST_LOOK_MS) return false;
      looked = clock.now();
      return isAtRest(truth);
    }, STORY_MS_MAX);
    await run.settle();
    await reportEnding(context);
    return await resultOf(simulatedMs);
  } catch (error) {
    if (!/not reached within|no timer left/.test(String(error))) throw error;
    await reportUnrest(context);
    return await resultOf(clock.now() - startedAt);
  }

  async function resultOf(simulatedMs: number): Promise<RunResult> {
    const { deployments } = await truth.records();
    const ends: Record<string, string[]> = {};
    for (const deployment of deployments) {
      const tag = world.tags.get(String((deployment['request'] as { digest: string }).digest)) ?? '?';
      ends[tag] = [...(ends[tag] ?? []), String(deployment['status'])];
    }
    const reasons = deployments.map(({ id, status, outcome }) => `${id} ${status}: ${(outcome as { reason?: string } | undefined)?.reason ?? ''}`);
    const serving = await truth.servingDigest();
    return {
      seed: options.seed,
      story: story.name,
      violations: watch.violations,
      struck: source.struck,
      covered: [...run.covered],
      reached: [...run.reached],
      sites: run.collector.sites(),
      calls: run.calls(),
      simulatedMs,
      exposedMs: exposure.milliseconds(),
      ends,
      reasons,
      remedies: (await truth.remedies()).map(({ status }) => status),
      serves: serving === undefined ? undefined : world.tags.get(serving),
      digest: world.history.digest(),
      lines: world.history.lines,
    };
  }
}

async function applyManifest(world: World, story: Story): Promise<void> {
  let applied: { readonly error?: unknown } | undefined;
  world.ask('apply-manifest', { by: 'simulation', manifest: manifestFor(story), dryRun: false }).then(
    () => {
      applied = {};
    },
    (error: unknown) => {
      applied = { error };
    },
  );
  await world.clock.runUntil(() => applied !== undefined, APPLY_MS_MAX);
  if (applied?.error !== undefined) throw applied.error;
}

async function newestIsJudged(world: World): Promise<boolean> {
  const newest = [...world.tags.keys()].at(-1);
  const { deployments } = await world.truth.records();
  return deployments.some((deployment) => (deployment['request'] as { digest: string }).digest === newest);
}

interface Telling {
  isOver(): boolean;
  lastPushAt(): number;
}

function tell(world: World, story: Story, watch: Watch, badDigests: Set<string>, exposure: Exposure): Telling {
  const { clock } = world;
  let over = false;
  let lastPushAt = clock.now();
  const until: Stage['until'] = async (reached, limitMs = PHASE_MS_MAX) => {
    for (const end = clock.now() + limitMs; clock.now() < end; ) {
      if (await reached()) return;
      await clock.sleep(LOOK_MS);
    }
  };
  const stage: Stage = {
    world,
    async push(tag, behaviour) {
      lastPushAt = clock.now();
      const digest = await world.push(tag, behaviour);
      if (story.badTags.includes(tag)) badDigests.add(digest);
      return digest;
    },
    async spoil(digest, behaviour) {
      badDigests.add(digest);
      await world.spoil(digest, behaviour);
      await exposure.look();
    },
    pass: (milliseconds) => clock.sleep(milliseconds),
    until,
    untilShifting: () => until(async () => (await world.truth.weights()).size > 1),
    async insist(operation, request) {
      for (let tries = 0; tries < INSIST_MAX; tries++) {
        try {
          return (await world.ask(operation, request)) as AwsShape;
        } catch {
          await clock.sleep(10_000);
        }
      }
      return undefined;
    },
    report: (invariant, text) => watch.report(invariant, text),
  };
  story.tell(stage).then(
    () => {
      over = true;
    },
    (error: unknown) => {
      // A story that cannot be told is a defect of the simulation.
      queueMicrotask(() => {
        throw error;
      });
    },
  );
  return { isOver: () => over, lastPushAt: () => lastPushAt };
}
