// DescribeServiceDeployments, ListServiceDeployments, DescribeServiceRevisions, StopServiceDeployment, ContinueServiceDeployment.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../../region.ts';
import type { ServiceRecord } from '../ecs-records.ts';
import { clusterNameOf, clusterOf, type EcsParts, type EcsWorld, findService, lastPartOf } from '../ecs-world.ts';
import { choice, invalidParameter, requiredText, structure, text, texts } from '../input-members.ts';
import { DESCRIBE_DEPLOYMENTS_MAX, DESCRIBE_REVISIONS_MAX, LIST_DEPLOYMENTS_PAGE_DEFAULT } from '../limits.ts';
import { pageOf } from '../list-pages.ts';
import { DEPLOYMENT_STATUSES, type ServiceDeploymentRecord } from './deployment-records.ts';
import { deploymentBrief, deploymentShape, revisionShape } from './deployment-shape.ts';

export function deploymentOperations({ world, deployments }: EcsParts): Record<string, Operation> {
  const oneDeployment = (input: AwsShape): string[] => [text(input, 'serviceDeploymentArn') ?? '*'];
  return {
    DescribeServiceDeployments: {
      resources: (input) => texts(input, 'serviceDeploymentArns'),
      handle: (input) => {
        const { found, failures } = described(input, 'serviceDeploymentArns', DESCRIBE_DEPLOYMENTS_MAX, (arn) => findDeployment(world, arn));
        return { serviceDeployments: found.map(deploymentShape), failures };
      },
    },
    ListServiceDeployments: {
      resources: (input) => {
        const service = text(input, 'service') ?? '*';
        return [service.startsWith('arn:') ? service : world.region.arn('ecs', `service/${clusterNameOf(input)}/${service}`)];
      },
      handle: (input) => listDeployments(world, input),
    },
    DescribeServiceRevisions: {
      resources: (input) => texts(input, 'serviceRevisionArns'),
      handle: (input) => {
        const find = (arn: string) => serviceOfArn(world, arn, 'service-revision')?.revisions.find((revision) => revision.arn === arn);
        const { found, failures } = described(input, 'serviceRevisionArns', DESCRIBE_REVISIONS_MAX, find);
        return { serviceRevisions: found.map(revisionShape), failures };
      },
    },
    StopServiceDeployment: {
      resources: oneDeployment,
      handle: (input) => {
        const deployment = requireDeployment(world, input);
        // Only ROLLBACK is documented, so a request that names none means it (unverified).
        deployments.stop(deployment, choice(input, 'stopType', ['ROLLBACK', 'ABORT']) ?? 'ROLLBACK');
        return { serviceDeploymentArn: deployment.arn };
      },
    },
    ContinueServiceDeployment: {
      resources: oneDeployment,
      handle: (input) => {
        const hookId = requiredText(input, 'hookId', 'hookId cannot be empty.');
        if (!/^ecs-[a-z]+-[\w-]+$/.test(hookId)) throw invalidParameter('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}');
        const deployment = requireDeployment(world, input);
        deployments.answerHook(deployment, hookId, choice(input, 'action', ['CONTINUE', 'ROLLBACK']) ?? 'CONTINUE');
        return { serviceDeploymentArn: deployment.arn };
      },
    },
  };
}

/** What a Describe operation finds, and a failure for each ARN it does not. */
function described<T>(input: AwsShape, member: string, most: number, find: (arn: string) => T | undefined): { found: T[]; failures: AwsShape[] } {
  const arns = texts(input, member);
  if (arns.length === 0) throw invalidParameter(`${member} cannot be empty.`);
  if (arns.length > most) throw invalidParameter(`${member} cannot have more than ${most} elements.`);
  const found: T[] = [];
  const failures: AwsShape[] = [];
  for (const arn of arns) {
    const item = find(arn);
    if (item === undefined) failures.push({ arn, reason: 'MISSING' });
    else found.push(item);
  }
  return { found, failures };
}

/** The service in an ARN of the form `TYPE/CLUSTER/SERVICE/ID`. */
function serviceOfArn(world: EcsWorld, arn: string, type: string): ServiceRecord | undefined {
  const [, found, clusterName = '', serviceName = ''] = /^arn:[^:]+:ecs:[^:]*:[^:]*:([a-z-]+)\/([^/]+)\/([^/]+)\/[^/]+$/.exec(arn) ?? [];
  return found === type ? world.clusters.get(clusterName)?.services.get(serviceName) : undefined;
}

function findDeployment(world: EcsWorld, arn: string): ServiceDeploymentRecord | undefined {
  return serviceOfArn(world, arn, 'service-deployment')?.deployments.find((deployment) => deployment.arn === arn);
}

function requireDeployment(world: EcsWorld, input: AwsShape): ServiceDeploymentRecord {
  const arn = requiredText(input, 'serviceDeploymentArn', 'serviceDeploymentArn cannot be empty.');
  const deployment = findDeployment(world, arn);
  if (deployment === undefined) throw new AwsError('ServiceDeploymentNotFoundException', 'The service deployment does not exist.');
  return deployment;
}

/** Newest first. */
function listDeployments(world: EcsWorld, input: AwsShape): AwsShape {
  const cluster = clusterOf(world, input);
  const reference = requiredText(input, 'service', 'Service cannot be empty.');
  const service = findService(cluster, reference.startsWith('arn:') ? reference : lastPartOf(reference));
  if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  const statuses = texts(input, 'status');
  for (const status of statuses) choice({ status }, 'status', DEPLOYMENT_STATUSES);
  const created = structure(input, 'createdAt') ?? {};
  const after = epochMs(created['after']) ?? Number.NEGATIVE_INFINITY;
  const before = epochMs(created['before']) ?? Number.POSITIVE_INFINITY;
  const wanted = service.deployments
    .filter(({ status, createdAt }) => (statuses.length === 0 || statuses.includes(status)) && createdAt >= after && createdAt <= before)
    .reverse();
  const byArn = new Map(wanted.map((deployment) => [deployment.arn, deployment]));
  const page = pageOf([...byArn.keys()], input, LIST_DEPLOYMENTS_PAGE_DEFAULT);
  const serviceDeployments = page.items.flatMap((arn) => {
    const deployment = byArn.get(arn);
    return deployment === undefined ? [] : [deploymentBrief(deployment)];
  });
  return { serviceDeployments, nextToken: page.nextToken };
}

/** A timestamp of a request: epoch seconds from the wire, a Date from another service. */
function epochMs(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number' && Number.isFinite(value)) return value * 1_000;
  throw new AwsError('SerializationException', 'createdAt must hold timestamps.');
}
