// CreateLoadBalancer to DeleteLoadBalancer and the attributes. A load balancer by itself serves nothing; its listeners do.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { describeAttributes, initialAttributes, modifyAttributes } from './attributes.ts';
import { LOAD_BALANCERS_MAX, NAME_LENGTH_MAX, PROVISIONING_MS } from './limits.ts';
import { type LoadBalancer, type LoadBalancing, loadBalancerOf } from './load-balancing-state.ts';
import { pageOf } from './pages.ts';
import { notOffered, oneOf, requiredText, shapes, text, texts, validationError } from './request-members.ts';
import { parseTags } from './tag-operations.ts';

/** There is no EC2 here to say which VPC a subnet is in, so all are in this one. */
const VPC_ID = 'vpc-00000000000000000';
const ZONE_LETTERS = 'abcdef';

export interface LoadBalancerHooks {
  /** Called after a load balancer was made: its metrics begin. */
  created(): void;
  /** Closes the listeners of a load balancer that is about to go. */
  closeListeners(loadBalancer: LoadBalancer): void;
}

/** The name rules load balancers and target groups share. */
export function checkName(name: string, title: string): void {
  if (name.length > NAME_LENGTH_MAX) throw validationError(`The ${title} name '${name}' cannot be longer than '${NAME_LENGTH_MAX}' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name))
    throw validationError(`The ${title} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`);
  if (name.startsWith('-') || name.endsWith('-')) throw validationError(`The ${title} name '${name}' cannot begin or end with a hyphen(-)`);
}

function describe(region: Region, loadBalancer: LoadBalancer): AwsShape {
  const isActive = region.clock.now() >= loadBalancer.createdAt + PROVISIONING_MS;
  return {
    LoadBalancerArn: loadBalancer.arn,
    // AWS gives NAME-ID.REGION.elb.amazonaws.com. Here it is the address the listeners are really reached at, so that
    // http://DNSName:PORT works without a resolver.
    DNSName: '127.0.0.1',
    CanonicalHostedZoneId: loadBalancer.hostedZoneId,
    CreatedTime: new Date(loadBalancer.createdAt),
    LoadBalancerName: loadBalancer.name,
    Scheme: loadBalancer.scheme,
    VpcId: VPC_ID,
    State: { Code: isActive ? 'active' : 'provisioning' },
    Type: 'application',
    AvailabilityZones: describeZones(region, loadBalancer),
    SecurityGroups: [...loadBalancer.securityGroups],
    IpAddressType: loadBalancer.ipAddressType,
  };
}

function describeZones(region: Region, loadBalancer: LoadBalancer): AwsShape[] {
  return loadBalancer.subnets.map((SubnetId, index) => ({ ZoneName: `${region.name}${ZONE_LETTERS[index]}`, SubnetId, LoadBalancerAddresses: [] }));
}

function parseSubnets(input: AwsShape): string[] {
  const subnets = [...texts(input, 'Subnets'), ...shapes(input, 'SubnetMappings').map((mapping) => requiredText(mapping, 'SubnetId'))];
  if (subnets.length < 2) throw validationError('At least two subnets in two different Availability Zones must be specified');
  if (subnets.length > ZONE_LETTERS.length) throw validationError(`At most ${ZONE_LETTERS.length} subnets can be specified`);
  if (new Set(subnets).size < subnets.length) throw validationError('A subnet can be specified only once');
  const wrong = subnets.find((subnet) => !subnet.startsWith('subnet-'));
  if (wrong !== undefined) throw new AwsError('SubnetNotFound', `The subnet ID '${wrong}' is not valid`);
  return subnets;
}

function parseSecurityGroups(input: AwsShape): string[] {
  const groups = texts(input, 'SecurityGroups');
  const wrong = groups.find((group) => !group.startsWith('sg-'));
  if (wrong !== undefined) throw new AwsError('InvalidSecurityGroup', `The security group '${wrong}' does not exist`);
  return groups;
}

function create(region: Region, state: LoadBalancing, input: AwsShape): LoadBalancer {
  const name = requiredText(input, 'Name');
  checkName(name, 'load balancer');
  if (name.startsWith('internal-')) throw validationError(`The load balancer name '${name}' cannot begin with 'internal-'`);
  const type = oneOf(input, 'Type', ['application', 'network', 'gateway']) ?? 'application';
  if (type !== 'application') throw notOffered(`the load balancer type '${type}' (only 'application')`);
  const scheme = oneOf(input, 'Scheme', ['internet-facing', 'internal']) ?? 'internet-facing';
  const ipAddressType = oneOf(input, 'IpAddressType', ['ipv4', 'dualstack', 'dualstack-without-public-ipv4']) ?? 'ipv4';
  const subnets = parseSubnets(input);
  const securityGroups = parseSecurityGroups(input);
  const tags = parseTags(input);
  const existing = [...state.loadBalancers.values()].find((candidate) => candidate.name === name);
  if (existing !== undefined) {
    if (existing.scheme === scheme && existing.subnets.join() === subnets.join() && existing.ipAddressType === ipAddressType) return existing;
    throw new AwsError('DuplicateLoadBalancerName', `A load balancer with the same name '${name}' exists, but with different settings`);
  }
  if (state.loadBalancers.size >= LOAD_BALANCERS_MAX) throw new AwsError('TooManyLoadBalancers', 'The maximum number of load balancers has been reached');
  const dimension = `app/${name}/${region.ids.hex(16)}`;
  const loadBalancer: LoadBalancer = {
    arn: region.arn('elasticloadbalancing', `loadbalancer/${dimension}`),
    name,
    dimension,
    scheme,
    createdAt: region.clock.now(),
    hostedZoneId: `Z${region.ids.upper(13)}`,
    ipAddressType,
    subnets,
    securityGroups,
    attributes: initialAttributes('load balancer'),
  };
  state.loadBalancers.set(loadBalancer.arn, loadBalancer);
  state.tags.set(loadBalancer.arn, new Map(tags));
  return loadBalancer;
}

function describeAll(region: Region, state: LoadBalancing, input: AwsShape): AwsShape {
  const arns = texts(input, 'LoadBalancerArns');
  const names = texts(input, 'Names');
  if (arns.length > 0 && names.length > 0) throw validationError('Load balancer names and load balancer ARNs cannot be specified at the same time');
  const all = [...state.loadBalancers.values()];
  const byName = names.map((name) => {
    const found = all.find((candidate) => candidate.name === name);
    if (found === undefined) throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`);
    return found;
  });
  const chosen = arns.length > 0 ? arns.map((arn) => loadBalancerOf(state, arn)) : names.length > 0 ? byName : all;
  return pageOf(input, 'LoadBalancers', chosen, (loadBalancer) => describe(region, loadBalancer));
}

const judged = (input: AwsShape): string[] => [text(input, 'LoadBalancerArn') ?? '*'];

export function loadBalancerOperations(region: Region, state: LoadBalancing, hooks: LoadBalancerHooks): Readonly<Record<string, Operation>> {
  const named = (input: AwsShape): LoadBalancer => loadBalancerOf(state, requiredText(input, 'LoadBalancerArn'));
  return {
    CreateLoadBalancer: {
      resources: (input) => [region.arn('elasticloadbalancing', `loadbalancer/app/${text(input, 'Name') ?? ''}/*`)],
      handle(input) {
        const loadBalancer = create(region, state, input);
        hooks.created();
        return { LoadBalancers: [describe(region, loadBalancer)] };
      },
    },
    DescribeLoadBalancers: { handle: (input) => describeAll(region, state, input) },
    DeleteLoadBalancer: {
      resources: judged,
      handle(input) {
        const loadBalancer = state.loadBalancers.get(requiredText(input, 'LoadBalancerArn'));
        // Deleting what is already gone succeeds, as in AWS.
        if (loadBalancer === undefined) return {};
        if (loadBalancer.attributes.get('deletion_protection.enabled') === 'true') {
          throw new AwsError('OperationNotPermitted', `Load balancer '${loadBalancer.arn}' cannot be deleted because deletion protection is enabled`);
        }
        hooks.closeListeners(loadBalancer);
        state.loadBalancers.delete(loadBalancer.arn);
        state.tags.delete(loadBalancer.arn);
        return {};
      },
    },
    DescribeLoadBalancerAttributes: { handle: (input) => ({ Attributes: describeAttributes(named(input).attributes) }) },
    ModifyLoadBalancerAttributes: {
      resources: judged,
      handle: (input) => ({ Attributes: modifyAttributes('load balancer', named(input).attributes, input) }),
    },
    SetSecurityGroups: {
      resources: judged,
      handle(input) {
        const loadBalancer = named(input);
        loadBalancer.securityGroups = parseSecurityGroups(input);
        return { SecurityGroupIds: [...loadBalancer.securityGroups] };
      },
    },
    SetSubnets: {
      resources: judged,
      handle(input) {
        const loadBalancer = named(input);
        loadBalancer.subnets = parseSubnets(input);
        return { AvailabilityZones: describeZones(region, loadBalancer), IpAddressType: loadBalancer.ipAddressType };
      },
    },
  };
}
