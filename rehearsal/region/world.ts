// A whole region in one thread and in virtual time: the compiled stack, Weir's handlers from their sources, scripted tasks, counted
// traffic. One seed decides everything in it.

import type { Clock } from '#localaws/clock/clock.ts';
import type { CheckResult } from '#localaws/elbv2/target-health.ts';
import type { DeliveryFaults } from '#localaws/eventbridge/delivery.ts';
import type { LambdaFaults } from '#localaws/lambda/faults.ts';
import { createInProcessExecutor, createUnreadCodeStore, type RunFunction, type RunningInvocation } from '#localaws/lambda/in-process-executor.ts';
import type { Principal, Region } from '#localaws/region.ts';
import { type LocalAws, startLocalAws } from '#localaws/start-local-aws.ts';
import { freshRetryStrategy, type LoadOptions, loadFunctions, type Surroundings } from './function-host.ts';
import { functionsIn } from './functions-in-region.ts';
import type { Carry, SeenCall } from './gate.ts';
import { createHistory, type History } from './history.ts';
import { createDice, type Dice } from './random.ts';
import {
  createRepository,
  manifestOf,
  type RegionCall,
  type ServiceNames,
  type SimulatedDriver,
  type SimulatedService,
  sampleNames,
  setUpService,
} from './sample-service.ts';
import { createScriptedTaskRuntime, type ImageScript, type ScriptedTaskRuntime } from './scripted-task-runtime.ts';
import { createTruth, type Traces, type Truth } from './truth.ts';

/** What a thread loads once. */
export interface Machinery {
  readonly runFunction: RunFunction;
  readonly retries: () => Surroundings['retries'];
  readonly templateFile: string;
}

export interface ImageBehaviour {
  readonly script?: ImageScript;
  /** Share of requests answered 5xx. */
  readonly errorShare?: number;
  /** Whether its health checks pass at a time, simulated epoch milliseconds. */
  readonly answersHealthCheck?: (now: number) => boolean;
  /** What it answers to smoke checks. */
  readonly smokeStatus?: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly keepsHistory: boolean;
  readonly driver: SimulatedDriver;
  readonly desiredCount: number;
  readonly terminationWaitMinutes: number;
  /** What the service is called; the sample's names when absent. */
  readonly names?: ServiceNames;
  /** Simulated epoch milliseconds at the start. */
  readonly startAt?: number;
  /** How the calls of Weir's functions fare; they arrive and are answered when absent. */
  readonly carrierOf?: (running: RunningInvocation) => Carry;
  /** Told of every call of Weir's functions that took effect. */
  readonly seen?: SeenCall;
  /** Around every call in the region. */
  readonly interceptor?: Parameters<LocalAws['dispatcher']['intercept']>[0];
  readonly lambdaFaults?: LambdaFaults;
  readonly deliveryFaults?: DeliveryFaults;
  /** How wrong a function's clock is, milliseconds. */
  readonly skewOf?: (functionName: string) => number;
}

export interface World {
  readonly localAws: LocalAws;
  readonly region: Region;
  readonly clock: Clock;
  readonly history: History;
  readonly dice: Dice;
  readonly service: SimulatedService;
  readonly runtime: ScriptedTaskRuntime;
  readonly truth: Truth;
  readonly firstDigest: string;
  readonly call: RegionCall;
  /** What each digest does; known before its push. */
  readonly behaviours: Map<string, ImageBehaviour>;
  /** Names of the images pushed, by digest. */
  readonly tags: Map<string, string>;
  push(tag: string, behaviour?: ImageBehaviour): Promise<string>;
  /** A version behaves otherwise from now on; where its tasks do so from their start, those that run are replaced. */
  spoil(digest: string, behaviour: ImageBehaviour): Promise<void>;
  /** Invokes an operation as the CLI does; answers its value. @throws Error when it refused or failed */
  ask(operation: string, request: unknown): Promise<unknown>;
  close(): Promise<void>;
}

const START_AT = Date.UTC(2026, 10, 23, 9, 0, 0);
const SETTLE_MS_MAX = 600_000;
const root: Principal = { kind: 'root' };

export async function loadMachinery(templateFile: string, options: LoadOptions = {}): Promise<Machinery> {
  // Texts of stack traces would make histories depend on where the sources lie.
  Error.stackTraceLimit = 0;
  return { runFunction: await loadFunctions(options), retries: await freshRetryStrategy(), templateFile };
}

export async function createWorld(machinery: Machinery, options: WorldOptions): Promise<World> {
  const history = createHistory(options.keepsHistory);
  const dice = createDice(options.seed, 'functions');
  const runtime = createScriptedTaskRuntime();
  const behaviours = new Map<string, ImageBehaviour>();
  const made: { localAws?: LocalAws; world?: World } = {};
  const functions = { ...options, dice, history, retries: machinery.retries, runFunction: machinery.runFunction };
  const localAws = await startLocalAws({
    clock: { kind: 'virtual', withinThread: true },
    startAt: options.startAt ?? START_AT,
    seed: options.seed,
    listens: false,
    stack: {
      templateFile: machinery.templateFile,
      artifactDirectory: '',
      name: 'weir-dev',
      readArtifact: (name) => Buffer.from(name),
    },
    taskRuntime: runtime,
    ...(options.lambdaFaults === undefined ? {} : { lambdaFaults: options.lambdaFaults }),
    lambda: {
      executor: (region) => {
        const run = functionsIn(region, { ...functions, requests: () => there(made.localAws).requestHandler, scene: () => there(made.world) });
        return createInProcessExecutor(region.clock, run);
      },
      codeStore: createUnreadCodeStore,
      sendsLogs: false,
    },
    dynamodb: { store: 'memory' },
    elbv2: { opensPorts: false, checkTarget: (region, target) => checkTarget(region, runtime, behaviours, target.id) },
    ...(options.deliveryFaults === undefined ? {} : { eventBridge: { deliveryFaults: options.deliveryFaults } }),
  });
  made.localAws = localAws;
  const { region, clock } = localAws;
  const traces = watchTraces(localAws);
  if (options.interceptor !== undefined) localAws.dispatcher.intercept(options.interceptor);
  const call: RegionCall = (service, operation, input) => region.call(service, operation, input, root);
  const { service, firstDigest } = await settle(localAws, call, options);
  const truth = createTruth(region, service, traces);
  const tags = new Map([[firstDigest, '1.0.0']]);
  const scene = { localAws, region, clock, history, dice, service, runtime, truth, firstDigest, call, behaviours, tags };
  made.world = { ...scene, ...hands(scene), close: () => localAws.close() };
  return made.world;
}

function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a function ran before its region was there');
  return part;
}

/** What was written and said until now; it grows. */
function watchTraces(localAws: LocalAws): Traces {
  const traces = { deployments: new Set<string>(), remediations: new Set<string>(), published: new Set<string>() };
  localAws.dispatcher.intercept(async (called, input, next) => {
    if (called.operation === 'Publish') {
      const answer = await next();
      traces.published.add(String(JSON.parse(String(input['Message']))['id']));
      return answer;
    }
    const key = called.operation === 'PutItem' ? String(input['Item']?.['sk']?.['S'] ?? '') : '';
    if (key.startsWith('DEPLOYMENT#')) traces.deployments.add(key);
    if (key.startsWith('REMEDIATION#')) traces.remediations.add(key);
    return next();
  });
  return traces;
}

/** The service of the story, running. */
async function settle({ region, clock }: LocalAws, call: RegionCall, options: WorldOptions): Promise<{ service: SimulatedService; firstDigest: string }> {
  const names = options.names ?? sampleNames;
  await createRepository(call, names.repository);
  const first = manifestOf('1.0.0');
  await call('ecr', 'PutImage', { repositoryName: names.repository, imageManifest: first.text, imageTag: '1.0.0' });
  const image = `${region.account}.dkr.ecr.${region.name}.amazonaws.com/${names.repository}@${first.digest}`;
  const { driver, desiredCount, terminationWaitMinutes } = options;
  const service = await setUpService(region, call, { names, driver, image, desiredCount, terminationWaitMinutes });
  await clock.runUntil(async () => {
    const { services } = await call('ecs', 'DescribeServices', { cluster: service.cluster, services: [service.service] });
    return driver === 'ecs' ? services[0].deployments[0]?.rolloutState === 'COMPLETED' : services[0].taskSets[0]?.stabilityStatus === 'STEADY_STATE';
  }, SETTLE_MS_MAX);
  return { service, firstDigest: first.digest };
}

type Scene = Omit<World, 'push' | 'spoil' | 'ask' | 'close'>;

/** What people and images do. */
function hands({ clock, history, service, runtime, call, behaviours, tags }: Scene): Pick<World, 'push' | 'spoil' | 'ask'> {
  return {
    async push(tag, behaviour = {}) {
      const { text, digest } = manifestOf(tag);
      behaviours.set(digest, behaviour);
      tags.set(digest, tag);
      runtime.script(digest, behaviour.script ?? {});
      history.add({ at: clock.now(), who: 'developer', what: `pushes ${tag}`, outcome: digest });
      await call('ecr', 'PutImage', { repositoryName: service.repository, imageManifest: text, imageTag: tag });
      return digest;
    },
    async spoil(digest, behaviour) {
      behaviours.set(digest, behaviour);
      history.add({ at: clock.now(), who: 'the world', what: `${tags.get(digest)} goes bad`, outcome: digest });
      if (behaviour.script === undefined) return;
      runtime.script(digest, behaviour.script);
      const { taskArns } = await call('ecs', 'ListTasks', { cluster: service.cluster, serviceName: service.service, desiredStatus: 'RUNNING' });
      for (const task of taskArns as string[]) await call('ecs', 'StopTask', { cluster: service.cluster, task, reason: 'restarted by the story' });
    },
    async ask(operation, request) {
      const answer = await call('lambda', 'Invoke', { FunctionName: `weir-dev-${operation}`, Payload: JSON.stringify(request) });
      const payload = JSON.parse(String(answer['Payload']));
      if (answer['FunctionError'] !== undefined || payload.ok !== true) throw new Error(`${operation}: ${answer['Payload']}`);
      return payload.value;
    },
  };
}

function checkTarget(region: Region, runtime: ScriptedTaskRuntime, behaviours: ReadonlyMap<string, ImageBehaviour>, address: string): CheckResult {
  const started = runtime.started.findLast((request) => request.address === address);
  if (started === undefined) return { kind: 'failed' };
  const image = started.image.image;
  const answers = behaviours.get(image.slice(image.indexOf('@') + 1))?.answersHealthCheck;
  return { kind: 'answered', status: answers === undefined || answers(region.clock.now()) ? 200 : 500 };
}
