// Faults that are no call's and no event's: tasks that die, somebody else at the listener or at CodeDeploy, metrics that do not come.

import type { World } from '#rehearsal/region/world.ts';
import type { AwsShape } from '../../../localaws/region.ts';
import type { WorldFault } from './faults.ts';
import type { Load } from './load.ts';

const SPOT_REASON = 'Your Spot Task was interrupted.';
const LATE_MINUTES = 3;
const OUTSIDER_PATIENCE_MS = 1_200_000;

/** Has each fault strike at its time. */
export function strikeWorld(world: World, load: Load, faults: readonly WorldFault[]): void {
  const { clock, history } = world;
  for (const fault of faults) {
    const strike = async (): Promise<void> => {
      const outcome = await STRIKES[fault.kind](world, fault.amount, load).catch((error: unknown) => String(error));
      history.add({ at: clock.now(), who: 'the world', what: fault.kind, outcome });
    };
    clock.schedule(fault.atMs, () => void clock.during(strike), fault.kind);
  }
}

const STRIKES: Readonly<Record<WorldFault['kind'], (world: World, amount: number, load: Load) => Promise<string>>> = {
  async taskCrashes(world) {
    const task = await anyTask(world);
    if (task === undefined) return 'no task runs';
    world.runtime.exit(task, { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' });
    return task;
  },
  async taskTakenBySpot(world) {
    const task = await anyTask(world);
    if (task === undefined) return 'no task runs';
    await world.call('ecs', 'StopTask', { cluster: world.service.cluster, task, reason: SPOT_REASON });
    return task;
  },
  async weightsChangedByOthers(world, amount) {
    const { productionListenerArn, productionRuleArn, targetGroupArns } = world.service;
    const [one, other] = targetGroupArns;
    // Somebody turns a knob while a shift is under way; at rest it would be their deployment, not a fault in Weir's.
    if ((await world.truth.weights()).size < 2) return 'no shift is under way';
    const TargetGroups = [
      { TargetGroupArn: one, Weight: String(amount) },
      { TargetGroupArn: other, Weight: String(100 - amount) },
    ];
    const actions = [{ Type: 'forward', ForwardConfig: { TargetGroups } }];
    if (productionRuleArn === undefined)
      await world.call('elasticloadbalancing', 'ModifyListener', { ListenerArn: productionListenerArn, DefaultActions: actions });
    else await world.call('elasticloadbalancing', 'ModifyRule', { RuleArn: productionRuleArn, Actions: actions });
    return `${amount} %`;
  },
  async outsideDeployment(world) {
    if (world.service.driver === 'ecs') {
      const { cluster, service } = world.service;
      const before = await world.truth.runningDriverDeployments();
      const { services } = await world
        .call('ecs', 'UpdateService', { cluster, service, forceNewDeployment: true })
        .then((answer) => ({ services: [answer['service']] }));
      const theirs = (await world.truth.runningDriverDeployments()).find((id) => !before.includes(id));
      // What they deploy may be what Weir was at, and never get healthy: whoever started it ends it.
      world.clock.schedule(OUTSIDER_PATIENCE_MS, () => void world.clock.during(() => stopIfRunning(world, theirs)), 'the outsider gives up');
      return String(services[0]?.['deployments']?.[0]?.['id']);
    }
    const taskSet = (await world.truth.taskSets()).find((candidate) => candidate['status'] === 'PRIMARY');
    const appSpec = {
      version: 1,
      Resources: [
        {
          TargetService: {
            Type: 'AWS::ECS::Service',
            Properties: { TaskDefinition: taskSet?.['taskDefinition'], LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 } },
          },
        },
      ],
    };
    const { deploymentId } = await world.call('codedeploy', 'CreateDeployment', {
      applicationName: world.service.application,
      deploymentGroupName: world.service.deploymentGroup,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: JSON.stringify(appSpec) } },
      description: 'by hand',
    });
    return String(deploymentId);
  },
  async driverStoppedByOthers(world) {
    const [deploymentId] = await world.truth.runningDriverDeployments();
    if (deploymentId === undefined) return 'nothing to stop';
    if (world.service.driver === 'ecs') {
      await world.call('ecs', 'StopServiceDeployment', { serviceDeploymentArn: deploymentId, stopType: 'ABORT' });
      return deploymentId;
    }
    await world.call('codedeploy', 'StopDeployment', { deploymentId, autoRollbackEnabled: false });
    return deploymentId;
  },
  async metricsMissing(_world, amount, load) {
    load.miss(amount);
    return `${amount} minutes`;
  },
  async metricsLate(_world, amount, load) {
    load.delay(amount, LATE_MINUTES);
    return `${amount} minutes`;
  },
};

async function anyTask(world: World): Promise<string | undefined> {
  const { taskArns } = await world.call('ecs', 'ListTasks', { cluster: world.service.cluster, serviceName: world.service.service });
  const arns = (taskArns as AwsShape[]).map(String).sort();
  return arns.length === 0 ? undefined : world.dice.oneOf(arns);
}

async function stopIfRunning(world: World, serviceDeploymentArn: string | undefined): Promise<void> {
  if (serviceDeploymentArn === undefined || !(await world.truth.runningDriverDeployments()).includes(serviceDeploymentArn)) return;
  await world.call('ecs', 'StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
  world.history.add({ at: world.clock.now(), who: 'the world', what: 'the outsider gives up', outcome: serviceDeploymentArn });
}
