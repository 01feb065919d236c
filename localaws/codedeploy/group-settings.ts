// Validates the ECS settings of a deployment group and fills in AWS's defaults. Members left out of an update keep their values.
import { AwsError } from '../endpoint/aws-error.ts';
import { integerMember, stringList, stringMember, structureList, structureMember } from '../endpoint/json-members.ts';
import type { AwsShape } from '../region.ts';
import { alarmConfiguration, autoRollbackConfiguration, triggerConfigurations } from './group-options.ts';
import { READY_WAIT_MINUTES_MAX, TERMINATION_WAIT_MINUTES_MAX } from './limits.ts';
import type { BlueGreenConfiguration, GroupSettings, TargetGroupPair } from './model.ts';
import { DEFAULT_ECS_CONFIG } from './predefined-configs.ts';
import type { Store } from './store.ts';

const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\/.+$/;
const LISTENER_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d{12}:listener\/.+$/;
const NOT_FOR_ECS = ['ec2TagFilters', 'onPremisesInstanceTagFilters', 'autoScalingGroups', 'ec2TagSet', 'onPremisesTagSet'];

/**
 * The settings a create or update request leads to.
 * @param current the group's settings before an update; undefined for a new group.
 */
export function groupSettings(store: Store, input: AwsShape, current: GroupSettings | undefined): GroupSettings {
  refuseServerMembers(input);
  return {
    deploymentConfigName: configName(store, input, current),
    serviceRoleArn: serviceRoleArn(input, current),
    ecsServices: ecsServices(input, current),
    loadBalancerInfo: loadBalancerInfo(input, current),
    deploymentStyle: deploymentStyle(input, current),
    blueGreenDeploymentConfiguration: blueGreenConfiguration(input, current),
    alarmConfiguration: alarmConfiguration(structureMember(input, 'alarmConfiguration')) ??
      current?.alarmConfiguration ?? { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
    autoRollbackConfiguration: autoRollbackConfiguration(structureMember(input, 'autoRollbackConfiguration')) ??
      current?.autoRollbackConfiguration ?? { enabled: false, events: [] },
    triggerConfigurations: triggerConfigurations(structureList(input, 'triggerConfigurations')) ?? current?.triggerConfigurations ?? [],
    outdatedInstancesStrategy: outdatedInstancesStrategy(input) ?? current?.outdatedInstancesStrategy ?? 'UPDATE',
  };
}

function refuseServerMembers(input: AwsShape): void {
  for (const name of NOT_FOR_ECS) {
    const value: unknown = input[name];
    const isEmpty = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) throw new AwsError('InvalidInputException', `For ECS deployment group, ${name} can not be specified`);
  }
}

function configName(store: Store, input: AwsShape, current: GroupSettings | undefined): string {
  const name = stringMember(input, 'deploymentConfigName') ?? current?.deploymentConfigName ?? DEFAULT_ECS_CONFIG;
  requireEcsConfig(store, name);
  return name;
}

/** @throws AwsError DeploymentConfigDoesNotExistException, InvalidDeploymentConfigNameException when it is for another platform. */
export function requireEcsConfig(store: Store, name: string): void {
  if (store.config(name).computePlatform !== 'ECS') {
    throw new AwsError('InvalidDeploymentConfigNameException', `The deployment configuration ${name} is not for the ECS compute platform`);
  }
}

function serviceRoleArn(input: AwsShape, current: GroupSettings | undefined): string {
  const arn = stringMember(input, 'serviceRoleArn') ?? current?.serviceRoleArn;
  if (arn === undefined || arn === '') throw new AwsError('RoleRequiredException', 'The service role ARN is required');
  if (!ROLE_ARN.test(arn)) throw new AwsError('InvalidRoleException', `The service role ARN is not in a valid format: ${arn}`);
  return arn;
}

function ecsServices(input: AwsShape, current: GroupSettings | undefined): GroupSettings['ecsServices'] {
  const services = structureList(input, 'ecsServices');
  if (services === undefined && current !== undefined) return current.ecsServices;
  const [service, ...others] = services ?? [];
  if (service === undefined) throw new AwsError('InvalidECSServiceException', 'For ECS deployment group, ecsServices must be specified');
  if (others.length > 0) throw new AwsError('InvalidECSServiceException', 'For ECS deployment group, only one Amazon ECS service can be specified');
  const serviceName = stringMember(service, 'serviceName') ?? '';
  const clusterName = stringMember(service, 'clusterName') ?? '';
  if (serviceName === '' || clusterName === '')
    throw new AwsError('InvalidECSServiceException', 'The Amazon ECS service needs a serviceName and a clusterName');
  return [{ serviceName, clusterName }];
}

function loadBalancerInfo(input: AwsShape, current: GroupSettings | undefined): GroupSettings['loadBalancerInfo'] {
  const info = structureMember(input, 'loadBalancerInfo');
  if (info === undefined && current !== undefined) return current.loadBalancerInfo;
  if (info === undefined) throw new AwsError('InvalidLoadBalancerInfoException', 'For ECS deployment group, loadBalancerInfo must be specified');
  const isClassic = (structureList(info, 'elbInfoList') ?? []).length > 0 || (structureList(info, 'targetGroupInfoList') ?? []).length > 0;
  if (isClassic)
    throw new AwsError('InvalidLoadBalancerInfoException', 'For ECS deployment group, only targetGroupPairInfoList can be specified in loadBalancerInfo');
  const [pair, ...others] = structureList(info, 'targetGroupPairInfoList') ?? [];
  if (pair === undefined) throw new AwsError('InvalidLoadBalancerInfoException', 'For ECS deployment group, targetGroupPairInfoList must be specified');
  if (others.length > 0) throw new AwsError('InvalidTargetGroupPairException', 'Only one target group pair can be specified');
  return { targetGroupPairInfoList: [targetGroupPair(pair)] };
}

function targetGroupPair(pair: AwsShape): TargetGroupPair {
  const names = (structureList(pair, 'targetGroups') ?? []).map((group) => stringMember(group, 'name') ?? '');
  const [first = '', second = ''] = names;
  if (names.length !== 2 || first === '' || second === '')
    throw new AwsError('InvalidTargetGroupPairException', 'A target group pair must have exactly two target groups');
  if (first === second) throw new AwsError('InvalidTargetGroupPairException', 'The two target groups of a pair must be different');
  const production = listenerArns(pair, 'prodTrafficRoute');
  if (production === undefined) throw new AwsError('InvalidTargetGroupPairException', 'A target group pair must have a prodTrafficRoute with one listener');
  const test = listenerArns(pair, 'testTrafficRoute');
  return {
    targetGroups: [{ name: first }, { name: second }],
    prodTrafficRoute: { listenerArns: production },
    ...(test === undefined ? {} : { testTrafficRoute: { listenerArns: test } }),
  };
}

function listenerArns(pair: AwsShape, route: string): readonly [string] | undefined {
  const [arn, ...others] = stringList(structureMember(pair, route) ?? {}, 'listenerArns') ?? [];
  if (arn === undefined) return undefined;
  if (others.length > 0) throw new AwsError('InvalidTargetGroupPairException', `${route} can have only one listener`);
  if (!LISTENER_ARN.test(arn)) throw new AwsError('InvalidTargetGroupPairException', `${route} has an invalid listener ARN: ${arn}`);
  return [arn];
}

function deploymentStyle(input: AwsShape, current: GroupSettings | undefined): GroupSettings['deploymentStyle'] {
  const style = structureMember(input, 'deploymentStyle');
  if (style === undefined && current !== undefined) return current.deploymentStyle;
  const deploymentType = stringMember(style ?? {}, 'deploymentType') ?? '';
  const deploymentOption = stringMember(style ?? {}, 'deploymentOption') ?? '';
  if (deploymentType === '' || deploymentOption === '') {
    throw new AwsError('InvalidDeploymentStyleException', 'Deployment type or deployment option cannot be null or empty');
  }
  if (!['WITH_TRAFFIC_CONTROL', 'WITHOUT_TRAFFIC_CONTROL'].includes(deploymentOption)) {
    throw new AwsError('InvalidDeploymentStyleException', 'Deployment option can only be WITH_TRAFFIC_CONTROL or WITHOUT_TRAFFIC_CONTROL');
  }
  if (deploymentType !== 'BLUE_GREEN' || deploymentOption !== 'WITH_TRAFFIC_CONTROL') {
    throw new AwsError('InvalidDeploymentStyleException', 'For ECS deployment group, the deployment style must be BLUE_GREEN and WITH_TRAFFIC_CONTROL');
  }
  return { deploymentType, deploymentOption };
}

function blueGreenConfiguration(input: AwsShape, current: GroupSettings | undefined): BlueGreenConfiguration {
  const configuration = structureMember(input, 'blueGreenDeploymentConfiguration');
  if (configuration === undefined && current !== undefined) return current.blueGreenDeploymentConfiguration;
  const ready = structureMember(configuration ?? {}, 'deploymentReadyOption');
  const termination = structureMember(configuration ?? {}, 'terminateBlueInstancesOnDeploymentSuccess');
  if (ready === undefined || termination === undefined) {
    throw invalidBlueGreen('For ECS deployment group, deploymentReadyOption and terminateBlueInstancesOnDeploymentSuccess must be specified');
  }
  if (structureMember(configuration ?? {}, 'greenFleetProvisioningOption') !== undefined) {
    throw invalidBlueGreen('For ECS deployment group, greenFleetProvisioningOption can not be specified');
  }
  return {
    deploymentReadyOption: {
      actionOnTimeout: oneOf(ready, 'actionOnTimeout', ['CONTINUE_DEPLOYMENT', 'STOP_DEPLOYMENT']),
      waitTimeInMinutes: minutes(ready, 'waitTimeInMinutes', READY_WAIT_MINUTES_MAX),
    },
    terminateBlueInstancesOnDeploymentSuccess: {
      action: oneOf(termination, 'action', ['TERMINATE', 'KEEP_ALIVE']),
      terminationWaitTimeInMinutes: minutes(termination, 'terminationWaitTimeInMinutes', TERMINATION_WAIT_MINUTES_MAX),
    },
  };
}

function oneOf(option: AwsShape, name: string, values: readonly [string, ...string[]]): string {
  const value = stringMember(option, name) ?? values[0];
  if (!values.includes(value)) throw invalidBlueGreen(`${name} must be one of ${values.join(', ')}`);
  return value;
}

function minutes(option: AwsShape, name: string, max: number): number {
  const value = integerMember(option, name) ?? 0;
  if (value < 0 || value > max) throw invalidBlueGreen(`${name} must be between 0 and ${max}`);
  return value;
}

function invalidBlueGreen(message: string): AwsError {
  return new AwsError('InvalidBlueGreenDeploymentConfigurationException', message);
}

function outdatedInstancesStrategy(input: AwsShape): string | undefined {
  const strategy = stringMember(input, 'outdatedInstancesStrategy');
  if (strategy !== undefined && strategy !== 'UPDATE' && strategy !== 'IGNORE')
    throw new AwsError('InvalidInputException', 'outdatedInstancesStrategy must be UPDATE or IGNORE');
  return strategy;
}
