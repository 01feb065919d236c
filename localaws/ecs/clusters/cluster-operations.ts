// The cluster operations.
import { copyShape } from '../../copy-shape.ts';
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../../region.ts';
import type { ClusterRecord } from '../ecs-records.ts';
import { clusterNameOf, clusterOf, type EcsParts, type EcsWorld, isResourceName } from '../ecs-world.ts';
import { invalidParameter, list, structure, structures, text, texts } from '../input-members.ts';
import { DESCRIBE_MAX, LIST_PAGE_MAX } from '../limits.ts';
import { pageOf } from '../list-pages.ts';
import { tagsOf } from '../tag-list.ts';
import { isPending } from '../tasks/task-counts.ts';
import { checkedStrategy } from './capacity-provider-strategy.ts';

export function clusterOperations({ world }: EcsParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [world.region.arn('ecs', `cluster/${clusterNameOf(input)}`)];
  return {
    CreateCluster: { handle: (input) => ({ cluster: clusterShape(createCluster(world, input), ['TAGS', 'SETTINGS', 'CONFIGURATIONS']) }) },
    DescribeClusters: {
      resources: (input) => describedClusters(input).map((reference) => world.region.arn('ecs', `cluster/${clusterNameOf({ cluster: reference })}`)),
      handle: (input) => describeClusters(world, input),
    },
    ListClusters: {
      handle: (input) => {
        const active = [...world.clusters.values()].filter((cluster) => cluster.status === 'ACTIVE');
        const page = pageOf(active.map((cluster) => cluster.arn).sort(), input, LIST_PAGE_MAX);
        return { clusterArns: page.items, nextToken: page.nextToken };
      },
    },
    DeleteCluster: { resources, handle: (input) => ({ cluster: clusterShape(deleteCluster(world, input), []) }) },
    UpdateCluster: { resources, handle: (input) => ({ cluster: clusterShape(updateCluster(world, input), ['SETTINGS', 'CONFIGURATIONS']) }) },
    UpdateClusterSettings: { resources, handle: (input) => ({ cluster: clusterShape(updateCluster(world, input), ['SETTINGS']) }) },
    PutClusterCapacityProviders: { resources, handle: (input) => ({ cluster: clusterShape(putCapacityProviders(world, input), ['SETTINGS']) }) },
  };
}

function createCluster(world: EcsWorld, input: AwsShape): ClusterRecord {
  const name = text(input, 'clusterName') ?? 'default';
  if (!isResourceName(name)) throw invalidParameter('Invalid cluster name.');
  const capacityProviders = checkedProviders(texts(input, 'capacityProviders'));
  const defaultCapacityProviderStrategy = checkedStrategy(structures(input, 'defaultCapacityProviderStrategy'), capacityProviders);
  const tags = tagsOf(input);
  const existing = world.clusters.get(name);
  // Creating a cluster that is there answers it unchanged.
  if (existing?.status === 'ACTIVE') return existing;
  const cluster: ClusterRecord = {
    arn: world.region.arn('ecs', `cluster/${name}`),
    name,
    status: 'ACTIVE',
    settings: settingsOf(input) ?? [{ name: 'containerInsights', value: 'disabled' }],
    configuration: copyShape(structure(input, 'configuration')),
    serviceConnectDefaults: copyShape(structure(input, 'serviceConnectDefaults')),
    capacityProviders,
    defaultCapacityProviderStrategy,
    tags,
    services: new Map(),
    tasks: new Map(),
  };
  world.clusters.set(name, cluster);
  return cluster;
}

function describedClusters(input: AwsShape): string[] {
  const references = texts(input, 'clusters');
  return references.length === 0 ? ['default'] : references;
}

function describeClusters(world: EcsWorld, input: AwsShape): AwsShape {
  const references = describedClusters(input);
  if (references.length > DESCRIBE_MAX) throw invalidParameter(`Clusters cannot have more than ${DESCRIBE_MAX} elements.`);
  const include = texts(input, 'include');
  const clusters: AwsShape[] = [];
  const failures: AwsShape[] = [];
  for (const reference of references) {
    const name = clusterNameOf({ cluster: reference });
    const cluster = world.clusters.get(name);
    if (cluster === undefined) failures.push({ arn: world.region.arn('ecs', `cluster/${name}`), reason: 'MISSING' });
    else clusters.push(clusterShape(cluster, include));
  }
  return { clusters, failures };
}

function deleteCluster(world: EcsWorld, input: AwsShape): ClusterRecord {
  if ((text(input, 'cluster') ?? '') === '') throw invalidParameter('Cluster cannot be empty.');
  const cluster = clusterOf(world, input);
  if ([...cluster.services.values()].some((service) => service.status !== 'INACTIVE')) {
    throw new AwsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
  }
  if ([...cluster.tasks.values()].some((task) => task.lastStatus !== 'STOPPED')) {
    throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
  cluster.status = 'INACTIVE';
  return cluster;
}

function updateCluster(world: EcsWorld, input: AwsShape): ClusterRecord {
  const cluster = clusterOf(world, input);
  cluster.settings = settingsOf(input) ?? cluster.settings;
  cluster.configuration = copyShape(structure(input, 'configuration')) ?? cluster.configuration;
  cluster.serviceConnectDefaults = copyShape(structure(input, 'serviceConnectDefaults')) ?? cluster.serviceConnectDefaults;
  return cluster;
}

function putCapacityProviders(world: EcsWorld, input: AwsShape): ClusterRecord {
  const cluster = clusterOf(world, input);
  for (const member of ['capacityProviders', 'defaultCapacityProviderStrategy'] as const) {
    if (input[member] === undefined || input[member] === null) throw invalidParameter(`${member} must be specified.`);
    list(input, member);
  }
  const providers = checkedProviders(texts(input, 'capacityProviders'));
  cluster.defaultCapacityProviderStrategy = checkedStrategy(structures(input, 'defaultCapacityProviderStrategy'), providers);
  cluster.capacityProviders = providers;
  return cluster;
}

/** Only Fargate's own providers exist here: the others need Auto Scaling groups. */
function checkedProviders(names: readonly string[]): string[] {
  const unknown = names.find((name) => name !== 'FARGATE' && name !== 'FARGATE_SPOT');
  if (unknown !== undefined)
    throw invalidParameter(`The specified capacity provider '${unknown}' was not found. Specify a valid capacity provider and try again.`);
  return [...new Set(names)];
}

function settingsOf(input: AwsShape): AwsShape[] | undefined {
  const settings = structures(input, 'settings');
  if (settings.length === 0) return undefined;
  for (const setting of settings) {
    const isKnown = setting['name'] === 'containerInsights' && ['enabled', 'disabled', 'enhanced'].includes(String(setting['value']));
    if (!isKnown) throw invalidParameter(`Invalid cluster setting ${String(setting['name'])}=${String(setting['value'])}.`);
  }
  return copyShape(settings);
}

function clusterShape(cluster: ClusterRecord, include: readonly string[]): AwsShape {
  const tasks = [...cluster.tasks.values()];
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: [...cluster.services.values()].filter((service) => service.status === 'ACTIVE').length,
    statistics: [],
    tags: include.includes('TAGS') ? copyShape(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? copyShape(cluster.settings) : [],
    ...(include.includes('CONFIGURATIONS') && cluster.configuration !== undefined ? { configuration: copyShape(cluster.configuration) } : {}),
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: copyShape(cluster.defaultCapacityProviderStrategy),
    ...(cluster.serviceConnectDefaults === undefined ? {} : { serviceConnectDefaults: copyShape(cluster.serviceConnectDefaults) }),
  };
}
