// The service operations: create, update, describe, list, delete.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../../region.ts';
import type { ServiceRecord } from '../ecs-records.ts';
import { clusterNameOf, clusterOf, type EcsParts, type EcsWorld, findService, lastPartOf } from '../ecs-world.ts';
import { choice, flag, invalidParameter, requiredText, text, texts } from '../input-members.ts';
import { DESCRIBE_SERVICES_MAX } from '../limits.ts';
import { pageOf } from '../list-pages.ts';
import { createService } from './create-service.ts';
import { serviceShape } from './service-shape.ts';
import { updateService } from './update-service.ts';

const LIST_PAGE_DEFAULT = 10;

export function serviceOperations(parts: EcsParts): Record<string, Operation> {
  const { world, scheduler, deployments } = parts;
  const resources = (input: AwsShape): string[] => [serviceArn(world, input, text(input, 'service') ?? text(input, 'serviceName') ?? '*')];
  return {
    CreateService: {
      resources,
      handle: async (input, call) => {
        const service = await createService(parts, input, call);
        scheduler.wake(service);
        return { service: serviceShape(service, ['TAGS']) };
      },
    },
    UpdateService: {
      resources,
      handle: async (input) => {
        const service = await updateService(parts, input);
        scheduler.wake(service);
        return { service: serviceShape(service) };
      },
    },
    DescribeServices: {
      resources: (input) => texts(input, 'services').map((reference) => serviceArn(world, input, reference)),
      handle: (input) => describeServices(world, input),
    },
    ListServices: { handle: (input) => listServices(world, input) },
    DeleteService: {
      resources,
      handle: (input) => {
        const service = deleteService(world, input);
        deployments.serviceDeleted(service);
        scheduler.wake(service);
        return { service: serviceShape(service) };
      },
    },
  };
}

function serviceArn(world: EcsWorld, input: AwsShape, reference: string): string {
  return reference.startsWith('arn:') ? reference : world.region.arn('ecs', `service/${clusterNameOf(input)}/${reference}`);
}

function describeServices(world: EcsWorld, input: AwsShape): AwsShape {
  const references = texts(input, 'services');
  if (references.length === 0) throw invalidParameter('Services cannot be empty.');
  if (references.length > DESCRIBE_SERVICES_MAX) throw invalidParameter(`Services cannot have more than ${DESCRIBE_SERVICES_MAX} elements.`);
  const cluster = clusterOf(world, input);
  const include = texts(input, 'include');
  const services: AwsShape[] = [];
  const failures: AwsShape[] = [];
  for (const reference of references) {
    const service = findService(cluster, reference);
    if (service === undefined) failures.push({ arn: serviceArn(world, { cluster: cluster.name }, reference), reason: 'MISSING' });
    else services.push(serviceShape(service, include));
  }
  return { services, failures };
}

function listServices(world: EcsWorld, input: AwsShape): AwsShape {
  const cluster = clusterOf(world, input);
  const launchType = choice(input, 'launchType', ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']);
  const strategy = choice(input, 'schedulingStrategy', ['REPLICA', 'DAEMON']);
  const services = [...cluster.services.values()].filter(
    (service) =>
      service.status !== 'INACTIVE' &&
      (launchType === undefined || service.workload?.launchType === launchType) &&
      (strategy === undefined || service.schedulingStrategy === strategy),
  );
  const page = pageOf(services.map((service) => service.arn).sort(), input, LIST_PAGE_DEFAULT);
  return { serviceArns: page.items, nextToken: page.nextToken };
}

/** Begins the end of a service: its task sets drain, then it is INACTIVE. */
function deleteService(world: EcsWorld, input: AwsShape): ServiceRecord {
  const cluster = clusterOf(world, input);
  const service = findService(cluster, requiredText(input, 'service', 'Service cannot be empty.'));
  if (service === undefined || service.status === 'INACTIVE') throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (service.status === 'DRAINING') return service;
  const isForced = flag(input, 'force') === true;
  if (!isForced && service.desiredCount > 0) throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
  if (!isForced && service.controller === 'EXTERNAL' && service.taskSets.length > 0) {
    throw invalidParameter('The service cannot be stopped while the primary task set is scaled above 0.');
  }
  service.status = 'DRAINING';
  service.desiredCount = 0;
  for (const taskSet of service.taskSets) taskSet.status = 'DRAINING';
  return service;
}

/** The service a ListTasks filter names. @throws AwsError ServiceNotFoundException. */
export function filteredService(cluster: ServiceRecord['cluster'], reference: string): ServiceRecord {
  const service = findService(cluster, lastPartOf(reference));
  if (service === undefined || service.status === 'INACTIVE') throw new AwsError('ServiceNotFoundException', 'Service not found.');
  return service;
}
