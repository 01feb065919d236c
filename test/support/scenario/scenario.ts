// A whole Weir on a virtual clock: the packaged stack, scripted tasks instead of processes, simulated traffic instead of sockets.
// Hours of deployment pass in seconds; what decides is the real thing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '#core/deployment/deployment.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import { createScriptedTaskRuntime, type ImageScript, type ScriptedTaskRuntime } from '#rehearsal/region/scripted-task-runtime.ts';
import { freePorts } from '../../../cli/demo/free-ports.ts';
import { createSampleRepository, SAMPLE_REPOSITORY, type SampleService, setUpSample } from '../../../examples/orders/set-up.ts';
import type { EcsBehaviour } from '../../../localaws/ecs/behaviour.ts';
import { type CapacityFaults, createCapacityFaults } from '../../../localaws/ecs/capacity-faults.ts';
import { pushImage } from '../../../localaws/image/push-image.ts';
import { createLambdaFaults, type LambdaFaults } from '../../../localaws/lambda/faults.ts';
import type { AwsShape, ServiceName } from '../../../localaws/region.ts';
import { type LocalAws, startLocalAws } from '../../../localaws/start-local-aws.ts';
import { packagedWeir } from './packaged-template.ts';
import { runningSides, type SimulatedTraffic, simulateTraffic } from './simulated-traffic.ts';

const PROJECT_ROOT = join(import.meta.dirname, '..', '..', '..');
const START_AT = Date.UTC(2026, 10, 23, 9, 0, 0);
export const SERVICE_KEY = 'prod/orders';
const HOUR = 3_600_000;
const GLANCE_MS = 10_000;
const LOOK_MS = 120_000;
const SERVICE_ITEM = { pk: { S: `SERVICE#${SERVICE_KEY}` }, sk: { S: 'SERVICE' } };

export interface ScenarioOptions {
  readonly desiredCount?: number;
  readonly terminationWaitMinutes?: number;
  /** Whose deployments the service is made for; codedeploy when absent. */
  readonly driver?: 'codedeploy' | 'ecs';
  /** The service begins with its image named by tag instead of digest. */
  readonly imageByTag?: boolean;
  readonly ecsBehaviour?: Partial<EcsBehaviour>;
  /** Tasks are started on this capacity provider instead of the launch type Fargate. */
  readonly capacityProvider?: 'FARGATE_SPOT';
  /** Tasks are real processes of this version's folder below examples/orders, and nothing can be scripted. */
  readonly realVersion?: string;
}

export interface Scenario {
  readonly localAws: LocalAws;
  readonly sample: SampleService;
  readonly runtime: ScriptedTaskRuntime;
  readonly traffic: SimulatedTraffic;
  readonly faults: LambdaFaults;
  readonly capacity: CapacityFaults;
  readonly firstDigest: string;
  call(service: ServiceName, operation: string, input: AwsShape): Promise<AwsShape>;
  /** Pushes an image of its own and says what its tasks do and how its requests fare; healthy unless told otherwise. Answers its digest. */
  push(tag: string, behaviour?: { readonly script?: ImageScript; readonly errorShare?: number }): Promise<string>;
  /** Applies the sample's manifest with these members over it. */
  apply(manifest: Readonly<Record<string, unknown>>): Promise<void>;
  /** Name of the EventBridge rule that wakes a function. */
  ruleOf(functionName: string): Promise<string>;
  ask(operation: string, request: unknown): Promise<AwsShape>;
  service(): Promise<ServiceRecord>;
  /** Newest first. */
  deployments(): Promise<readonly Deployment[]>;
  deploymentOf(digest: string): Promise<Deployment | undefined>;
  until(reached: () => boolean | Promise<boolean>, limitMs?: number): Promise<void>;
  /** Runs until the newest deployment of this digest is as told, looked at every ten seconds; answers it. */
  untilSeen(digest: string, reached: (deployment: Deployment) => boolean): Promise<Deployment>;
  /** Runs until the deployment of this digest has ended and the service is released; answers it. */
  untilEnded(digest: string, limitMs?: number): Promise<Deployment>;
  /** Lets simulated time pass. */
  pass(milliseconds: number): Promise<void>;
  /** Percent of production traffic by target group ARN. */
  weights(): Promise<Readonly<Record<string, number>>>;
  /** The smaller share of the listener's two target groups, percent: the canary's while there is one. */
  greenPercent(): Promise<number>;
  /** Digest that serves all production traffic; undefined when more than one does. */
  servingDigest(): Promise<string | undefined>;
  close(): Promise<void>;
}

const respond: ImageScript = { respond: (_request, response) => void response.end('{"ok":true}') };
const root = { kind: 'root' } as const;

export async function startScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const runtime = createScriptedTaskRuntime();
  const faults = createLambdaFaults();
  const capacity = createCapacityFaults();
  const localAws = await startLocalAws({
    clock: { kind: 'virtual' },
    startAt: START_AT,
    ...packagedWeir(),
    ...(options.realVersion === undefined ? { taskRuntime: runtime } : {}),
    lambdaFaults: faults,
    capacityFaults: capacity,
    ecsBehaviour: options.ecsBehaviour ?? {},
  });
  const { region, clock, endpointUrl } = localAws;
  const where = { endpointUrl, region: region.name, account: region.account };
  const call = (service: ServiceName, operation: string, input: AwsShape): Promise<AwsShape> => region.call(service, operation, input, root);

  await createSampleRepository(where);
  const first = { endpointUrl, repository: SAMPLE_REPOSITORY, tag: '1.0.0', directory: join(PROJECT_ROOT, 'examples', 'orders', options.realVersion ?? 'v1') };
  const firstDigest = (await pushImage(first)).digest;
  runtime.script(firstDigest, respond);
  runtime.script('1.0.0', { ...respond, digest: firstDigest });
  const [productionPort, testPort] = await freePorts();
  const image = `${where.account}.dkr.ecr.${where.region}.amazonaws.com/${SAMPLE_REPOSITORY}${options.imageByTag === true ? ':1.0.0' : `@${firstDigest}`}`;
  const sample = await setUpSample({
    ...where,
    image,
    productionPort,
    testPort,
    desiredCount: options.desiredCount ?? 2,
    terminationWaitMinutes: options.terminationWaitMinutes ?? 30,
    logGroup: '/ecs/orders',
    driver: options.driver ?? 'codedeploy',
    ...(options.capacityProvider === undefined ? {} : { capacityProvider: options.capacityProvider }),
  });
  const until = (reached: () => boolean | Promise<boolean>, limitMs = 6 * HOUR): Promise<void> => clock.runUntil(reached, limitMs);
  await until(async () => {
    const { services } = await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] });
    return options.driver === 'ecs' ? services[0].deployments[0]?.rolloutState === 'COMPLETED' : services[0].taskSets[0]?.stabilityStatus === 'STEADY_STATE';
  });
  const traffic = simulateTraffic(region, { cluster: sample.cluster, service: sample.service, listenerArn: sample.productionListenerArn });

  const ask = async (operation: string, request: unknown): Promise<AwsShape> => {
    const answer = await call('lambda', 'Invoke', {
      FunctionName: `weir-dev-${operation}`,
      InvocationType: 'RequestResponse',
      Payload: JSON.stringify(request),
    });
    const payload = JSON.parse(answer['Payload']);
    if (answer['FunctionError'] !== undefined || payload.ok !== true) throw new Error(`${operation}: ${answer['Payload']}`);
    return payload.value;
  };
  const apply = async (manifest: Readonly<Record<string, unknown>>): Promise<void> => {
    await ask('apply-manifest', { by: 'test', manifest: { ...sampleManifest, ...manifest }, dryRun: false });
  };
  await apply({});

  const show = (): Promise<AwsShape> => ask('show-service', { serviceKey: SERVICE_KEY, limit: 50 });
  const scenario: Scenario = {
    localAws,
    sample,
    runtime,
    traffic,
    faults,
    capacity,
    firstDigest,
    call,
    ask,
    apply,
    until,
    async push(tag, behaviour = {}) {
      const directory = mkdtempSync(join(tmpdir(), 'weir-variant-'));
      try {
        writeFileSync(join(directory, 'weir.image.json'), JSON.stringify({ command: ['node', 'server.mjs'], labels: { variant: tag } }));
        writeFileSync(join(directory, 'server.mjs'), `// ${tag}\n`);
        const { digest } = await pushImage({ endpointUrl, repository: SAMPLE_REPOSITORY, tag, directory });
        runtime.script(digest, { ...respond, ...behaviour.script });
        traffic.versions.set(digest, { errorShare: behaviour.errorShare ?? 0, latencySeconds: 0.05 });
        return digest;
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
    async ruleOf(functionName) {
      const { RuleNames } = await call('events', 'ListRuleNamesByTarget', { TargetArn: region.arn('lambda', `function:weir-dev-${functionName}`) });
      return String(RuleNames[0]);
    },
    service: async () => (await show())['service'] as ServiceRecord,
    deployments: async () => (await show())['deployments'] as readonly Deployment[],
    deploymentOf: async (digest) => (await scenario.deployments()).find((deployment) => deployment.request.digest === digest),
    async untilSeen(digest, reached) {
      let seen: Deployment | undefined;
      let glancedAt = 0;
      await until(async () => {
        if (clock.now() - glancedAt < GLANCE_MS) return false;
        glancedAt = clock.now();
        seen = await scenario.deploymentOf(digest);
        return seen !== undefined && reached(seen);
      });
      if (seen === undefined) throw new Error('the deployment vanished');
      return seen;
    },
    async untilEnded(digest, limitMs = 3 * HOUR) {
      let ended: Deployment | undefined;
      let glancedAt = 0;
      let lookedAt = 0;
      let seen: unknown;
      await until(async () => {
        // A look is a function run: nothing has ended while the service's record is the one that was looked at.
        if (clock.now() - glancedAt < GLANCE_MS) return false;
        glancedAt = clock.now();
        const { Item } = await call('dynamodb', 'GetItem', { TableName: 'weir-dev', Key: SERVICE_ITEM, ConsistentRead: true });
        const version = Item?.version?.N;
        if (version === seen && clock.now() - lookedAt < LOOK_MS) return false;
        lookedAt = clock.now();
        seen = version;
        const view = await show();
        ended = (view['deployments'] as readonly Deployment[]).find((deployment) => deployment.request.digest === digest);
        return ended !== undefined && isTerminal(ended.status) && (view['service'] as ServiceRecord).active?.deploymentId !== ended.id;
      }, limitMs);
      if (ended === undefined) throw new Error('the deployment vanished');
      return ended;
    },
    async pass(milliseconds) {
      let passed = false;
      clock.schedule(milliseconds, () => {
        passed = true;
      });
      await until(() => passed, milliseconds + HOUR);
    },
    async weights() {
      const { Rules } = await call('elasticloadbalancing', 'DescribeRules', { ListenerArn: sample.productionListenerArn });
      const groups: { TargetGroupArn: string; Weight?: number }[] = Rules[0].Actions[0].ForwardConfig.TargetGroups;
      const total = groups.reduce((sum, group) => sum + (group.Weight ?? 1), 0);
      return Object.fromEntries(groups.map((group) => [group.TargetGroupArn, (100 * (group.Weight ?? 1)) / total]));
    },
    async greenPercent() {
      const shares = Object.values(await scenario.weights());
      return shares.length < 2 ? 0 : Math.min(...shares);
    },
    async servingDigest() {
      const serving = Object.entries(await scenario.weights()).filter(([, share]) => share > 0);
      const side = (await runningSides(region, sample)).find((candidate) => candidate.targetGroupArn === serving[0]?.[0]);
      if (serving.length !== 1 || side === undefined) return undefined;
      const { taskDefinition } = await call('ecs', 'DescribeTaskDefinition', { taskDefinition: side.taskDefinition });
      const served: string = taskDefinition.containerDefinitions[0].image;
      return served.slice(served.indexOf('@') + 1);
    },
    close: () => localAws.close(),
  };
  return scenario;
}

export const sampleManifest = {
  version: 1,
  service: 'orders',
  cluster: 'prod',
  image: { repository: SAMPLE_REPOSITORY, tags: { semver: '>=1.0.0' } },
  driver: { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' },
  bakeTimeMinutes: 3,
  // Stories are told one after the other, bad images among them: those about the breaker and the guard turn them on.
  breaker: { enabled: false },
  guard: { mode: 'off' },
  smokeChecks: [{ name: 'smoke', path: '/smoke', expect: { status: 200 } }],
};
