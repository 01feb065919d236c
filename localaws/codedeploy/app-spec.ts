// Reads the AppSpec of an ECS deployment: JSON or YAML, keys in any case, as AWS's own tools write them.
import { parse as parseYaml } from 'yaml';
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { HOOK_EVENTS, type HookEvent } from './lifecycle/lifecycle.ts';
import { APP_SPEC_BYTES_MAX } from './limits.ts';

export interface AppSpec {
  readonly taskDefinition: string;
  readonly containerName: string;
  readonly containerPort: number;
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: AwsShape | undefined;
  readonly capacityProviderStrategy: AwsShape[] | undefined;
  readonly hooks: Readonly<Partial<Record<HookEvent, string>>>;
}

const TASK_DEFINITION_ARN = /^arn:[^:]+:ecs:[^:]+:\d{12}:task-definition\/[^:]+:\d+$/;

function invalid(message: string): AwsError {
  return new AwsError('InvalidRevisionException', message);
}

/** @throws AwsError InvalidRevisionException when the content is not a valid AppSpec for an ECS service. */
export function parseAppSpec(content: string): AppSpec {
  const root = structure(parseText(content), 'The AppSpec file');
  const version = member(root, 'version');
  if (Number(version) !== 0 || version === undefined || version === null || version === '') {
    throw invalid(`The AppSpec version must be 0.0 (found: ${version === undefined ? 'none' : String(version)})`);
  }
  const properties = targetServiceProperties(root);
  const taskDefinition = member(properties, 'TaskDefinition');
  if (typeof taskDefinition !== 'string' || !TASK_DEFINITION_ARN.test(taskDefinition)) {
    throw invalid('The AppSpec property TaskDefinition must be the full ARN of an Amazon ECS task definition');
  }
  const loadBalancer = structure(member(properties, 'LoadBalancerInfo'), 'The AppSpec property LoadBalancerInfo');
  const containerName = member(loadBalancer, 'ContainerName');
  const containerPort = Number(member(loadBalancer, 'ContainerPort'));
  if (typeof containerName !== 'string' || containerName === '') throw invalid('LoadBalancerInfo needs a ContainerName');
  if (!Number.isInteger(containerPort) || containerPort < 1 || containerPort > 65_535) throw invalid('LoadBalancerInfo needs a valid ContainerPort');
  const platformVersion = member(properties, 'PlatformVersion');
  return {
    taskDefinition,
    containerName,
    containerPort,
    platformVersion: typeof platformVersion === 'string' && platformVersion !== '' ? platformVersion : undefined,
    networkConfiguration: networkConfiguration(member(properties, 'NetworkConfiguration')),
    capacityProviderStrategy: capacityProviderStrategy(member(properties, 'CapacityProviderStrategy')),
    hooks: parseHooks(member(root, 'Hooks')),
  };
}

function parseText(content: string): unknown {
  if (Buffer.byteLength(content) > APP_SPEC_BYTES_MAX) throw invalid(`The AppSpec content is larger than ${APP_SPEC_BYTES_MAX} bytes`);
  try {
    return content.trimStart().startsWith('{') ? JSON.parse(content) : parseYaml(content);
  } catch (jsonFailure) {
    try {
      // A YAML flow mapping also begins with a brace.
      return parseYaml(content);
    } catch {
      throw new AwsError('InvalidRevisionException', 'The AppSpec content is neither valid JSON nor valid YAML', { cause: jsonFailure });
    }
  }
}

function targetServiceProperties(root: AwsShape): AwsShape {
  const resources = member(root, 'Resources');
  if (!Array.isArray(resources) || resources.length !== 1) throw invalid('The AppSpec Resources section must list exactly one resource');
  const entries = Object.values(structure(resources[0], 'The AppSpec resource'));
  if (entries.length !== 1) throw invalid('The AppSpec Resources section must list exactly one resource');
  const service = structure(entries[0], 'The AppSpec resource');
  if (member(service, 'Type') !== 'AWS::ECS::Service') throw invalid('The AppSpec resource type must be AWS::ECS::Service');
  return structure(member(service, 'Properties'), 'The AppSpec resource Properties');
}

function parseHooks(value: unknown): Partial<Record<HookEvent, string>> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw invalid('The AppSpec Hooks section must be a list');
  const hooks: Partial<Record<HookEvent, string>> = {};
  for (const item of value) {
    for (const [key, functionName] of Object.entries(structure(item, 'An AppSpec hook'))) {
      const event = HOOK_EVENTS.find((candidate) => candidate.toLowerCase() === key.toLowerCase());
      if (event === undefined) throw invalid(`The AppSpec hook ${key} is not a lifecycle event hook of an Amazon ECS deployment`);
      if (hooks[event] !== undefined) throw invalid(`The AppSpec hook ${key} is specified more than once`);
      if (typeof functionName !== 'string' || functionName === '') throw invalid(`The AppSpec hook ${key} must name one Lambda function`);
      hooks[event] = functionName;
    }
  }
  return hooks;
}

function networkConfiguration(value: unknown): AwsShape | undefined {
  if (value === undefined || value === null) return undefined;
  const awsvpc = structure(member(structure(value, 'NetworkConfiguration'), 'AwsvpcConfiguration'), 'AwsvpcConfiguration');
  const subnets = member(awsvpc, 'Subnets');
  if (!Array.isArray(subnets) || subnets.length === 0) throw invalid('AwsvpcConfiguration needs Subnets');
  const securityGroups = member(awsvpc, 'SecurityGroups');
  const assignPublicIp = member(awsvpc, 'AssignPublicIp');
  return {
    awsvpcConfiguration: {
      subnets: subnets.map(String),
      ...(Array.isArray(securityGroups) ? { securityGroups: securityGroups.map(String) } : {}),
      ...(typeof assignPublicIp === 'string' ? { assignPublicIp } : {}),
    },
  };
}

function capacityProviderStrategy(value: unknown): AwsShape[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw invalid('CapacityProviderStrategy must be a list');
  return value.map((item) => {
    const entry = structure(item, 'CapacityProviderStrategy');
    const capacityProvider = member(entry, 'CapacityProvider');
    if (typeof capacityProvider !== 'string') throw invalid('CapacityProviderStrategy needs a CapacityProvider');
    const base = member(entry, 'Base');
    const weight = member(entry, 'Weight');
    return {
      capacityProvider,
      ...(base === undefined ? {} : { base: Number(base) }),
      ...(weight === undefined ? {} : { weight: Number(weight) }),
    };
  });
}

function structure(value: unknown, what: string): AwsShape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${what} must be a mapping`);
  return value as AwsShape;
}

function member(record: AwsShape, name: string): unknown {
  const key = Object.keys(record).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : record[key];
}
