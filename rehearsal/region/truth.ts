// What is really so in the simulated AWS, read from the services themselves and not through anything of Weir.
import type { AwsShape, Region } from '#localaws/region.ts';
import type { SimulatedService } from './sample-service.ts';

const root = { kind: 'root' } as const;

export interface Truth {
  /** Percent of production traffic by target group ARN, those with none left out. */
  weights(): Promise<ReadonlyMap<string, number>>;
  /** Target groups with the digest their tasks run. */
  digests(): Promise<ReadonlyMap<string, string>>;
  /** Digest that serves all production traffic; undefined when more than one does, or none. */
  servingDigest(): Promise<string | undefined>;
  healthyTargets(targetGroupArn: string): Promise<number>;
  scaling(): Promise<{ readonly scalingIn: boolean; readonly scalingOut: boolean; readonly scheduled: boolean }>;
  /** Of the workflow that deploys. */
  runningExecutions(): Promise<readonly string[]>;
  runningDriverDeployments(): Promise<readonly string[]>;
  deadLetters(): Promise<readonly { readonly queue: string; readonly messages: number }[]>;
  /** Service and deployment records as they are stored. */
  records(): Promise<{ readonly service: AwsShape | undefined; readonly deployments: readonly AwsShape[] }>;
  remedies(): Promise<readonly Remedy[]>;
  /** Ids of the notifications that were published. */
  published(): ReadonlySet<string>;
  taskSets(): Promise<readonly AwsShape[]>;
}

/** A remediation's record, as far as it is asked about. */
export interface Remedy {
  readonly id: string;
  readonly status: string;
}

/** What the region's calls have left behind until now. */
export interface Traces {
  /** Sort keys of the records there are. */
  readonly deployments: ReadonlySet<string>;
  readonly remediations: ReadonlySet<string>;
  /** Ids of the notifications that were published. */
  readonly published: ReadonlySet<string>;
}

export function createTruth(region: Region, service: SimulatedService, traces: Traces): Truth {
  const call = (name: Parameters<Region['call']>[0], operation: string, input: AwsShape): Promise<AwsShape> => region.call(name, operation, input, root);
  const taskSets = async (): Promise<readonly AwsShape[]> => {
    const { services } = await call('ecs', 'DescribeServices', { cluster: service.cluster, services: [service.service] });
    return (services[0]?.taskSets ?? []) as AwsShape[];
  };
  const read = readRecords(call, service);
  const truth: Truth = {
    taskSets,
    published: () => traces.published,
    async weights() {
      const { Rules } = await call('elasticloadbalancing', 'DescribeRules', { ListenerArn: service.productionListenerArn });
      const action = (Rules[0].Actions as AwsShape[])[0] ?? {};
      const groups = (action['ForwardConfig']?.['TargetGroups'] ?? [{ TargetGroupArn: action['TargetGroupArn'] }]) as {
        TargetGroupArn: string;
        Weight?: number;
      }[];
      const total = groups.reduce((sum, group) => sum + (group.Weight ?? 1), 0);
      return new Map(groups.filter((group) => (group.Weight ?? 1) > 0).map((group) => [group.TargetGroupArn, (100 * (group.Weight ?? 1)) / total]));
    },
    digests: async () => (service.driver === 'ecs' ? digestsOfRevisions(call, service) : digestsOfTaskSets(call, await taskSets())),
    async servingDigest() {
      const [weights, digests] = [await truth.weights(), await truth.digests()];
      const [only, ...others] = [...weights.keys()];
      return only === undefined || others.length > 0 ? undefined : digests.get(only);
    },
    async healthyTargets(targetGroupArn) {
      const { TargetHealthDescriptions } = await call('elasticloadbalancing', 'DescribeTargetHealth', { TargetGroupArn: targetGroupArn });
      return (TargetHealthDescriptions as AwsShape[]).filter((target) => target['TargetHealth']['State'] === 'healthy').length;
    },
    async scaling() {
      const { ScalableTargets } = await call('application-autoscaling', 'DescribeScalableTargets', {
        ServiceNamespace: 'ecs',
        ResourceIds: [`service/${service.cluster}/${service.service}`],
      });
      const state = (ScalableTargets[0]?.SuspendedState ?? {}) as AwsShape;
      return {
        scalingIn: state['DynamicScalingInSuspended'] !== true,
        scalingOut: state['DynamicScalingOutSuspended'] !== true,
        scheduled: state['ScheduledScalingSuspended'] !== true,
      };
    },
    async runningExecutions() {
      const { executions } = await call('states', 'ListExecutions', {
        stateMachineArn: region.arn('states', 'stateMachine:weir-dev-deploy'),
        statusFilter: 'RUNNING',
      });
      return (executions as AwsShape[]).map((execution) => String(execution['name']));
    },
    async runningDriverDeployments() {
      if (service.driver === 'ecs') {
        const status = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];
        const { serviceDeployments } = await call('ecs', 'ListServiceDeployments', { cluster: service.cluster, service: service.service, status });
        return (serviceDeployments as AwsShape[]).map(({ serviceDeploymentArn }) => String(serviceDeploymentArn));
      }
      const { deployments } = await call('codedeploy', 'ListDeployments', {
        applicationName: service.application,
        deploymentGroupName: service.deploymentGroup,
        includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'],
      });
      return deployments as string[];
    },
    async deadLetters() {
      const queues = ['weir-dev-events-dead-letters', 'weir-dev-functions-dead-letters'];
      return Promise.all(
        queues.map(async (queue) => {
          const { QueueUrl } = await call('sqs', 'GetQueueUrl', { QueueName: queue });
          const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
          return { queue, messages: Number(Attributes['ApproximateNumberOfMessages']) };
        }),
      );
    },
    async remedies() {
      const records = await Promise.all([...traces.remediations].map(read));
      return records.flatMap((record) => (record === undefined ? [] : [record as unknown as Remedy]));
    },
    async records() {
      const deployments = await Promise.all([...traces.deployments].map(read));
      return { service: await read('SERVICE'), deployments: deployments.filter((record) => record !== undefined) };
    },
  };
  return truth;
}

/** Reads Weir's records as they are stored, by sort key. */
function readRecords(
  call: (name: 'dynamodb', operation: string, input: AwsShape) => Promise<AwsShape>,
  { key }: SimulatedService,
): (sk: string) => Promise<AwsShape | undefined> {
  return async (sk) => {
    const Key = { pk: { S: `SERVICE#${key}` }, sk: { S: sk } };
    const { Item } = await call('dynamodb', 'GetItem', { TableName: 'weir-dev', ConsistentRead: true, Key });
    return recordIn(Item as AwsShape | undefined);
  };
}

async function digestsOfTaskSets(
  call: (name: 'ecs', operation: string, input: AwsShape) => Promise<AwsShape>,
  taskSets: readonly AwsShape[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const taskSet of taskSets) {
    // One that is on its way out may still be listed beside its successor in the same target group.
    if (taskSet['status'] === 'DRAINING') continue;
    const { taskDefinition } = await call('ecs', 'DescribeTaskDefinition', { taskDefinition: taskSet['taskDefinition'] });
    const image: string = taskDefinition.containerDefinitions[0].image;
    found.set(taskSet['loadBalancers'][0].targetGroupArn, image.slice(image.indexOf('@') + 1));
  }
  return found;
}

/** What the revisions that run have behind them. */
async function digestsOfRevisions(
  call: (name: 'ecs', operation: string, input: AwsShape) => Promise<AwsShape>,
  { cluster, service }: SimulatedService,
): Promise<ReadonlyMap<string, string>> {
  const { services } = await call('ecs', 'DescribeServices', { cluster, services: [service] });
  const serviceRevisionArns = ((services[0]?.currentServiceRevisions ?? []) as AwsShape[]).map(({ arn }) => String(arn));
  if (serviceRevisionArns.length === 0) return new Map();
  const { serviceRevisions } = await call('ecs', 'DescribeServiceRevisions', { serviceRevisionArns });
  const found = new Map<string, string>();
  for (const { taskDefinition: arn, resolvedConfiguration } of serviceRevisions as AwsShape[]) {
    const { taskDefinition } = await call('ecs', 'DescribeTaskDefinition', { taskDefinition: arn });
    const image: string = taskDefinition.containerDefinitions[0].image;
    found.set(resolvedConfiguration.loadBalancers[0].targetGroupArn, image.slice(image.indexOf('@') + 1));
  }
  return found;
}

/** Texts that were read lately, with what they say: a record is looked at many times between two changes. */
const known = new Map<string, AwsShape>();
const KNOWN_MAX = 50;

/** The record in an item of Weir's table, as the wire has it: one JSON text. It is shared: nobody may change it. */
export function recordIn(item: AwsShape | undefined): AwsShape | undefined {
  const text: unknown = item?.['record']?.['S'];
  if (typeof text !== 'string') return undefined;
  const before = known.get(text);
  if (before !== undefined) return before;
  const record = JSON.parse(text) as AwsShape;
  if (known.size === KNOWN_MAX) known.delete(known.keys().next().value as string);
  known.set(text, record);
  return record;
}
