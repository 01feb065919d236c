// A stand-in for Elastic Load Balancing in the tests of ECS: target groups whose health the test decides.
import { AwsError } from '../../../../localaws/endpoint/aws-error.ts';
import type { AwsShape, ServiceFactory } from '../../../../localaws/region.ts';

export interface GroupDouble {
  readonly arn: string;
  targetType: string;
  loadBalancerArns: string[];
  /** What a registered target answers by its address; `unused` groups answer that whatever this says. */
  health: (address: string) => AwsShape;
  deregistrationDelayMs: number;
  readonly targets: Map<string, { port: number; drainingSince: number | undefined; registeredAt: number }>;
}

export interface ElbDouble {
  readonly factory: ServiceFactory;
  group(name: string, options?: Partial<Omit<GroupDouble, 'arn' | 'targets'>>): GroupDouble;
  /** Every call in order, as `Operation address`. */
  readonly calls: { operation: string; address: string; at: number }[];
  /** Makes the next calls of an operation fail. */
  fail(operation: string, times: number): void;
}

export function createElbDouble(): ElbDouble {
  const groups = new Map<string, GroupDouble>();
  const calls: ElbDouble['calls'] = [];
  const failures = new Map<string, number>();
  const require = (arn: unknown): GroupDouble => {
    const group = groups.get(String(arn));
    if (group === undefined) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
    return group;
  };
  const maybeFail = (operation: string): void => {
    const left = failures.get(operation) ?? 0;
    if (left <= 0) return;
    failures.set(operation, left - 1);
    throw new AwsError('Throttling', 'Rate exceeded');
  };
  const factory: ServiceFactory = (region) => ({
    name: 'elasticloadbalancing',
    iamPrefix: 'elasticloadbalancing',
    wires: [],
    operations: {
      DescribeTargetGroups: {
        handle: (input) => ({
          TargetGroups: input['TargetGroupArns'].map((arn: string) => {
            const group = require(arn);
            return { TargetGroupArn: group.arn, TargetType: group.targetType, LoadBalancerArns: group.loadBalancerArns };
          }),
        }),
      },
      RegisterTargets: {
        handle: (input) => {
          maybeFail('RegisterTargets');
          for (const { Id, Port } of input['Targets']) {
            calls.push({ operation: 'RegisterTargets', address: Id, at: region.clock.now() });
            require(input['TargetGroupArn']).targets.set(Id, { port: Port, drainingSince: undefined, registeredAt: region.clock.now() });
          }
          return {};
        },
      },
      DeregisterTargets: {
        handle: (input) => {
          maybeFail('DeregisterTargets');
          const group = require(input['TargetGroupArn']);
          for (const { Id } of input['Targets']) {
            calls.push({ operation: 'DeregisterTargets', address: Id, at: region.clock.now() });
            const target = group.targets.get(Id);
            if (target !== undefined) target.drainingSince = region.clock.now();
          }
          return {};
        },
      },
      DescribeTargetHealth: {
        handle: (input) => {
          maybeFail('DescribeTargetHealth');
          const group = require(input['TargetGroupArn']);
          return {
            TargetHealthDescriptions: input['Targets'].map((target: AwsShape) => ({
              Target: target,
              TargetHealth: healthOf(group, String(target['Id']), region.clock.now()),
            })),
          };
        },
      },
    },
  });
  return {
    factory,
    calls,
    group(name, options = {}) {
      const arn = `arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/${name}/0123456789abcdef`;
      const group: GroupDouble = {
        arn,
        targetType: 'ip',
        loadBalancerArns: ['arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/main/1'],
        health: () => ({ State: 'healthy' }),
        deregistrationDelayMs: 300_000,
        targets: new Map(),
        ...options,
      };
      groups.set(arn, group);
      return group;
    },
    fail: (operation, times) => {
      failures.set(operation, times);
    },
  };
}

function healthOf(group: GroupDouble, address: string, now: number): AwsShape {
  const target = group.targets.get(address);
  if (target?.drainingSince !== undefined && now - target.drainingSince >= group.deregistrationDelayMs) group.targets.delete(address);
  if (!group.targets.has(address)) return { State: 'unused', Reason: 'Target.NotRegistered' };
  if (target?.drainingSince !== undefined) return { State: 'draining', Reason: 'Target.DeregistrationInProgress' };
  if (group.loadBalancerArns.length === 0) return { State: 'unused', Reason: 'Target.NotInUse' };
  return group.health(address);
}
