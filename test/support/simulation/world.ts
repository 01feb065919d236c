// A whole region in one thread and in virtual time: the compiled stack, Weir's handlers from their sources, scripted tasks, counted
// traffic. One seed decides everything in it.
import type { HttpProbe } from '#ports/checks.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Clock } from '../../../localaws/clock/clock.ts';
import type { CheckResult } from '../../../localaws/elbv2/target-health.ts';
import type { DeliveryFaults } from '../../../localaws/eventbridge/delivery.ts';
import { createLambdaFaults } from '../../../localaws/lambda/faults.ts';
import { createInProcessExecutor, createUnreadCodeStore, type RunFunction } from '../../../localaws/lambda/in-process-executor.ts';
import type { Principal, Region } from '../../../localaws/region.ts';
import { type LocalAws, startLocalAws } from '../../../localaws/start-local-aws.ts';
import { createScriptedTaskRuntime, type ImageScript, type ScriptedTaskRuntime } from '../scripted-task-runtime.ts';
import { freshRetryStrategy, loadFunctions, runIn, type Surroundings } from './function-host.ts';
import { createGate, type GateParts, shortName } from './gate.ts';
import { createHistory, type History } from './history.ts';
import { type Load, simulateLoad } from './load.ts';
import { plantInCalls, plantInTemplate } from './plant.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { createDice, type Dice } from './random.ts';
import { createRepository, manifestOf, REPOSITORY, type RegionCall, type SimulatedDriver, type SimulatedService, setUpService } from './sample-service.ts';
import { createTruth, type Truth } from './truth.ts';

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
  readonly requestsPerMinute: number;
  readonly fate: GateParts['fate'];
  readonly seen?: GateParts['seen'];
  readonly deliveryFaults?: DeliveryFaults;
  /** How wrong a function's clock is, milliseconds. */
  readonly skewOf?: (functionName: string) => number;
  readonly planted?: PlantedBug;
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
  readonly load: Load;
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

export async function loadMachinery(templateFile: string): Promise<Machinery> {
  // Texts of stack traces would make histories depend on where the sources lie.
  Error.stackTraceLimit = 0;
  return { runFunction: await loadFunctions(), retries: await freshRetryStrategy(), templateFile };
}

export async function createWorld(machinery: Machinery, options: WorldOptions): Promise<World> {
  const history = createHistory(options.keepsHistory);
  const dice = createDice(options.seed, 'functions');
  const runtime = createScriptedTaskRuntime();
  const behaviours = new Map<string, ImageBehaviour>();
  const faults = createLambdaFaults();
  const host: { localAws?: LocalAws } = {};
  const hosted = (): LocalAws => {
    if (host.localAws === undefined) throw new Error('a function ran before its region was there');
    return host.localAws;
  };
  const { planted } = options;
  const localAws = await startLocalAws({
    clock: { kind: 'virtual' },
    startAt: START_AT,
    seed: options.seed,
    listens: false,
    stack: {
      templateFile: planted === undefined ? machinery.templateFile : plantInTemplate(machinery.templateFile, planted),
      artifactDirectory: '',
      name: 'weir-dev',
      readArtifact: (name) => Buffer.from(name),
    },
    taskRuntime: runtime,
    lambdaFaults: faults,
    lambda: { executor: (region) => createInProcessExecutor(region.clock, simulatedFunctions(region)), codeStore: createUnreadCodeStore, sendsLogs: false },
    dynamodb: { store: 'memory' },
    elbv2: { opensPorts: false, checkTarget: (region, target) => checkTarget(region, runtime, behaviours, target.id) },
    ...(options.deliveryFaults === undefined ? {} : { eventBridge: { deliveryFaults: options.deliveryFaults } }),
  });
  host.localAws = localAws;
  const { region, clock } = localAws;
  const deploymentKeys = new Set<string>();
  const remediationKeys = new Set<string>();
  localAws.dispatcher.intercept((called, input, next) => {
    const key = called.operation === 'PutItem' ? String(input['Item']?.['sk']?.['S'] ?? '') : '';
    if (key.startsWith('DEPLOYMENT#')) deploymentKeys.add(key);
    if (key.startsWith('REMEDIATION#')) remediationKeys.add(key);
    return next();
  });
  if (planted !== undefined) plantInCalls(localAws.dispatcher, planted);

  function simulatedFunctions(made: Region): RunFunction {
    const gate = createGate({
      now: () => made.clock.now(),
      sleep: (milliseconds) => made.clock.sleep(milliseconds),
      requests: () => hosted().requestHandler,
      dice,
      history,
      fate: options.fate,
      ...(options.seen === undefined ? {} : { seen: options.seen }),
      kill: (functionName) => void faults.killRunning(functionName),
      redeliver: (running) => void redeliver(made, running),
    });
    return (running, event) => {
      const send = gate.enter(running);
      const skew = options.skewOf?.(shortName(running.spec.functionName)) ?? 0;
      const surroundings: Surroundings = {
        running,
        now: () => made.clock.now() + skew,
        random: () => dice.random(),
        writeId: () => dice.uuid(),
        sleep: (milliseconds) => made.clock.sleep(milliseconds).then(() => (running.alive() ? undefined : new Promise<void>(() => undefined))),
        schedule: (milliseconds, task) => made.clock.schedule(milliseconds, () => (running.alive() ? task() : undefined), 'timer of a function'),
        send,
        probe: probeOf(() => world, running.alive),
        retries: machinery.retries(),
      };
      return runIn(surroundings, () => machinery.runFunction(running, event));
    };
  }

  const call: RegionCall = (service, operation, input) => region.call(service, operation, input, root);
  await createRepository(call);
  const first = manifestOf('1.0.0');
  await call('ecr', 'PutImage', { repositoryName: REPOSITORY, imageManifest: first.text, imageTag: '1.0.0' });
  const image = `${region.account}.dkr.ecr.${region.name}.amazonaws.com/${REPOSITORY}@${first.digest}`;
  const { desiredCount, terminationWaitMinutes } = options;
  const { driver } = options;
  const service = await setUpService(region, call, { driver, image, desiredCount, terminationWaitMinutes });
  await clock.runUntil(async () => {
    const { services } = await call('ecs', 'DescribeServices', { cluster: service.cluster, services: [service.service] });
    return driver === 'ecs' ? services[0].deployments[0]?.rolloutState === 'COMPLETED' : services[0].taskSets[0]?.stabilityStatus === 'STEADY_STATE';
  }, SETTLE_MS_MAX);
  const truth = createTruth(region, service, { deployments: deploymentKeys, remediations: remediationKeys });
  const load = simulateLoad(region, service, truth, {
    requestsPerMinute: options.requestsPerMinute,
    errorShareOf: (digest) => behaviours.get(digest)?.errorShare ?? 0,
  });

  const tags = new Map([[first.digest, '1.0.0']]);
  const world: World = {
    localAws,
    region,
    clock,
    history,
    dice,
    service,
    runtime,
    truth,
    load,
    firstDigest: first.digest,
    call,
    behaviours,
    tags,
    async push(tag, behaviour = {}) {
      const { text, digest } = manifestOf(tag);
      behaviours.set(digest, behaviour);
      tags.set(digest, tag);
      runtime.script(digest, behaviour.script ?? {});
      history.add({ at: clock.now(), who: 'developer', what: `pushes ${tag}`, outcome: digest });
      await call('ecr', 'PutImage', { repositoryName: REPOSITORY, imageManifest: text, imageTag: tag });
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
    close: () => localAws.close(),
  };
  return world;
}

/** The trigger of a function is delivered again, as asynchronous invocation may do at any time. */
function redeliver(region: Region, running: Parameters<RunFunction>[0]): Promise<unknown> {
  return region
    .call('lambda', 'Invoke', { FunctionName: running.spec.functionName, InvocationType: 'Event', Payload: running.invocation.payload }, root)
    .catch((error: unknown) => region.log('simulation', `could not deliver again: ${String(error)}`));
}

function checkTarget(region: Region, runtime: ScriptedTaskRuntime, behaviours: ReadonlyMap<string, ImageBehaviour>, address: string): CheckResult {
  const started = runtime.started.findLast((request) => request.address === address);
  if (started === undefined) return { kind: 'failed' };
  const image = started.image.image;
  const answers = behaviours.get(image.slice(image.indexOf('@') + 1))?.answersHealthCheck;
  return { kind: 'answered', status: answers === undefined || answers(region.clock.now()) ? 200 : 500 };
}

/** Smoke checks: what the version behind the listener would answer. */
function probeOf(world: () => World, alive: () => boolean): HttpProbe {
  return {
    async send(request) {
      const { clock, service, dice, behaviours } = world();
      const milliseconds = dice.between(2, 30);
      await clock.sleep(milliseconds);
      if (!alive()) return new Promise(() => undefined);
      const listenerArn = new URL(request.url).port === String(service.testPort) ? service.testListenerArn : service.productionListenerArn;
      const digest = await digestBehind(world(), listenerArn);
      if (digest === undefined) throw new RetryableError(`${request.method} ${request.url} got no answer`);
      const status = behaviours.get(digest)?.smokeStatus ?? 200;
      return { status, body: '{"ok":true}', milliseconds };
    },
  };
}

async function digestBehind({ call, dice, truth }: World, listenerArn: string): Promise<string | undefined> {
  const { Rules } = await call('elasticloadbalancing', 'DescribeRules', { ListenerArn: listenerArn });
  const groups: { TargetGroupArn: string; Weight?: number }[] = Rules[0].Actions[0].ForwardConfig?.TargetGroups ?? [];
  let drawn = dice.random() * groups.reduce((sum, group) => sum + (group.Weight ?? 1), 0);
  const group = groups.find(({ Weight = 1 }) => {
    drawn -= Weight;
    return drawn < 0;
  });
  if (group === undefined || (await truth.healthyTargets(group.TargetGroupArn)) === 0) return undefined;
  return (await truth.digests()).get(group.TargetGroupArn);
}
