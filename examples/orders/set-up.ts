// Creates what the sample service needs, through AWS API calls, as Terraform would: repository, cluster, roles, load balancer with a
// production and a test listener, task definition, service, and with CodeDeploy its application and deployment group. Used by the
// demo, the benchmark and the tests.
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient, CreateApplicationCommand, CreateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  ECSClient,
  type LoadBalancer,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';

export interface SampleOptions {
  readonly endpointUrl: string;
  readonly region: string;
  readonly account: string;
  /** Image reference of the first version, already in the registry. */
  readonly image: string;
  readonly productionPort: number;
  readonly testPort: number;
  readonly desiredCount: number;
  readonly service?: string;
  /** Minutes CodeDeploy keeps blue after the shift. */
  readonly terminationWaitMinutes?: number;
  /** Whose deployments the service is made for; codedeploy when absent. */
  readonly driver?: SampleDriver;
  /** The capacity provider its tasks are started on; absent: the launch type Fargate. */
  readonly capacityProvider?: string;
  /** Where containers write their logs, made here; absent: nowhere. */
  readonly logGroup?: string;
}

export type SampleDriver = 'codedeploy' | 'ecs';

export interface SampleService {
  readonly cluster: string;
  readonly service: string;
  /** Names of CodeDeploy's application and deployment group; not created for the ecs driver. */
  readonly application: string;
  readonly deploymentGroup: string;
  readonly productionListenerArn: string;
  readonly testListenerArn: string;
  /** The rules whose weights ECS shifts; CodeDeploy uses the listeners' own. */
  readonly productionRuleArn: string | undefined;
  readonly testRuleArn: string | undefined;
  readonly targetGroupArns: readonly [string, string];
  readonly productionUrl: string;
}

export const SAMPLE_REPOSITORY = 'team/orders';
const CLUSTER = 'prod';
const CONTAINER = 'app';
const CONTAINER_PORT = 8080;
/** Short, so that the sample shows every state quickly; the defaults of AWS are 30 s and 5. */
const HEALTH_CHECK_SECONDS = 10;
const DEREGISTRATION_SECONDS = 30;

const settings = (options: Pick<SampleOptions, 'endpointUrl' | 'region'>) => ({
  endpoint: options.endpointUrl,
  region: options.region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** The repository has to be there before the first push. */
export async function createSampleRepository(options: Pick<SampleOptions, 'endpointUrl' | 'region'>): Promise<void> {
  await new ECRClient(settings(options)).send(new CreateRepositoryCommand({ repositoryName: SAMPLE_REPOSITORY }));
}

export async function setUpSample(options: SampleOptions): Promise<SampleService> {
  const service = options.service ?? 'orders';
  const balancing = await createBalancing(options, service);
  const ecs = new ECSClient(settings(options));
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }));
  const executionRoleArn = await createRole(options, `${service}-execution`, 'ecs-tasks.amazonaws.com', 'service-role/AmazonECSTaskExecutionRolePolicy');
  if (options.logGroup !== undefined) await new CloudWatchLogsClient(settings(options)).send(new CreateLogGroupCommand({ logGroupName: options.logGroup }));
  const registered = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: service,
      executionRoleArn,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: CONTAINER,
          image: options.image,
          essential: true,
          portMappings: [{ containerPort: CONTAINER_PORT, protocol: 'tcp' }],
          ...(options.logGroup === undefined
            ? {}
            : {
                logConfiguration: {
                  logDriver: 'awslogs',
                  options: { 'awslogs-group': options.logGroup, 'awslogs-region': options.region, 'awslogs-stream-prefix': service },
                },
              }),
        },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: service,
      taskDefinition: registered.taskDefinition?.taskDefinitionArn,
      desiredCount: options.desiredCount,
      ...(options.capacityProvider === undefined
        ? { launchType: 'FARGATE' }
        : { capacityProviderStrategy: [{ capacityProvider: options.capacityProvider, weight: 1 }] }),
      ...deploymentMembers(options),
      healthCheckGracePeriodSeconds: 30,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'], assignPublicIp: 'DISABLED' } },
      loadBalancers: [await balancerOf(options, service, balancing)],
    }),
  );
  const group = { application: service, deploymentGroup: `${service}-${CLUSTER}` };
  if (options.driver !== 'ecs') await createDeploymentGroup(options, group, balancing);
  return { cluster: CLUSTER, service, ...group, ...balancing, productionUrl: `http://127.0.0.1:${options.productionPort}/` };
}

function deploymentMembers(options: SampleOptions): Partial<CreateServiceCommandInput> {
  if (options.driver !== 'ecs') return { deploymentController: { type: 'CODE_DEPLOY' } };
  // The strategy of its first deployment; Weir brings its own with each later one.
  return { deploymentController: { type: 'ECS' }, deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } };
}

async function balancerOf(options: SampleOptions, service: string, balancing: Balancing): Promise<LoadBalancer> {
  const { targetGroupArns, productionRuleArn, testRuleArn } = balancing;
  const plain = { targetGroupArn: targetGroupArns[0], containerName: CONTAINER, containerPort: CONTAINER_PORT };
  if (options.driver !== 'ecs') return plain;
  const roleArn = await createRole(options, `${service}-ecs`, 'ecs.amazonaws.com', 'AmazonECSInfrastructureRolePolicyForLoadBalancers');
  return {
    ...plain,
    advancedConfiguration: { alternateTargetGroupArn: targetGroupArns[1], productionListenerRule: productionRuleArn, testListenerRule: testRuleArn, roleArn },
  };
}

type Balancing = Pick<SampleService, 'productionListenerArn' | 'testListenerArn' | 'productionRuleArn' | 'testRuleArn' | 'targetGroupArns'>;

async function createBalancing(options: SampleOptions, service: string): Promise<Balancing> {
  const elb = new ElasticLoadBalancingV2Client(settings(options));
  const balancer = await elb.send(
    new CreateLoadBalancerCommand({ Name: service, Type: 'application', Scheme: 'internal', Subnets: ['subnet-0a1b2c3d', 'subnet-0d4c3b2a'] }),
  );
  const loadBalancerArn = required(balancer.LoadBalancers?.[0]?.LoadBalancerArn, 'load balancer');
  const blue = await createTargetGroup(elb, `${service}-blue`);
  const green = await createTargetGroup(elb, `${service}-green`);
  const isNative = options.driver === 'ecs';
  const listen = async (port: number): Promise<string> => {
    const toBlue: Action = { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: blue, Weight: 100 }] } };
    const nothing: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain' } };
    const listener = await elb.send(
      new CreateListenerCommand({ LoadBalancerArn: loadBalancerArn, Protocol: 'HTTP', Port: port, DefaultActions: [isNative ? nothing : toBlue] }),
    );
    return required(listener.Listeners?.[0]?.ListenerArn, 'listener');
  };
  const [productionListenerArn, testListenerArn] = [await listen(options.productionPort), await listen(options.testPort)];
  const ruleOf = (listenerArn: string): Promise<string> => createRule(elb, listenerArn, blue, green);
  return {
    productionListenerArn,
    testListenerArn,
    productionRuleArn: isNative ? await ruleOf(productionListenerArn) : undefined,
    testRuleArn: isNative ? await ruleOf(testListenerArn) : undefined,
    targetGroupArns: [blue, green],
  };
}

/** ECS shifts the weights of a rule that names both groups before the first deployment. */
async function createRule(elb: ElasticLoadBalancingV2Client, listenerArn: string, blue: string, green: string): Promise<string> {
  const TargetGroups = [
    { TargetGroupArn: blue, Weight: 100 },
    { TargetGroupArn: green, Weight: 0 },
  ];
  const { Rules } = await elb.send(
    new CreateRuleCommand({
      ListenerArn: listenerArn,
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    }),
  );
  return required(Rules?.[0]?.RuleArn, 'rule');
}

async function createTargetGroup(elb: ElasticLoadBalancingV2Client, name: string): Promise<string> {
  const created = await elb.send(
    new CreateTargetGroupCommand({
      Name: name,
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: CONTAINER_PORT,
      VpcId: 'vpc-0a1b2c3d',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: HEALTH_CHECK_SECONDS,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    }),
  );
  const arn = required(created.TargetGroups?.[0]?.TargetGroupArn, 'target group');
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: arn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(DEREGISTRATION_SECONDS) }],
    }),
  );
  return arn;
}

async function createDeploymentGroup(
  options: SampleOptions,
  { application: service, deploymentGroup }: Pick<SampleService, 'application' | 'deploymentGroup'>,
  balancing: Balancing,
): Promise<void> {
  const serviceRoleArn = await createRole(options, `${service}-codedeploy`, 'codedeploy.amazonaws.com', 'AWSCodeDeployRoleForECS');
  const codedeploy = new CodeDeployClient(settings(options));
  await codedeploy.send(new CreateApplicationCommand({ applicationName: service, computePlatform: 'ECS' }));
  await codedeploy.send(
    new CreateDeploymentGroupCommand({
      applicationName: service,
      deploymentGroupName: deploymentGroup,
      serviceRoleArn,
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ecsServices: [{ clusterName: CLUSTER, serviceName: service }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: `${service}-blue` }, { name: `${service}-green` }],
            prodTrafficRoute: { listenerArns: [balancing.productionListenerArn] },
            testTrafficRoute: { listenerArns: [balancing.testListenerArn] },
          },
        ],
      },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: options.terminationWaitMinutes ?? 30 },
      },
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'] },
    }),
  );
}

/** Answers the role's ARN. IAM is called by its query protocol: the SDK's IAM client is not worth a dependency for two calls. */
async function createRole(options: SampleOptions, name: string, principal: string, managedPolicy: string): Promise<string> {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: principal }, Action: 'sts:AssumeRole' }] };
  await iam(options, { Action: 'CreateRole', RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) });
  await iam(options, { Action: 'AttachRolePolicy', RoleName: name, PolicyArn: `arn:aws:iam::aws:policy/${managedPolicy}` });
  return `arn:aws:iam::${options.account}:role/${name}`;
}

async function iam(options: SampleOptions, parameters: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(options.endpointUrl, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${options.region}/iam/aws4_request, SignedHeaders=host, Signature=local` },
    body: new URLSearchParams({ ...parameters, Version: '2010-05-08' }),
  });
  if (!response.ok) throw new Error(`IAM ${parameters['Action']} failed: ${await response.text()}`);
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`AWS answered no ${what}`);
  return value;
}
