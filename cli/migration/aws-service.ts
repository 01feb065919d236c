// The service, its listeners and CodeDeploy's deployment group as AWS shows them, read with the operator's own credentials: moving a
// service is done as one changes infrastructure, and none of Weir's functions may do it.
import { CodeDeployClient, type DeploymentGroupInfo, GetDeploymentGroupCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient, type Service } from '@aws-sdk/client-ecs';
import { DescribeRulesCommand, DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client, type Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DriverKind } from '#core/deployment/driver-kind.ts';
import { type ListenerObservation, type MigrationObservation, type RuleObservation, servingTargetGroup } from '#core/migration/migration.ts';
import { CommandFailure } from '../command-failure.ts';
import type { ConnectionOptions } from '../operations-client.ts';

export interface AwsOfService {
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly codedeploy: CodeDeployClient;
}

export function connectAws({ region, endpointUrl }: ConnectionOptions): AwsOfService {
  const settings = { ...(region === undefined ? {} : { region }), ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }) };
  return { ecs: new ECSClient(settings), elb: new ElasticLoadBalancingV2Client(settings), codedeploy: new CodeDeployClient(settings) };
}

/** Where the service is, and by which names CodeDeploy knows it. */
export interface ServiceNames {
  readonly cluster: string;
  readonly service: string;
  readonly application: string | undefined;
  readonly deploymentGroup: string | undefined;
}

/** What the move needs besides the plan. */
export interface ServiceRoute {
  readonly containerName: string;
  readonly containerPort: number;
}

export interface SeenService {
  readonly observation: MigrationObservation;
  readonly route: ServiceRoute;
}

export async function observeService(aws: AwsOfService, names: ServiceNames, manifestDriver: DriverKind, weirsOwn: string | undefined): Promise<SeenService> {
  const { services } = await aws.ecs.send(new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }));
  const service = services?.[0];
  if (service === undefined || service.status !== 'ACTIVE') throw new CommandFailure(`there is no active ECS service ${names.cluster}/${names.service}`);
  const group = await deploymentGroup(aws, names);
  const balancer = service.taskSets?.find(({ status }) => status === 'PRIMARY')?.loadBalancers?.[0] ?? service.loadBalancers?.[0];
  const route = { containerName: balancer?.containerName ?? '', containerPort: balancer?.containerPort ?? 0 };
  const isNative = service.deploymentController?.type === 'ECS';
  const places = isNative ? nativePlaces(service) : await codedeployPlaces(aws, group);
  const [production, test] = await Promise.all([listener(aws, places.production), listener(aws, places.test)]);
  const serving = isNative ? production && servingTargetGroup(production, places.pair) : balancer?.targetGroupArn;
  return {
    route,
    observation: {
      controller: service.deploymentController?.type ?? 'ECS',
      manifestDriver,
      underWay: weirsOwn ?? (await activeDeployment(aws, names, group)),
      isSteady: isSteady(service, isNative),
      pair: places.pair,
      servingTargetGroupArn: serving,
      production,
      test,
      deploymentGroupFits: await fits(aws, group, names, places.pair),
    },
  };
}

interface Places {
  readonly pair: readonly string[];
  readonly production: string | undefined;
  readonly test: string | undefined;
}

function nativePlaces({ loadBalancers }: Service): Places {
  const { targetGroupArn, advancedConfiguration: advanced } = loadBalancers?.[0] ?? {};
  const listenerOf = (rule: string | undefined) => rule?.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');
  return {
    pair: [targetGroupArn, advanced?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
    production: listenerOf(advanced?.productionListenerRule),
    test: listenerOf(advanced?.testListenerRule),
  };
}

async function codedeployPlaces(aws: AwsOfService, group: DeploymentGroupInfo | undefined): Promise<Places> {
  const pairInfo = group?.loadBalancerInfo?.targetGroupPairInfoList?.[0];
  return { pair: await pairArns(aws, group), production: pairInfo?.prodTrafficRoute?.listenerArns?.[0], test: pairInfo?.testTrafficRoute?.listenerArns?.[0] };
}

async function pairArns(aws: AwsOfService, group: DeploymentGroupInfo | undefined): Promise<readonly string[]> {
  const names = (group?.loadBalancerInfo?.targetGroupPairInfoList?.[0]?.targetGroups ?? []).flatMap(({ name }) => name ?? []);
  if (names.length === 0) return [];
  const { TargetGroups } = await aws.elb.send(new DescribeTargetGroupsCommand({ Names: names }));
  return (TargetGroups ?? []).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
}

async function deploymentGroup({ codedeploy }: AwsOfService, { application, deploymentGroup: name }: ServiceNames): Promise<DeploymentGroupInfo | undefined> {
  if (application === undefined || name === undefined) return undefined;
  try {
    const { deploymentGroupInfo } = await codedeploy.send(new GetDeploymentGroupCommand({ applicationName: application, deploymentGroupName: name }));
    return deploymentGroupInfo;
  } catch (error) {
    if (error instanceof Error && /DoesNotExistException$/.test(error.name)) return undefined;
    throw error;
  }
}

async function activeDeployment({ codedeploy }: AwsOfService, names: ServiceNames, group: DeploymentGroupInfo | undefined): Promise<string | undefined> {
  if (group === undefined) return undefined;
  const { deployments } = await codedeploy.send(
    new ListDeploymentsCommand({
      applicationName: names.application,
      deploymentGroupName: names.deploymentGroup,
      includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Ready'],
    }),
  );
  return deployments?.[0] === undefined ? undefined : `CodeDeploy deployment ${deployments[0]}`;
}

function isSteady({ taskSets, deployments, desiredCount, runningCount }: Service, isNative: boolean): boolean {
  if (isNative) return deployments?.length === 1 && deployments[0]?.rolloutState === 'COMPLETED' && runningCount === desiredCount;
  return taskSets?.length === 1 && taskSets[0]?.stabilityStatus === 'STEADY_STATE';
}

async function fits(aws: AwsOfService, group: DeploymentGroupInfo | undefined, names: ServiceNames, pair: readonly string[]): Promise<boolean> {
  const service = group?.ecsServices?.[0];
  const own = await pairArns(aws, group);
  return service?.clusterName === names.cluster && service.serviceName === names.service && own.length === 2 && own.every((arn) => pair.includes(arn));
}

async function listener({ elb }: AwsOfService, arn: string | undefined): Promise<ListenerObservation | undefined> {
  if (arn === undefined) return undefined;
  const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn: arn }));
  return { arn, rules: (Rules ?? []).map(ruleOf) };
}

function ruleOf({ RuleArn, Priority, Actions, Conditions, IsDefault }: Rule): RuleObservation {
  const action = Actions?.find(({ Type }) => Type === 'forward');
  const groups = action?.ForwardConfig?.TargetGroups ?? (action?.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }]);
  const [condition] = Conditions ?? [];
  const paths = condition?.PathPatternConfig?.Values ?? condition?.Values ?? [];
  return {
    arn: RuleArn ?? '',
    priority: IsDefault === true ? undefined : Number(Priority),
    weights: Object.fromEntries(groups.flatMap(({ TargetGroupArn, Weight }) => (TargetGroupArn === undefined ? [] : [[TargetGroupArn, Weight ?? 1]]))),
    takesEverything: Conditions?.length === 1 && condition?.Field === 'path-pattern' && paths.length === 1 && paths[0] === '/*',
  };
}
