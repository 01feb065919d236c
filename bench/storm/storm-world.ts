// The world of a storm: the real DynamoDB adapters on the local AWS's DynamoDB with every request counted, and the rest of AWS as far as
// a crash loop needs it. A remediation's steps run when its workflow is started, as the state machine runs them.
import { createHash } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamodbContainerInstanceStore } from '#adapters/dynamodb/dynamodb-container-instance-store.ts';
import { createDynamodbCrashStore } from '#adapters/dynamodb/dynamodb-crash-store.ts';
import { createDynamodbDeploymentStore } from '#adapters/dynamodb/dynamodb-deployment-store.ts';
import { createDynamodbIncidentStore } from '#adapters/dynamodb/dynamodb-incident-store.ts';
import { createDynamodbNotificationStore } from '#adapters/dynamodb/dynamodb-notification-store.ts';
import { createDynamodbRemediationStore } from '#adapters/dynamodb/dynamodb-remediation-store.ts';
import { createDynamodbServiceStore } from '#adapters/dynamodb/dynamodb-service-store.ts';
import { parseManifestDocument } from '#contracts/stored-manifest.ts';
import { evolve, requestDeployment } from '#core/deployment/evolve.ts';
import { newServiceRecord } from '#core/service/service-record.ts';
import { actStep } from '#flows/remediation/act-step.ts';
import { alertStep } from '#flows/remediation/alert-step.ts';
import { decideStep } from '#flows/remediation/decide-step.ts';
import { proposeStep } from '#flows/remediation/propose-step.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import { createDynamodb } from '../../localaws/dynamodb/create-dynamodb.ts';
import { startRegion } from '../../localaws/start-region.ts';
import { type StormShape, serviceName, taskDefinitionArn } from './storm-events.ts';

/** MaxAttempts of statemachines/remediate.asl.yaml for a conflict. */
const STEP_RETRIES_MAX = 7;
const ACCOUNT = '111122223333';
const BEFORE = `sha256:${'b'.repeat(64)}`;
const SERVING = `sha256:${'a'.repeat(64)}`;

export interface StormWorld {
  readonly ports: Ports;
  /** DynamoDB requests by operation since the storm began. */
  readonly requests: Map<string, number>;
  /** Deployments started by remediations, by service. */
  readonly actions: Map<string, number>;
  readonly notifications: () => number;
  setNow(at: number): void;
  close(): Promise<void>;
}

export async function createStormWorld({ services, mode }: StormShape, startAt: number): Promise<StormWorld> {
  const region = await startRegion({
    services: [createDynamodb({ store: 'memory' })],
    clock: { kind: 'virtual' },
    startAt,
    account: ACCOUNT,
    region: 'eu-west-1',
    listens: false,
  });
  const client = new DynamoDBClient({
    endpoint: region.endpointUrl,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: region.requestHandler,
    maxAttempts: 1,
  });
  const table = { client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }), name: 'weir' };
  await createTable(client);
  const requests = new Map<string, number>();
  const actions = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let now = startAt;
  let told = 0;
  let writes = 0;
  const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
  const stores = {
    services: createDynamodbServiceStore(table),
    deployments: createDynamodbDeploymentStore(table),
    crashes: createDynamodbCrashStore(table),
    incidents: createDynamodbIncidentStore(table, sha256Hex),
    remediations: createDynamodbRemediationStore(table),
    containerInstances: createDynamodbContainerInstanceStore(table),
  };
  const world: Partial<Ports> = {
    ...stores,
    ecs: servingEcs,
    images: { describe: async () => ({ status: 'ACTIVE', findings: undefined }), list: refuse, reference: (_registry, name, digest) => `${name}@${digest}` },
    tasks: { running: async () => [], describe: refuse },
    workflow: { start: async ({ serviceKey }) => void count(actions, serviceKey), status: refuse, wake: async () => undefined },
    notifications: createDynamodbNotificationStore(table),
    notifier: { notify: async () => void told++ } as Ports['notifier'],
    log: { info: () => undefined, warn: () => undefined },
    now: () => now,
    sha256Hex,
    writeId: () => `write-${writes++}`,
  };
  const ports = world as Ports;
  Object.assign(world, { remediationWorkflow: stepsAtOnce(ports) });
  for (let index = 0; index < services; index++) await addService(ports, index, startAt, mode);
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        count(requests, String(commandName).replace(/Command$/, ''));
        return next(args);
      },
    { step: 'initialize' },
  );
  return {
    ports,
    requests,
    actions,
    notifications: () => told,
    setNow: (at) => {
      now = Math.max(now, at);
    },
    close: () => region.close(),
  };
}

/** What a storm has no use for says so when it is used all the same. */
async function refuse(): Promise<never> {
  throw new Error('this has no part in a storm');
}

const servingEcs: Ports['ecs'] = {
  describeService: async (_cluster, service) => ({
    status: 'ACTIVE',
    deploymentController: 'CODE_DEPLOY',
    desiredCount: 10,
    taskSets: [
      {
        id: 'ecs-svc/1',
        status: 'PRIMARY',
        taskDefinitionArn: taskDefinitionArn(Number(service.split('-')[1]), 2),
        targetGroupArn: undefined,
        launch: undefined,
      },
    ],
  }),
  describeTaskDefinition: async () => ({ containerDefinitions: [{ name: 'app', image: `repository@${SERVING}` }] }),
  registerTaskDefinition: refuse,
};

/** Decides, and acts or tells people where that was decided; like the state machine, the same remediation only once. */
function stepsAtOnce(ports: Ports): Ports['remediationWorkflow'] {
  const started = new Set<string>();
  return {
    async start(input) {
      if (started.has(input.remediationId)) return;
      started.add(input.remediationId);
      const { next } = await retried(() => decideStep(ports, input, ACCOUNT));
      if (next.kind === 'act') await retried(() => actStep(ports, input, ACCOUNT));
      if (next.kind === 'propose') await retried(() => proposeStep(ports, input, `token of ${input.remediationId}`));
      if (next.kind === 'alert') await retried(() => alertStep(ports, input));
    },
    wake: async () => undefined,
  };
}

/** As often as the state machine's Retry. */
async function retried<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt > STEP_RETRIES_MAX) throw error;
    }
  }
}

async function addService(ports: Ports, index: number, now: number, mode: StormShape['mode']): Promise<void> {
  const key = `prod/${serviceName(index)}`;
  const driver = { kind: 'codedeploy', application: 'a', deploymentGroup: 'g' };
  const remediation = { crashLoop: { mode } };
  const manifest = parseManifestDocument({ version: 1, service: serviceName(index), cluster: 'prod', image: { repository: 'team/app' }, driver, remediation });
  if (!manifest.ok) throw new Error(manifest.problem);
  await ports.services.save(newServiceRecord(key, manifest.value, { onPush: 'queue', frozen: undefined }, now), undefined, ports.writeId());
  const request = { repository: 'team/app', registry: ACCOUNT, digest: BEFORE, tag: '1', pushedAt: now - 86_400_000, source: 'push' as const };
  const before = requestDeployment('20260101T000000-before', key, request, now - 86_400_000);
  const registered = evolve(before, { type: 'TaskDefinitionRegistered', taskDefinitionArn: taskDefinitionArn(index, 1), adopted: false }, now);
  await ports.deployments.create(evolve(registered, { type: 'Concluded', status: 'Succeeded', reason: 'green serves' }, now));
}

/** The table of resources/table.yml. */
async function createTable(client: DynamoDBClient): Promise<void> {
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
  await client.send(
    new CreateTableCommand({
      TableName: 'weir',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'listing', 'listingOrder'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
      GlobalSecondaryIndexes: [
        { IndexName: 'listing', KeySchema: [key('listing', 'HASH'), key('listingOrder', 'RANGE')], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  );
}
