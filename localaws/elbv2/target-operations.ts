// RegisterTargets, DeregisterTargets, DescribeTargetHealth, and the draining between the last two.
import { isIPv4 } from 'node:net';
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { TARGETS_PER_GROUP_MAX } from './limits.ts';
import { type LoadBalancing, loadBalancersUsing, type Target, type TargetGroup, targetGroupOf } from './load-balancing-state.ts';
import { integer, requiredText, shapes, text, validationError } from './request-members.ts';
import { DRAINING, NOT_IN_USE, NOT_REGISTERED, type TargetHealth } from './target-health.ts';

export interface TargetHooks {
  /** Starts or stops the health checks of a group's targets as its state now demands. */
  targetsChanged(group: TargetGroup): void;
}

interface NamedTarget {
  readonly id: string;
  readonly port: number;
  readonly zone: string | undefined;
}

/** Addresses a target may have: RFC 1918 and RFC 6598 as in AWS, and loopback, which is where things run here. */
const ADDRESS = /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

function parseTargets(group: TargetGroup, input: AwsShape): NamedTarget[] {
  return shapes(input, 'Targets').map((given) => ({
    id: requiredText(given, 'Id'),
    port: integer(given, 'Port', { min: 1, max: 65_535 }) ?? group.port,
    zone: text(given, 'AvailabilityZone'),
  }));
}

export function targetKey(target: { id: string; port: number }): string {
  return `${target.id}:${target.port}`;
}

function checkRegistrable(group: TargetGroup, targets: readonly NamedTarget[]): void {
  for (const { id } of targets) {
    if (group.targetType === 'instance') {
      if (!/^i-[0-9a-f]{8,17}$/.test(id)) throw validationError(`Instance ID '${id}' is not valid`);
      // A region without EC2 has no instance that could be registered.
      throw new AwsError('InvalidTarget', `The following targets are not in a running state and cannot be registered: '${id}'`);
    }
    if (!isIPv4(id)) throw validationError(`The IP address '${id}' is not a valid IPv4 address`);
    if (!ADDRESS.test(id)) throw new AwsError('InvalidTarget', `The IP address '${id}' is not within the VPC or a private address range`);
  }
}

/** AWS knows the zone of an address from its subnet; here it is drawn from the address, the same one each time. */
function zoneOf(region: Region, id: string): string {
  let hash = 2_166_136_261;
  for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return `${region.name}${(hash >>> 8) % 2 === 0 ? 'a' : 'b'}`;
}

function register(region: Region, group: TargetGroup, input: AwsShape): void {
  const named = parseTargets(group, input);
  if (named.length === 0) throw validationError('At least one target must be specified');
  checkRegistrable(group, named);
  const added = named.filter((target) => !group.targets.has(targetKey(target)));
  if (group.targets.size + added.length > TARGETS_PER_GROUP_MAX) {
    throw new AwsError('TooManyTargets', `The maximum number of targets per target group (${TARGETS_PER_GROUP_MAX}) has been reached`);
  }
  for (const { id, port, zone } of named) {
    const existing = group.targets.get(targetKey({ id, port }));
    if (existing !== undefined && existing.health.state !== 'draining') continue;
    group.targets.delete(targetKey({ id, port }));
    group.targets.set(targetKey({ id, port }), {
      id,
      port,
      zone: zone === undefined || zone === 'all' ? zoneOf(region, id) : zone,
      zoneGiven: zone !== undefined,
      registeredAt: region.clock.now(),
      health: NOT_IN_USE,
      slowStartFrom: undefined,
      outstanding: 0,
    });
  }
}

/** Requests under way are never cut, not even when the delay ends: at a high clock speed it is a few real milliseconds. */
function drain(region: Region, group: TargetGroup, target: Target): void {
  const gone = (): void => {
    if (group.targets.get(targetKey(target)) === target) group.targets.delete(targetKey(target));
  };
  // A target whose group is in no rule has no connection to wait for.
  if (target.health.state === 'unused') {
    gone();
    return;
  }
  target.health = DRAINING;
  const delaySeconds = Number(group.attributes.get('deregistration_delay.timeout_seconds') ?? 300);
  region.clock.schedule(delaySeconds * 1_000, gone, `deregistration delay of ${targetKey(target)}`);
}

function deregister(region: Region, group: TargetGroup, input: AwsShape): void {
  const given = shapes(input, 'Targets');
  if (given.length === 0) throw validationError('At least one target must be specified');
  const named = parseTargets(group, input);
  for (const [index, { id, port }] of named.entries()) {
    // Without a port AWS deregisters every port of that target.
    const anyPort = text(given[index] ?? {}, 'Port') === undefined;
    for (const target of [...group.targets.values()]) {
      if (target.id === id && (anyPort || target.port === port) && target.health.state !== 'draining') drain(region, group, target);
    }
  }
}

function describeHealth(state: LoadBalancing, group: TargetGroup, input: AwsShape): AwsShape {
  const asked = parseTargets(group, input);
  const all = [...group.targets.values()];
  const isUsed = loadBalancersUsing(state, group.arn).length > 0;
  const rows: { target: NamedTarget | Target; health: TargetHealth }[] =
    asked.length === 0
      ? all.map((target) => ({ target, health: target.health }))
      : asked.map((named) => {
          const found = group.targets.get(targetKey(named));
          return { target: found ?? named, health: found?.health ?? NOT_REGISTERED };
        });
  return {
    TargetHealthDescriptions: rows.map(({ target, health }) => ({
      Target: { Id: target.id, Port: target.port, ...(target.zone === undefined ? {} : { AvailabilityZone: target.zone }) },
      HealthCheckPort: group.healthCheck.port === 'traffic-port' ? String(target.port) : group.healthCheck.port,
      TargetHealth: { State: health.state, Reason: health.reason, Description: health.description },
      ...(isUsed && health.state === 'healthy' ? { AnomalyDetection: { Result: 'normal', MitigationInEffect: 'no' } } : {}),
    })),
  };
}

const judged = (input: AwsShape): string[] => [text(input, 'TargetGroupArn') ?? '*'];

export function targetOperations(region: Region, state: LoadBalancing, hooks: TargetHooks): Readonly<Record<string, Operation>> {
  const named = (input: AwsShape): TargetGroup => targetGroupOf(state, requiredText(input, 'TargetGroupArn'));
  return {
    RegisterTargets: {
      resources: judged,
      handle(input) {
        const group = named(input);
        register(region, group, input);
        hooks.targetsChanged(group);
        return {};
      },
    },
    DeregisterTargets: {
      resources: judged,
      handle(input) {
        const group = named(input);
        deregister(region, group, input);
        hooks.targetsChanged(group);
        return {};
      },
    },
    DescribeTargetHealth: { handle: (input) => describeHealth(state, named(input), input) },
  };
}
