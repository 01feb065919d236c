// Makes service revisions and service deployments: which target groups the new revision's tasks go into, what it comes from,
// what watches it.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import type { ServiceRecord, TaskSetRecord, Workload } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { DEPLOYMENT_KEPT_MS, DEPLOYMENTS_PER_SERVICE_KEPT_MAX } from '../limits.ts';
import { addTaskSet } from '../task-sets/new-task-set.ts';
import { failureThreshold } from './circuit-breaker.ts';
import { isOver, type ServiceDeploymentRecord, type ServiceRevisionRecord, type Strategy, strategyOf } from './deployment-records.ts';
import type { TrafficRoute } from './listener-rules.ts';

const REVISION_DIGITS = 19;
const DEPLOYMENT_ID_LENGTH = 21;

export interface NewDeployment {
  readonly deployment: ServiceDeploymentRecord;
  readonly routes: readonly TrafficRoute[];
}

/** Puts a deployment of `workload` on record, with a task set that has no tasks yet and is the service's primary. */
export function recordDeployment(world: EcsWorld, service: ServiceRecord, workload: Workload): NewDeployment {
  const now = world.region.clock.now();
  const strategy = strategyOf(service.deploymentConfiguration);
  const baseline = service.completedRevision;
  const alive = service.taskSets.filter((taskSet) => taskSet.status !== 'DRAINING');
  const sources = service.revisions.filter((revision) => alive.includes(revision.taskSet));
  const targetGroupArns = workload.loadBalancers.map((balancer, index) => groupFor(strategy, balancer, baseline?.targetGroupArns[index]));
  for (const taskSet of alive) if (taskSet.status === 'PRIMARY') taskSet.status = 'ACTIVE';
  const taskSet = addTaskSet(world, service, { workload: inGroups(workload, targetGroupArns), status: 'PRIMARY', scalePercent: 0, startedBy: 'ecs-svc' });
  const target = recordRevision(world, service, { workload, targetGroupArns, taskSet });
  const deployment: ServiceDeploymentRecord = {
    arn: world.region.arn('ecs', `service-deployment/${service.cluster.name}/${service.name}/${world.region.ids.hex(DEPLOYMENT_ID_LENGTH)}`),
    service,
    strategy,
    configuration: copyShape(service.deploymentConfiguration),
    target,
    sources,
    baseline,
    status: 'PENDING',
    statusReason: undefined,
    stage: undefined,
    hooks: [],
    shares: { production: 0, test: 0 },
    rollback: undefined,
    ...monitorsOf(world, service, strategy),
    createdAt: now,
    startedAt: undefined,
    finishedAt: undefined,
    stoppedAt: undefined,
    updatedAt: now,
  };
  service.deployments.push(deployment);
  forgetOld(service, now);
  return { deployment, routes: routesOf(workload, baseline) };
}

/** Remembers what runs in a task set that no deployment of the ECS controller made, as the revision later ones come from. */
export function recordRevision(
  world: EcsWorld,
  service: ServiceRecord,
  given: { workload: Workload; targetGroupArns: readonly string[]; taskSet: TaskSetRecord },
): ServiceRevisionRecord {
  const { region } = world;
  const revision: ServiceRevisionRecord = {
    arn: region.arn('ecs', `service-revision/${service.cluster.name}/${service.name}/${region.ids.digits(REVISION_DIGITS)}`),
    service,
    workload: given.workload,
    targetGroupArns: given.targetGroupArns,
    createdAt: region.clock.now(),
    taskSet: given.taskSet,
  };
  service.revisions.push(revision);
  return revision;
}

/**
 * The target group of the new revision: where traffic is shifted, the one of the pair that does not serve; else the one that
 * does. ECS goes by its own record of which that is, not by the listener (an open request asks AWS to look).
 */
function groupFor(strategy: Strategy, balancer: AwsShape, serving: string | undefined): string {
  const primary = String(balancer['targetGroupArn']);
  const alternate = balancer['advancedConfiguration']?.['alternateTargetGroupArn'] as string | undefined;
  if (alternate === undefined) return primary;
  if (strategy === 'ROLLING') return serving === alternate ? alternate : primary;
  return serving === primary ? alternate : primary;
}

function inGroups(workload: Workload, targetGroupArns: readonly string[]): Workload {
  return { ...workload, loadBalancers: workload.loadBalancers.map((balancer, index) => ({ ...balancer, targetGroupArn: targetGroupArns[index] })) };
}

/** Where the traffic of each load balancer entry is and where it goes; none for entries without advancedConfiguration. */
function routesOf(workload: Workload, baseline: ServiceRevisionRecord | undefined): TrafficRoute[] {
  return workload.loadBalancers.flatMap((balancer, index) => {
    const advanced: AwsShape | undefined = balancer['advancedConfiguration'];
    if (advanced === undefined) return [];
    const primary = String(balancer['targetGroupArn']);
    const alternate = String(advanced['alternateTargetGroupArn']);
    const serving = baseline?.targetGroupArns[index];
    return [
      {
        roleArn: String(advanced['roleArn']),
        productionRuleArn: String(advanced['productionListenerRule']),
        testRuleArn: advanced['testListenerRule'] as string | undefined,
        sourceGroupArn: serving ?? alternate,
        targetGroupArn: serving === primary ? alternate : primary,
      },
    ];
  });
}

function monitorsOf(world: EcsWorld, service: ServiceRecord, strategy: Strategy): Pick<ServiceDeploymentRecord, 'circuitBreaker' | 'alarms'> {
  const configuration = service.deploymentConfiguration;
  const isWatched = strategy === 'ROLLING' || world.behaviour.monitorsTrafficShifts;
  const breaker: AwsShape = configuration['deploymentCircuitBreaker'] ?? {};
  const alarms: AwsShape = configuration['alarms'] ?? {};
  return {
    circuitBreaker: {
      status: isWatched && breaker['enable'] === true ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: failureThreshold(breaker, service.desiredCount),
    },
    alarms: {
      status: isWatched && alarms['enable'] === true ? 'MONITORING' : 'DISABLED',
      names: alarms['alarmNames'] ?? [],
      triggered: [],
    },
  };
}

/** Deployments are kept 90 days; revisions as long as a deployment or a task set names them. */
function forgetOld(service: ServiceRecord, now: number): void {
  const surplus = service.deployments.length - DEPLOYMENTS_PER_SERVICE_KEPT_MAX;
  service.deployments = service.deployments.filter(
    (deployment, index) => !isOver(deployment) || (index >= surplus && now - deployment.createdAt <= DEPLOYMENT_KEPT_MS),
  );
  const named = new Set(service.deployments.flatMap((deployment) => [deployment.target, ...deployment.sources]));
  service.revisions = service.revisions.filter(
    (revision) => named.has(revision) || revision === service.completedRevision || service.taskSets.includes(revision.taskSet),
  );
}
