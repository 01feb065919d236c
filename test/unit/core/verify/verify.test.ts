import { describe, expect, test } from '@jest/globals';
import type { ServiceBalancer } from '#core/inspection/service-facts.ts';
import { verifyService } from '#core/verify/verify.ts';
import type { VerifyFacts, VerifyTarget } from '#core/verify/verify-facts.ts';

const listener = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/orders/0a/0b';
const balancer: ServiceBalancer = {
  targetGroupArn: 'arn:blue',
  alternateTargetGroupArn: 'arn:green',
  productionRuleArn: `${listener.replace(':listener/', ':listener-rule/')}/0c`,
  testRuleArn: `${listener.replace(':listener/', ':listener-rule/')}/0d`,
  containerName: 'app',
  containerPort: 8080,
};
const group = (name: string) => ({ arn: `arn:${name}`, name, targetType: 'ip', port: 8080, healthCheckPath: '/health', matcher: '200', targets: [] });
const facts: VerifyFacts = {
  cluster: 'prod',
  service: 'orders',
  account: '111122223333',
  region: 'us-east-1',
  observed: { status: 'ACTIVE', deploymentController: 'ECS', desiredCount: 2, onFargate: true, taskDefinitionArn: 'arn:td', balancers: [balancer], alarms: [] },
  taskDefinition: {
    family: 'orders',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
    containerDefinitions: [{ name: 'app', image: 'x', portMappings: [{ containerPort: 8080 }] }],
  },
  groups: [],
  targetGroups: [group('blue'), group('green')],
  listeners: [{ arn: listener, port: 443, protocol: 'HTTPS', loadBalancerName: 'orders', host: 'orders.example.com' }],
  images: [],
  roles: [],
  permissions: [],
  secrets: [],
  logGroups: [],
  hooks: [],
  alarms: [],
};
const target: VerifyTarget = {
  driver: 'ecs',
  deploymentGroup: undefined,
  container: undefined,
  repository: 'team/orders',
  alarms: [],
  smokeChecks: 1,
  rolling: false,
};
const found = (changed: Partial<VerifyFacts>, wanted: Partial<VerifyTarget> = {}) =>
  verifyService({ ...facts, ...changed }, { ...target, ...wanted }).map(({ level, check }) => `${level} ${check}`);
const withBalancer = (changed: Partial<ServiceBalancer>): Partial<VerifyFacts> => {
  const { observed } = facts;
  return observed === undefined ? {} : { observed: { ...observed, balancers: [{ ...balancer, ...changed }] } };
};

describe('a service that ECS deploys', () => {
  test('passes when all is there, and when nothing could be read of roles, images and permissions', () => {
    expect(found({})).toEqual([]);
  });

  test('without a second target group is a fault, and nothing else is said of its routes', () => {
    const { alternateTargetGroupArn: _, productionRuleArn: __, testRuleArn: ___, ...rolling } = balancer;
    const { observed } = facts;
    expect(observed === undefined ? [] : found({ observed: { ...observed, balancers: [rolling] } })).toEqual(['fault targetGroup']);
  });

  test('without a load balancer is a fault unless its tasks are replaced', () => {
    const observed = facts.observed === undefined ? undefined : { ...facts.observed, balancers: [] };
    expect(found({ observed })).toEqual(['fault productionRoute']);
    expect(found({ observed }, { rolling: true })).toEqual([]);
  });

  test('without a test rule is a fault only where smoke checks need it', () => {
    const { testRuleArn: _, ...untested } = balancer;
    const observed = facts.observed === undefined ? undefined : { ...facts.observed, balancers: [untested] };
    expect(found({ observed })).toEqual(['fault testRoute']);
    expect(found({ observed }, { smokeChecks: 0 })).toEqual(['warning testRoute']);
  });

  test('whose rules are of a listener that is gone is a fault for each', () => {
    expect(found({ listeners: [] })).toEqual(['fault listener', 'fault listener']);
  });

  test('whose infrastructure role trusts somebody else is a fault', () => {
    const arn = 'arn:aws:iam::111122223333:role/ecs';
    expect(found({ ...withBalancer({ roleArn: arn }), roles: [{ arn, exists: true, trusts: ['ec2.amazonaws.com'] }] })).toEqual(['fault roles']);
    expect(found({ ...withBalancer({ roleArn: arn }), roles: [{ arn, exists: true, trusts: undefined }] })).toEqual([]);
  });
});

describe('what is there, and not as it should be', () => {
  test.each<[string, Partial<VerifyFacts>, readonly string[]]>([
    ['no service', { observed: undefined, taskDefinition: undefined, targetGroups: [], listeners: [] }, ['fault service']],
    ['a target group that is gone', { targetGroups: [group('blue')] }, ['fault targetGroup']],
    [
      'several containers and none named',
      { taskDefinition: { ...facts.taskDefinition, containerDefinitions: [{ name: 'app', portMappings: [{ containerPort: 8080 }] }, { name: 'b' }] } },
      ['fault container'],
    ],
    ['no size on Fargate', { taskDefinition: { ...facts.taskDefinition, cpu: undefined } }, ['fault taskSize']],
  ])('%s', (_, changed, expected) => {
    expect(found(changed)).toEqual(expected);
  });

  test('a health check that fails on some targets only is a warning, and draining targets do not count', () => {
    const unhealthy = { state: 'unhealthy', reason: 'Target.Timeout', description: undefined };
    const healthy = { state: 'healthy', reason: undefined, description: undefined };
    const draining = { state: 'draining', reason: 'Target.DeregistrationInProgress', description: undefined };
    const targetsOf = (...targets: (typeof unhealthy | typeof healthy | typeof draining)[]): Partial<VerifyFacts> => ({
      targetGroups: [{ ...group('blue'), targets }, group('green')],
    });
    expect(found(targetsOf(healthy, unhealthy))).toEqual(['warning healthCheck']);
    expect(found(targetsOf(unhealthy, draining))).toEqual(['fault healthCheck']);
    expect(found(targetsOf(healthy, draining))).toEqual([]);
  });

  test('an alarm in ALARM is a warning, alarms that could not be read are none', () => {
    expect(found({ alarms: [{ name: 'red', state: 'ALARM' }] }, { alarms: ['red'] })).toEqual(['warning alarms']);
    expect(found({ alarms: undefined }, { alarms: ['red'] })).toEqual([]);
  });

  test('faults come before warnings', () => {
    const image = {
      reference: 'a:1',
      registry: '1',
      repository: 'a',
      exists: true,
      tagsAreImmutable: false,
      platforms: ['linux/arm64'],
      container: 'app',
      pinned: false,
    };
    expect(found({ images: [image], listeners: [] })).toEqual(['fault platform', 'fault listener', 'fault listener', 'warning tagWithoutDigest']);
    expect(found({ images: [{ ...image, platforms: ['linux/arm64', 'linux/amd64'], tagsAreImmutable: true }] })).toEqual([]);
  });
});
