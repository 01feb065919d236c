// UpdateService that gives a service another deployment controller: which ways are open, and what becomes of its tasks.
import type { AwsShape } from '../../region.ts';
import { isOver, type ServiceRevisionRecord, strategyOf } from '../deployments/deployment-records.ts';
import { recordRevision } from '../deployments/new-deployment.ts';
import type { ControllerType, ServiceRecord, Workload } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { choice, invalidParameter, structure } from '../input-members.ts';

/** Ways the developer guide lists, less those to and from EXTERNAL, which no service here has taken yet. */
const WAYS: readonly (readonly [from: ControllerType, to: ControllerType])[] = [['CODE_DEPLOY', 'ECS']];

/** The controller the request asks for. @throws AwsError InvalidParameterException */
export function nextController(world: EcsWorld, service: ServiceRecord, input: AwsShape): ControllerType {
  const given = structure(input, 'deploymentController');
  const type = given === undefined ? undefined : choice(given, 'type', ['ECS', 'CODE_DEPLOY', 'EXTERNAL']);
  if (type === undefined || type === service.controller) return service.controller;
  const isReturn = world.behaviour.returnsToCodeDeploy && service.controller === 'ECS' && type === 'CODE_DEPLOY';
  if (!isReturn && !WAYS.some(([from, to]) => from === service.controller && to === type)) {
    throw invalidParameter(`The deployment controller cannot be changed from ${service.controller} to ${type}.`);
  }
  if (service.taskSets.length > 1) throw invalidParameter('The deployment controller cannot be changed while more than one task set exists.');
  if (service.deployments.some((deployment) => !isOver(deployment))) {
    throw invalidParameter('The deployment controller cannot be changed during an ongoing service deployment.');
  }
  if (isReturn) checkReturn(service, input);
  return type;
}

/** The conditions the guide names for leaving the ECS controller. */
function checkReturn(service: ServiceRecord, input: AwsShape): void {
  const configuration: AwsShape = { ...service.deploymentConfiguration, ...structure(input, 'deploymentConfiguration') };
  const isNative = strategyOf(configuration) === 'BLUE_GREEN';
  const isWatched = configuration['alarms']?.['enable'] === true || configuration['deploymentCircuitBreaker']?.['enable'] === true;
  if (isNative || isWatched) {
    throw invalidParameter('The deployment controller cannot be changed while alarms, a deployment circuit breaker or the BLUE_GREEN strategy is configured.');
  }
  if (service.workload?.loadBalancers.length !== 1) {
    throw invalidParameter('Services with a CODE_DEPLOY deployment controller must have exactly one load balancer target group.');
  }
}

/**
 * Hands the running tasks over.
 * @param workload what the request gives the service under the ECS controller; its load balancer configuration applies at once,
 *   anything else needs a deployment
 */
export function changeController(world: EcsWorld, service: ServiceRecord, controller: ControllerType, workload: Workload | undefined): void {
  service.controller = controller;
  if (controller === 'ECS') adoptTaskSet(world, service, workload);
  else leaveEcs(service);
}

/** What CodeDeploy left running becomes the revision that native deployments come from. */
function adoptTaskSet(world: EcsWorld, service: ServiceRecord, next: Workload | undefined): void {
  const taskSet = service.taskSets.find((candidate) => candidate.status === 'PRIMARY');
  if (service.workload === undefined || taskSet === undefined) return;
  service.workload = { ...service.workload, loadBalancers: next?.loadBalancers ?? service.workload.loadBalancers };
  taskSet.scalePercent = 100;
  taskSet.rollout.state = 'COMPLETED';
  taskSet.rollout.reason = `ECS deployment ${taskSet.id} completed.`;
  const targetGroupArns = taskSet.workload.loadBalancers.map((balancer) => String(balancer['targetGroupArn']));
  service.completedRevision = recordRevision(world, service, { workload: service.workload, targetGroupArns, taskSet });
}

/** Under any other controller advancedConfiguration is ignored, and the group in use is the service's only one. */
function leaveEcs(service: ServiceRecord): void {
  const revision: ServiceRevisionRecord | undefined = service.completedRevision;
  if (service.workload === undefined || revision === undefined) return;
  const loadBalancers = service.workload.loadBalancers.map(({ advancedConfiguration: _ignored, ...balancer }, index) => ({
    ...balancer,
    targetGroupArn: revision.targetGroupArns[index],
  }));
  service.workload = { ...service.workload, loadBalancers };
  service.completedRevision = undefined;
  service.revisions = [];
  service.deployments = [];
}
