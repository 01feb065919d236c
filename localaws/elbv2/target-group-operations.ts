// CreateTargetGroup to DeleteTargetGroup and the attributes.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { describeAttributes, initialAttributes, modifyAttributes } from './attributes.ts';
import { DEFAULT_HEALTH_CHECK, parseHealthCheck } from './health-check-settings.ts';
import { TARGET_GROUPS_MAX } from './limits.ts';
import { checkName } from './load-balancer-operations.ts';
import { type LoadBalancing, loadBalancerOf, loadBalancersUsing, type TargetGroup, targetGroupOf } from './load-balancing-state.ts';
import { pageOf } from './pages.ts';
import { integer, notOffered, oneOf, requiredText, text, texts, validationError } from './request-members.ts';
import { parseTags } from './tag-operations.ts';

const PROTOCOLS = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'] as const;

export interface TargetGroupHooks {
  /** Forgets everything about a group that is gone. */
  deleted(group: TargetGroup): void;
}

function describe(state: LoadBalancing, group: TargetGroup): AwsShape {
  const { healthCheck } = group;
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: loadBalancersUsing(state, group.arn).map((loadBalancer) => loadBalancer.arn),
    TargetType: group.targetType,
    ProtocolVersion: group.protocolVersion,
    IpAddressType: group.ipAddressType,
  };
}

function parse(region: Region, input: AwsShape): TargetGroup {
  const name = requiredText(input, 'Name');
  checkName(name, 'target group');
  const targetType = oneOf(input, 'TargetType', ['instance', 'ip', 'lambda', 'alb']) ?? 'instance';
  if (targetType === 'lambda' || targetType === 'alb') throw notOffered(`the target type '${targetType}' (only 'ip' and 'instance')`);
  const protocol = oneOf(input, 'Protocol', PROTOCOLS);
  if (protocol === undefined) throw validationError('A protocol must be specified');
  if (protocol !== 'HTTP') throw notOffered(`the target group protocol '${protocol}' (only 'HTTP')`);
  const protocolVersion = oneOf(input, 'ProtocolVersion', ['HTTP1', 'HTTP2', 'GRPC']) ?? 'HTTP1';
  if (protocolVersion !== 'HTTP1') throw notOffered(`the protocol version '${protocolVersion}' (only 'HTTP1')`);
  const port = integer(input, 'Port', { min: 1, max: 65_535 });
  if (port === undefined) throw validationError('A port must be specified');
  const vpcId = text(input, 'VpcId');
  if (vpcId === undefined || vpcId === '') throw validationError('A VPC ID must be specified');
  if (!vpcId.startsWith('vpc-')) throw validationError(`The VPC ID '${vpcId}' is not found`);
  const ipAddressType = oneOf(input, 'IpAddressType', ['ipv4', 'ipv6']) ?? 'ipv4';
  if (ipAddressType !== 'ipv4') throw notOffered("the target group IP address type 'ipv6'");
  const dimension = `targetgroup/${name}/${region.ids.hex(16)}`;
  return {
    arn: region.arn('elasticloadbalancing', dimension),
    name,
    dimension,
    protocol,
    protocolVersion,
    port,
    vpcId,
    targetType,
    ipAddressType,
    healthCheck: parseHealthCheck(input, DEFAULT_HEALTH_CHECK),
    attributes: initialAttributes('target group'),
    targets: new Map(),
    turns: 0,
  };
}

function isSame(a: TargetGroup, b: TargetGroup): boolean {
  const settings = (group: TargetGroup): string =>
    JSON.stringify([group.protocol, group.protocolVersion, group.port, group.vpcId, group.targetType, group.healthCheck]);
  return settings(a) === settings(b);
}

function create(region: Region, state: LoadBalancing, input: AwsShape): TargetGroup {
  const group = parse(region, input);
  const tags = parseTags(input);
  const existing = [...state.targetGroups.values()].find((candidate) => candidate.name === group.name);
  if (existing !== undefined) {
    if (isSame(existing, group)) return existing;
    throw new AwsError('DuplicateTargetGroupName', `A target group with the same name '${group.name}' exists, but with different settings`);
  }
  if (state.targetGroups.size >= TARGET_GROUPS_MAX) throw new AwsError('TooManyTargetGroups', 'The maximum number of target groups has been reached');
  state.targetGroups.set(group.arn, group);
  state.tags.set(group.arn, new Map(tags));
  return group;
}

function describeAll(state: LoadBalancing, input: AwsShape): AwsShape {
  const arns = texts(input, 'TargetGroupArns');
  const names = texts(input, 'Names');
  const loadBalancerArn = text(input, 'LoadBalancerArn');
  const filters = [arns.length > 0, names.length > 0, loadBalancerArn !== undefined].filter((isUsed) => isUsed);
  if (filters.length > 1) throw validationError('Target group ARNs, target group names and a load balancer ARN cannot be specified at the same time');
  const all = [...state.targetGroups.values()];
  return pageOf(input, 'TargetGroups', chosen(), (group) => describe(state, group));

  function chosen(): TargetGroup[] {
    if (arns.length > 0) return arns.map((arn) => targetGroupOf(state, arn));
    if (loadBalancerArn !== undefined) {
      const { arn } = loadBalancerOf(state, loadBalancerArn);
      return all.filter((group) => loadBalancersUsing(state, group.arn).some((user) => user.arn === arn));
    }
    if (names.length === 0) return all;
    return names.map((name) => {
      const found = all.find((group) => group.name === name);
      if (found === undefined) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
      return found;
    });
  }
}

const judged = (input: AwsShape): string[] => [text(input, 'TargetGroupArn') ?? '*'];

export function targetGroupOperations(region: Region, state: LoadBalancing, hooks: TargetGroupHooks): Readonly<Record<string, Operation>> {
  const named = (input: AwsShape): TargetGroup => targetGroupOf(state, requiredText(input, 'TargetGroupArn'));
  return {
    CreateTargetGroup: {
      resources: (input) => [region.arn('elasticloadbalancing', `targetgroup/${text(input, 'Name') ?? ''}/*`)],
      handle: (input) => ({ TargetGroups: [describe(state, create(region, state, input))] }),
    },
    DescribeTargetGroups: { handle: (input) => describeAll(state, input) },
    ModifyTargetGroup: {
      resources: judged,
      handle(input) {
        const group = named(input);
        // Takes effect at each target's next check.
        group.healthCheck = parseHealthCheck(input, group.healthCheck);
        return { TargetGroups: [describe(state, group)] };
      },
    },
    DeleteTargetGroup: {
      resources: judged,
      handle(input) {
        const group = state.targetGroups.get(requiredText(input, 'TargetGroupArn'));
        if (group === undefined) return {};
        if (loadBalancersUsing(state, group.arn).length > 0) {
          throw new AwsError('ResourceInUse', `Target group '${group.arn}' is currently in use by a listener or a rule`);
        }
        state.targetGroups.delete(group.arn);
        state.tags.delete(group.arn);
        hooks.deleted(group);
        return {};
      },
    },
    DescribeTargetGroupAttributes: { handle: (input) => ({ Attributes: describeAttributes(named(input).attributes) }) },
    ModifyTargetGroupAttributes: {
      resources: judged,
      handle: (input) => ({ Attributes: modifyAttributes('target group', named(input).attributes, input) }),
    },
  };
}
