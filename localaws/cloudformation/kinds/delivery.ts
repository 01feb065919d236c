// AWS::CodeDeploy::*, AWS::ECR::Repository and AWS::ECS::Cluster: where deployments happen.
import { documentText, lowerCamel, pick, type ResourceKind } from '../resource-kind.ts';

const APPLICATION: ResourceKind = {
  service: 'codedeploy',
  required: [],
  optional: ['ApplicationName', 'ComputePlatform', 'Tags'],
  async make(properties, context) {
    const name = String(properties['ApplicationName'] ?? context.newName(100));
    await context.call('codedeploy', 'CreateApplication', {
      applicationName: name,
      ...(lowerCamel(pick(properties, ['ComputePlatform'])) as object),
      ...pickTags(properties),
    });
    return { physicalId: name, attributes: {} };
  },
};

/** CodeDeploy spells the list `tags` but keeps Key and Value. */
function pickTags(properties: Record<string, unknown>): { tags?: unknown } {
  return properties['Tags'] === undefined ? {} : { tags: properties['Tags'] };
}

const DEPLOYMENT_CONFIG: ResourceKind = {
  service: 'codedeploy',
  required: [],
  optional: ['DeploymentConfigName', 'ComputePlatform', 'MinimumHealthyHosts', 'TrafficRoutingConfig', 'ZonalConfig'],
  async make(properties, context) {
    const name = String(properties['DeploymentConfigName'] ?? context.newName(100));
    const { DeploymentConfigName: _given, ...rest } = properties;
    await context.call('codedeploy', 'CreateDeploymentConfig', { deploymentConfigName: name, ...(lowerCamel(rest) as object) });
    return { physicalId: name, attributes: {} };
  },
};

const REPOSITORY: ResourceKind = {
  service: 'ecr',
  required: [],
  optional: [
    'EmptyOnDelete',
    'EncryptionConfiguration',
    'ImageScanningConfiguration',
    'ImageTagMutability',
    'ImageTagMutabilityExclusionFilters',
    'LifecyclePolicy',
    'RepositoryName',
    'RepositoryPolicyText',
    'Tags',
  ],
  async make(properties, context) {
    const name = String(properties['RepositoryName'] ?? context.newName(256).toLowerCase());
    const { repository } = await context.call('ecr', 'CreateRepository', {
      repositoryName: name,
      ...(lowerCamel(
        pick(properties, ['EncryptionConfiguration', 'ImageScanningConfiguration', 'ImageTagMutability', 'ImageTagMutabilityExclusionFilters']),
      ) as object),
      ...pickTags(properties),
    });
    const lifecycle = properties['LifecyclePolicy'] as Record<string, unknown> | undefined;
    if (lifecycle !== undefined) {
      await context.call('ecr', 'PutLifecyclePolicy', { repositoryName: name, lifecyclePolicyText: documentText(lifecycle['LifecyclePolicyText']) });
    }
    if (properties['RepositoryPolicyText'] !== undefined) {
      await context.call('ecr', 'SetRepositoryPolicy', { repositoryName: name, policyText: documentText(properties['RepositoryPolicyText']) });
    }
    return { physicalId: name, attributes: { Arn: repository['repositoryArn'], RepositoryUri: repository['repositoryUri'] } };
  },
};

const CLUSTER: ResourceKind = {
  service: 'ecs',
  required: [],
  optional: ['CapacityProviders', 'ClusterName', 'ClusterSettings', 'Configuration', 'DefaultCapacityProviderStrategy', 'ServiceConnectDefaults', 'Tags'],
  async make(properties, context) {
    const name = String(properties['ClusterName'] ?? context.newName(255));
    const { ClusterName: _given, ClusterSettings: settings, ...rest } = properties;
    const { cluster } = await context.call('ecs', 'CreateCluster', {
      clusterName: name,
      ...(lowerCamel(rest) as object),
      ...(settings === undefined ? {} : { settings: lowerCamel(settings) }),
    });
    return { physicalId: name, attributes: { Arn: cluster['clusterArn'] } };
  },
};

export const DELIVERY_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::CodeDeploy::Application': APPLICATION,
  'AWS::CodeDeploy::DeploymentConfig': DEPLOYMENT_CONFIG,
  'AWS::ECR::Repository': REPOSITORY,
  'AWS::ECS::Cluster': CLUSTER,
};
