// What a simulated region holds before the story begins: repository, cluster, load balancer with two listeners, a running service with
// auto scaling, and its CodeDeploy deployment group or, where ECS itself deploys, the rules it shifts. Made by AWS API calls inside the region, as Terraform would.
import { createHash } from 'node:crypto';
import type { AwsShape, Region, ServiceName } from '#localaws/region.ts';

/** Who moves the traffic. */
export type SimulatedDriver = 'codedeploy' | 'ecs';

export interface SimulatedService {
  readonly driver: SimulatedDriver;
  readonly cluster: string;
  readonly service: string;
  readonly key: string;
  readonly repository: string;
  readonly application: string;
  readonly deploymentGroup: string;
  readonly productionListenerArn: string;
  readonly testListenerArn: string;
  /** The rule whose weights ECS shifts; CodeDeploy shifts the listener's own. */
  readonly productionRuleArn: string | undefined;
  readonly targetGroupArns: readonly [string, string];
  readonly productionPort: number;
  readonly testPort: number;
}

export type RegionCall = (service: ServiceName, operation: string, input: AwsShape) => Promise<AwsShape>;

/** What a service and the things around it are called. */
export interface ServiceNames {
  readonly cluster: string;
  readonly service: string;
  readonly repository: string;
  readonly container: string;
  readonly application: string;
  readonly deploymentGroup: string;
  /** Begins the names of its load balancer, target groups and roles. */
  readonly prefix: string;
}

export const sampleNames: ServiceNames = {
  cluster: 'prod',
  service: 'orders',
  repository: 'team/orders',
  container: 'app',
  application: 'orders',
  deploymentGroup: 'orders-prod',
  prefix: 'orders',
};

const CONTAINER_PORT = 8080;
const PRODUCTION_PORT = 8080;
const TEST_PORT = 8081;
const MINIMUM_CAPACITY = 2;
const MAXIMUM_CAPACITY = 6;

export async function setUpService(
  region: Region,
  call: RegionCall,
  options: { names: ServiceNames; driver: SimulatedDriver; image: string; desiredCount: number; terminationWaitMinutes: number },
): Promise<SimulatedService> {
  const { names, driver } = options;
  const isNative = driver === 'ecs';
  const { LoadBalancers } = await call('elasticloadbalancing', 'CreateLoadBalancer', {
    Name: names.prefix,
    Type: 'application',
    Scheme: 'internal',
    Subnets: ['subnet-0a1b2c3d', 'subnet-0d4c3b2a'],
  });
  const loadBalancerArn: string = LoadBalancers[0].LoadBalancerArn;
  const blue = await createTargetGroup(call, `${names.prefix}-blue`);
  const green = await createTargetGroup(call, `${names.prefix}-green`);
  const listen = async (port: number): Promise<string> => {
    const toBlue = { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: blue, Weight: '100' }] } };
    const nothing = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain' } };
    const DefaultActions = [isNative ? nothing : toBlue];
    const { Listeners } = await call('elasticloadbalancing', 'CreateListener', {
      LoadBalancerArn: loadBalancerArn,
      Protocol: 'HTTP',
      Port: String(port),
      DefaultActions,
    });
    return Listeners[0].ListenerArn;
  };
  const productionListenerArn = await listen(PRODUCTION_PORT);
  const testListenerArn = await listen(TEST_PORT);
  const ruleArns = isNative ? [await createRule(call, productionListenerArn, [blue, green]), await createRule(call, testListenerArn, [blue, green])] : [];
  await createEcsService(region, call, { ...options, targetGroupArns: [blue, green], ruleArns });
  if (!isNative) await createDeploymentGroup(region, call, names, [productionListenerArn, testListenerArn], options.terminationWaitMinutes);
  await call('application-autoscaling', 'RegisterScalableTarget', {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${names.cluster}/${names.service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: Math.min(MINIMUM_CAPACITY, options.desiredCount),
    MaxCapacity: Math.max(MAXIMUM_CAPACITY, options.desiredCount),
  });
  return {
    driver,
    productionRuleArn: ruleArns[0],
    cluster: names.cluster,
    service: names.service,
    key: `${names.cluster}/${names.service}`,
    repository: names.repository,
    application: names.application,
    deploymentGroup: names.deploymentGroup,
    productionListenerArn,
    testListenerArn,
    targetGroupArns: [blue, green],
    productionPort: PRODUCTION_PORT,
    testPort: TEST_PORT,
  };
}

async function createTargetGroup(call: RegionCall, name: string): Promise<string> {
  const { TargetGroups } = await call('elasticloadbalancing', 'CreateTargetGroup', {
    Name: name,
    TargetType: 'ip',
    Protocol: 'HTTP',
    Port: String(CONTAINER_PORT),
    VpcId: 'vpc-0a1b2c3d',
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: '15',
    HealthCheckTimeoutSeconds: '5',
    HealthyThresholdCount: '2',
    UnhealthyThresholdCount: '2',
  });
  const arn: string = TargetGroups[0].TargetGroupArn;
  await call('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn: arn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
  });
  return arn;
}

/** ECS shifts the weights of a rule that names both groups before the first deployment. */
async function createRule(call: RegionCall, ListenerArn: string, [blue, green]: readonly [string, string]): Promise<string> {
  const TargetGroups = [
    { TargetGroupArn: blue, Weight: '100' },
    { TargetGroupArn: green, Weight: '0' },
  ];
  const { Rules } = await call('elasticloadbalancing', 'CreateRule', {
    ListenerArn,
    Priority: '1',
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
  });
  return Rules[0].RuleArn;
}

interface EcsServiceOptions {
  readonly names: ServiceNames;
  readonly driver: SimulatedDriver;
  readonly image: string;
  readonly desiredCount: number;
  readonly targetGroupArns: readonly [string, string];
  /** Of the production and the test listener, where ECS itself deploys. */
  readonly ruleArns: readonly string[];
}

async function createEcsService(region: Region, call: RegionCall, options: EcsServiceOptions): Promise<void> {
  const [targetGroupArn, alternateTargetGroupArn] = options.targetGroupArns;
  const [productionListenerRule, testListenerRule] = options.ruleArns;
  const { names } = options;
  const isNative = options.driver === 'ecs';
  await call('ecs', 'CreateCluster', { clusterName: names.cluster });
  const executionRoleArn = await createRole(
    region,
    call,
    `${names.prefix}-execution`,
    'ecs-tasks.amazonaws.com',
    'service-role/AmazonECSTaskExecutionRolePolicy',
  );
  const { taskDefinition } = await call('ecs', 'RegisterTaskDefinition', {
    family: names.service,
    executionRoleArn,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      { name: names.container, image: options.image, essential: true, portMappings: [{ containerPort: CONTAINER_PORT, protocol: 'tcp' }] },
    ],
  });
  await call('ecs', 'CreateService', {
    cluster: names.cluster,
    serviceName: names.service,
    taskDefinition: taskDefinition.taskDefinitionArn,
    desiredCount: options.desiredCount,
    launchType: 'FARGATE',
    ...(isNative
      ? { deploymentController: { type: 'ECS' }, deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } }
      : { deploymentController: { type: 'CODE_DEPLOY' } }),
    healthCheckGracePeriodSeconds: 30,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'], assignPublicIp: 'DISABLED' } },
    loadBalancers: [
      {
        targetGroupArn,
        containerName: names.container,
        containerPort: CONTAINER_PORT,
        ...(isNative
          ? { advancedConfiguration: { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn: await balancerRole(region, call, names) } }
          : {}),
      },
    ],
  });
}

function balancerRole(region: Region, call: RegionCall, { prefix }: ServiceNames): Promise<string> {
  return createRole(region, call, `${prefix}-ecs`, 'ecs.amazonaws.com', 'AmazonECSInfrastructureRolePolicyForLoadBalancers');
}

async function createDeploymentGroup(
  region: Region,
  call: RegionCall,
  names: ServiceNames,
  listeners: readonly [string, string],
  terminationWaitMinutes: number,
): Promise<void> {
  const serviceRoleArn = await createRole(region, call, `${names.prefix}-codedeploy`, 'codedeploy.amazonaws.com', 'AWSCodeDeployRoleForECS');
  await call('codedeploy', 'CreateApplication', { applicationName: names.application, computePlatform: 'ECS' });
  await call('codedeploy', 'CreateDeploymentGroup', {
    applicationName: names.application,
    deploymentGroupName: names.deploymentGroup,
    serviceRoleArn,
    deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    ecsServices: [{ clusterName: names.cluster, serviceName: names.service }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: [{ name: `${names.prefix}-blue` }, { name: `${names.prefix}-green` }],
          prodTrafficRoute: { listenerArns: [listeners[0]] },
          testTrafficRoute: { listenerArns: [listeners[1]] },
        },
      ],
    },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
      terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: terminationWaitMinutes },
    },
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'] },
  });
}

async function createRole(region: Region, call: RegionCall, name: string, principal: string, managedPolicy: string): Promise<string> {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: principal }, Action: 'sts:AssumeRole' }] };
  await call('iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) });
  await call('iam', 'AttachRolePolicy', { RoleName: name, PolicyArn: `arn:aws:iam::aws:policy/${managedPolicy}` });
  return `arn:aws:iam::${region.account}:role/${name}`;
}

const CONFIG = '{"architecture":"amd64","os":"linux"}';
const CONFIG_DIGEST = `sha256:${createHash('sha256').update(CONFIG).digest('hex')}`;

/** Makes the repository and the one layer that all simulated images share. */
export async function createRepository(call: RegionCall, repositoryName: string): Promise<void> {
  await call('ecr', 'CreateRepository', { repositoryName });
  const { uploadId } = await call('ecr', 'InitiateLayerUpload', { repositoryName });
  await call('ecr', 'UploadLayerPart', {
    repositoryName,
    uploadId,
    partFirstByte: 0,
    partLastByte: CONFIG.length - 1,
    layerPartBlob: Buffer.from(CONFIG).toString('base64'),
  });
  await call('ecr', 'CompleteLayerUpload', { repositoryName, uploadId, layerDigests: [CONFIG_DIGEST] });
}

/** The manifest of an image that differs from others only by its name. */
export function manifestOf(tag: string): { readonly text: string; readonly digest: string } {
  const media = 'application/vnd.oci.image';
  const part = { digest: CONFIG_DIGEST, size: CONFIG.length };
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${media}.manifest.v1+json`,
    config: { mediaType: `${media}.config.v1+json`, ...part },
    layers: [{ mediaType: `${media}.layer.v1.tar`, ...part }],
    annotations: { 'org.opencontainers.image.version': tag },
  });
  return { text, digest: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}
