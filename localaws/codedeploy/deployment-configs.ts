// Deployment configurations: AWS's own, which nobody can change, and up to 50 custom ones, which nobody can change either.
import { AwsError } from '../endpoint/aws-error.ts';
import { integerMember, stringMember, structureMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import { computePlatformOf } from './applications.ts';
import { type CodeDeployContext, deploymentConfigArn, nameForArn } from './code-deploy-context.ts';
import { CUSTOM_DEPLOYMENT_CONFIGS_MAX, TRAFFIC_PERCENT_MAX, TRAFFIC_TOTAL_MINUTES_MAX } from './limits.ts';
import { type DeploymentConfig, isActive } from './model.ts';
import { deploymentConfigName } from './names.ts';
import { pageOf } from './pages.ts';
import { isPredefinedName } from './predefined-configs.ts';
import type { Store } from './store.ts';

function invalidTraffic(message: string): AwsError {
  return new AwsError('InvalidTrafficRoutingConfigurationException', message);
}

function trafficRouting(input: AwsShape): AwsShape {
  const given = structureMember(input, 'trafficRoutingConfig');
  if (given === undefined) throw invalidTraffic('The trafficRoutingConfig must be specified for this compute platform');
  const type = stringMember(given, 'type');
  const canary = structureMember(given, 'timeBasedCanary');
  const linear = structureMember(given, 'timeBasedLinear');
  switch (type) {
    case 'AllAtOnce':
      if (canary !== undefined || linear !== undefined) throw invalidTraffic('AllAtOnce takes neither timeBasedCanary nor timeBasedLinear');
      return { type };
    case 'TimeBasedCanary': {
      if (canary === undefined || linear !== undefined) throw invalidTraffic('TimeBasedCanary takes timeBasedCanary only');
      const { percentage, interval } = shift(canary, 'canaryPercentage', 'canaryInterval', () => 1);
      return { type, timeBasedCanary: { canaryPercentage: percentage, canaryInterval: interval } };
    }
    case 'TimeBasedLinear': {
      if (linear === undefined || canary !== undefined) throw invalidTraffic('TimeBasedLinear takes timeBasedLinear only');
      const { percentage, interval } = shift(linear, 'linearPercentage', 'linearInterval', (percent) => Math.ceil(100 / percent) - 1);
      return { type, timeBasedLinear: { linearPercentage: percentage, linearInterval: interval } };
    }
    default:
      throw invalidTraffic('The type must be TimeBasedCanary, TimeBasedLinear or AllAtOnce');
  }
}

function shift(
  given: AwsShape,
  percentName: string,
  intervalName: string,
  intervals: (percentage: number) => number,
): { percentage: number; interval: number } {
  const percentage = integerMember(given, percentName) ?? 0;
  const interval = integerMember(given, intervalName) ?? 0;
  if (percentage < 1 || percentage > TRAFFIC_PERCENT_MAX) throw invalidTraffic(`${percentName} must be between 1 and ${TRAFFIC_PERCENT_MAX}`);
  if (interval < 1) throw invalidTraffic(`${intervalName} must be at least 1 minute`);
  if (interval * intervals(percentage) > TRAFFIC_TOTAL_MINUTES_MAX)
    throw invalidTraffic(`The traffic shift must not take longer than ${TRAFFIC_TOTAL_MINUTES_MAX} minutes`);
  return { percentage, interval };
}

function minimumHealthyHosts(input: AwsShape): AwsShape {
  const given = structureMember(input, 'minimumHealthyHosts') ?? {};
  const type = stringMember(given, 'type');
  const value = integerMember(given, 'value');
  if ((type !== 'HOST_COUNT' && type !== 'FLEET_PERCENT') || value === undefined || value < 0 || (type === 'FLEET_PERCENT' && value > 100)) {
    throw new AwsError('InvalidMinimumHealthyHostValueException', 'The minimum healthy instance value was specified in an invalid format.');
  }
  return { type, value };
}

function configInfo(config: DeploymentConfig): AwsShape {
  return {
    deploymentConfigId: config.id,
    deploymentConfigName: config.name,
    computePlatform: config.computePlatform,
    ...(config.createTime === undefined ? {} : { createTime: new Date(config.createTime) }),
    ...(config.minimumHealthyHosts === undefined ? {} : { minimumHealthyHosts: config.minimumHealthyHosts }),
    ...(config.trafficRoutingConfig === undefined ? {} : { trafficRoutingConfig: config.trafficRoutingConfig }),
  };
}

function isInUse(store: Store, name: string): boolean {
  const isGroups = [...store.applications.values()].some((application) =>
    [...application.groups.values()].some((group) => group.settings.deploymentConfigName === name),
  );
  return isGroups || [...store.deployments.values()].some((deployment) => deployment.configName === name && isActive(deployment));
}

type Names = 'CreateDeploymentConfig' | 'DeleteDeploymentConfig' | 'GetDeploymentConfig' | 'ListDeploymentConfigs';

export function deploymentConfigOperations(context: CodeDeployContext): Record<Names, Operation> {
  const { region, store } = context;
  const resources = (input: AwsShape): string[] => [deploymentConfigArn(region, nameForArn(input['deploymentConfigName']))];
  return {
    CreateDeploymentConfig: {
      resources,
      handle(input) {
        const name = deploymentConfigName(input);
        if (isPredefinedName(name))
          throw new AwsError('InvalidDeploymentConfigNameException', `Deployment configuration names must not start with CodeDeployDefault.: ${name}`);
        const computePlatform = computePlatformOf(input);
        const isServer = computePlatform === 'Server';
        const settings = {
          trafficRoutingConfig: isServer ? undefined : trafficRouting(input),
          minimumHealthyHosts: isServer ? minimumHealthyHosts(input) : undefined,
        };
        if (store.configs.has(name)) throw new AwsError('DeploymentConfigAlreadyExistsException', `A deployment configuration named ${name} already exists`);
        const custom = [...store.configs.keys()].filter((existing) => !isPredefinedName(existing)).length;
        if (custom >= CUSTOM_DEPLOYMENT_CONFIGS_MAX) {
          throw new AwsError(
            'DeploymentConfigLimitExceededException',
            `The limit of ${CUSTOM_DEPLOYMENT_CONFIGS_MAX} custom deployment configurations is reached`,
          );
        }
        const id = region.ids.uuid();
        store.configs.set(name, { id, name, computePlatform, createTime: region.clock.now(), ...settings });
        return { deploymentConfigId: id };
      },
    },
    GetDeploymentConfig: { resources, handle: (input) => ({ deploymentConfigInfo: configInfo(store.config(deploymentConfigName(input))) }) },
    ListDeploymentConfigs: {
      handle(input) {
        const { page, nextToken } = pageOf([...store.configs.keys()].toSorted(), input);
        return { deploymentConfigsList: page, nextToken };
      },
    },
    DeleteDeploymentConfig: {
      resources,
      handle(input) {
        const name = deploymentConfigName(input);
        if (isPredefinedName(name)) throw new AwsError('InvalidOperationException', 'Predefined deployment configurations cannot be deleted');
        if (isInUse(store, name)) throw new AwsError('DeploymentConfigInUseException', `The deployment configuration ${name} is still in use`);
        store.configs.delete(name);
        return {};
      },
    },
  };
}
