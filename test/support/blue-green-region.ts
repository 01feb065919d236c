// A region with CodeDeploy and the doubles around it, reached by the real SDK over HTTP on a virtual clock, with one application
// and deployment group ready to deploy.
import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  type CreateDeploymentGroupCommandInput,
  type DeploymentInfo,
  type ECSTarget,
  GetDeploymentCommand,
  GetDeploymentTargetCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import type { CodeDeployBehaviour } from '../../localaws/codedeploy/behaviour.ts';
import { codeDeployFactory } from '../../localaws/codedeploy/create-code-deploy.ts';
import { type RunningRegion, startRegion } from '../../localaws/start-region.ts';
import { BLUE_GROUP, type BlueGreenWorld, CLUSTER, createBlueGreenWorld, GREEN_GROUP, SERVICE } from './blue-green-doubles.ts';

export const APPLICATION = 'orders-app';
export const GROUP = 'orders-group';
export const MINUTE_MS = 60_000;
const ROLE = 'arn:aws:iam::000000000000:role/deployer';
/** Longer than any deployment of these tests. */
const DEPLOYMENT_MS_MAX = 72 * 60 * MINUTE_MS;

export interface BlueGreenRegion {
  readonly world: BlueGreenWorld;
  readonly client: CodeDeployClient;
  readonly running: RunningRegion;
  deploy(options?: DeployOptions): Promise<string>;
  info(deploymentId: string): Promise<DeploymentInfo>;
  target(deploymentId: string): Promise<ECSTarget>;
  /** Status of each lifecycle event, in AWS's order. */
  eventStatuses(deploymentId: string): Promise<Record<string, string>>;
  /** Lets time run until the deployment and, if it starts one, its rollback are over. */
  finish(deploymentId: string): Promise<DeploymentInfo>;
  /** Lets time run until the condition holds. */
  until(reached: () => boolean | Promise<boolean>): Promise<void>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface DeployOptions {
  readonly config?: string;
  readonly hooks?: Record<string, string>;
  readonly description?: string;
  readonly taskDefinition?: string;
}

export function appSpec(options: DeployOptions = {}): string {
  return JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: options.taskDefinition ?? 'arn:aws:ecs:us-east-1:000000000000:task-definition/orders:2',
            LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 },
          },
        },
      },
    ],
    Hooks: Object.entries(options.hooks ?? {}).map(([event, name]) => ({ [event]: name })),
  });
}

export function groupInput(world: BlueGreenWorld, overrides: Partial<CreateDeploymentGroupCommandInput> = {}): CreateDeploymentGroupCommandInput {
  return {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
    serviceRoleArn: ROLE,
    ecsServices: [{ clusterName: CLUSTER, serviceName: SERVICE }],
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
      terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
    },
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: [{ name: BLUE_GROUP }, { name: GREEN_GROUP }],
          prodTrafficRoute: { listenerArns: [world.arn('production')] },
          testTrafficRoute: { listenerArns: [world.arn('test')] },
        },
      ],
    },
    ...overrides,
  };
}

/** Asked at every step of virtual time, so without HTTP. */
async function isOver(running: RunningRegion, deploymentId: string): Promise<boolean> {
  const { deploymentInfo } = await running.region.call('codedeploy', 'GetDeployment', { deploymentId }, { kind: 'root' });
  const { completeTime, rollbackInfo } = deploymentInfo as DeploymentInfo;
  if (completeTime === undefined) return false;
  const rollback = rollbackInfo?.rollbackDeploymentId;
  return rollback === undefined || isOver(running, rollback);
}

export async function startBlueGreenRegion(
  overrides: Partial<CreateDeploymentGroupCommandInput> = {},
  behaviour: Partial<CodeDeployBehaviour> = {},
): Promise<BlueGreenRegion> {
  const world = createBlueGreenWorld();
  const running = await startRegion({
    services: [...world.services, codeDeployFactory(behaviour)],
    clock: { kind: 'virtual' },
    startAt: Date.UTC(2026, 10, 20),
  });
  const client = new CodeDeployClient({
    endpoint: running.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  await client.send(new CreateApplicationCommand({ applicationName: APPLICATION, computePlatform: 'ECS' }));
  await client.send(new CreateDeploymentGroupCommand(groupInput(world, overrides)));
  const { clock } = running;

  const info = async (deploymentId: string): Promise<DeploymentInfo> => {
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
    if (deploymentInfo === undefined) throw new Error('GetDeployment answered nothing');
    return deploymentInfo;
  };
  const target = async (deploymentId: string): Promise<ECSTarget> => {
    const { deploymentTarget } = await client.send(new GetDeploymentTargetCommand({ deploymentId, targetId: `${CLUSTER}:${SERVICE}` }));
    if (deploymentTarget?.ecsTarget === undefined) throw new Error('GetDeploymentTarget answered nothing');
    return deploymentTarget.ecsTarget;
  };
  return {
    world,
    client,
    running,
    info,
    target,
    async deploy(options = {}) {
      const { deploymentId } = await client.send(
        new CreateDeploymentCommand({
          applicationName: APPLICATION,
          deploymentGroupName: GROUP,
          description: options.description,
          deploymentConfigName: options.config,
          revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec(options) } },
        }),
      );
      if (deploymentId === undefined) throw new Error('CreateDeployment answered nothing');
      return deploymentId;
    },
    async eventStatuses(deploymentId) {
      return Object.fromEntries((await target(deploymentId)).lifecycleEvents?.map((event) => [event.lifecycleEventName, event.status]) ?? []);
    },
    async finish(deploymentId) {
      await clock.runUntil(() => isOver(running, deploymentId), DEPLOYMENT_MS_MAX);
      return info(deploymentId);
    },
    until: (reached) => clock.runUntil(reached, DEPLOYMENT_MS_MAX),
    async pass(ms) {
      let isPassed = false;
      clock.schedule(ms, () => {
        isPassed = true;
      });
      await clock.runUntil(() => isPassed, ms);
    },
    async close() {
      client.destroy();
      await running.close();
    },
  };
}

/** A hook function that answers CodeDeploy with the status. */
export function answering(region: BlueGreenRegion, status: 'Succeeded' | 'Failed') {
  return (payload: { DeploymentId: string; LifecycleEventHookExecutionId: string }): Promise<unknown> =>
    region.running.clock.during(() =>
      region.client.send(
        new PutLifecycleEventHookExecutionStatusCommand({
          deploymentId: payload.DeploymentId,
          lifecycleEventHookExecutionId: payload.LifecycleEventHookExecutionId,
          status,
        }),
      ),
    );
}
