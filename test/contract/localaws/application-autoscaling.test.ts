// Application Auto Scaling as the real SDK sees it, on a virtual clock, with a small double of ECS.
import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  ListTagsForResourceCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApplicationAutoScaling } from '../../../localaws/application-autoscaling/create-application-auto-scaling.ts';
import { AwsError } from '../../../localaws/endpoint/aws-error.ts';
import type { Service } from '../../../localaws/region.ts';
import { type RunningRegion, startRegion } from '../../../localaws/start-region.ts';

const RESOURCE = { ServiceNamespace: 'ecs', ResourceId: 'service/prod/orders', ScalableDimension: 'ecs:service:DesiredCount' } as const;

let running: RunningRegion;
let client: ApplicationAutoScalingClient;
let desired: number;
let updateFailure: AwsError | undefined;

function ecsDouble(): Service {
  return {
    name: 'ecs',
    iamPrefix: 'ecs',
    wires: [],
    operations: {
      DescribeServices: { handle: (input) => ({ services: input['services'][0] === 'orders' ? [{ status: 'ACTIVE', desiredCount: desired }] : [] }) },
      UpdateService: {
        handle(input) {
          if (updateFailure !== undefined) throw updateFailure;
          desired = input['desiredCount'];
          return {};
        },
      },
    },
  };
}

beforeEach(async () => {
  desired = 2;
  updateFailure = undefined;
  running = await startRegion({ services: [ecsDouble, createApplicationAutoScaling], clock: { kind: 'virtual' } });
  client = new ApplicationAutoScalingClient({
    endpoint: running.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await running.close();
});

const register = (input: Partial<RegisterScalableTargetCommandInput> = {}) => client.send(new RegisterScalableTargetCommand({ ...RESOURCE, ...input }));
const put = (input: Partial<PutScalingPolicyCommandInput>) => client.send(new PutScalingPolicyCommand({ ...RESOURCE, PolicyName: 'cpu', ...input }));
const described = async () =>
  (await client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [RESOURCE.ResourceId] }))).ScalableTargets?.[0];
const activities = async () => (await client.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs' }))).ScalingActivities ?? [];
const named = (name: string) => expect.objectContaining({ name }) as unknown as Error;

describe('scalable targets', () => {
  test('registering is an upsert: what a request leaves out stays', async () => {
    const { ScalableTargetARN } = await register({ MinCapacity: 1, MaxCapacity: 10 });
    const suspended = { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true, ScheduledScalingSuspended: true };
    expect((await register({ SuspendedState: suspended })).ScalableTargetARN).toBe(ScalableTargetARN);
    expect(await described()).toMatchObject({ ...RESOURCE, MinCapacity: 1, MaxCapacity: 10, SuspendedState: suspended, ScalableTargetARN });
    await register({ SuspendedState: { DynamicScalingInSuspended: false } });
    expect((await described())?.SuspendedState).toEqual({ ...suspended, DynamicScalingInSuspended: false });
  });

  test('raising the minimum above the desired count raises the count at once and tells of it', async () => {
    await register({ MinCapacity: 5, MaxCapacity: 10 });
    await running.clock.runUntil(() => desired === 5, 10_000);
    expect(await activities()).toMatchObject([
      { ...RESOURCE, Description: 'Setting desired count to 5.', Cause: 'minimum capacity was set to 5', StatusCode: 'Successful' },
    ]);
  });

  test('lowering the maximum below it lowers the count; a count within the range is left alone', async () => {
    await register({ MinCapacity: 1, MaxCapacity: 1 });
    await running.clock.runUntil(() => desired === 1, 10_000);
    await register({ MaxCapacity: 4 });
    await running.clock.runUntil(() => running.clock.pendingTimers === 0, 10_000);
    expect(desired).toBe(1);
    expect(await activities()).toHaveLength(1);
  });

  test('an update ECS refuses is a failed activity', async () => {
    updateFailure = new AwsError('ServiceNotActiveException', 'The service is not active.');
    await register({ MinCapacity: 5, MaxCapacity: 10 });
    await running.clock.runUntil(() => running.clock.pendingTimers === 0, 10_000);
    expect(await activities()).toMatchObject([{ StatusCode: 'Failed', StatusMessage: expect.stringContaining('The service is not active.') }]);
  });

  test('deregistering takes the policies along', async () => {
    await register({ MinCapacity: 1, MaxCapacity: 10 });
    await put({ PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: cpu(50) });
    await client.send(new DeregisterScalableTargetCommand(RESOURCE));
    expect(await described()).toBeUndefined();
    expect((await client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs' }))).ScalingPolicies).toEqual([]);
    await expect(client.send(new DeregisterScalableTargetCommand(RESOURCE))).rejects.toThrow(named('ObjectNotFoundException'));
  });

  test('carry tags', async () => {
    const { ScalableTargetARN: ResourceARN = '' } = await register({ MinCapacity: 1, MaxCapacity: 10, Tags: { team: 'a' } });
    await client.send(new TagResourceCommand({ ResourceARN, Tags: { tier: '1' } }));
    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual({ tier: '1' });
    await expect(client.send(new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}0` }))).rejects.toThrow(named('ResourceNotFoundException'));
  });

  test.each<[string, Partial<RegisterScalableTargetCommandInput>]>([
    ['ValidationException', {}],
    ['ValidationException', { MinCapacity: 3, MaxCapacity: 2 }],
    ['ValidationException', { MinCapacity: -1, MaxCapacity: 2 }],
    ['ValidationException', { MinCapacity: 1, MaxCapacity: 2, ResourceId: 'service/prod/missing' }],
    ['ValidationException', { MinCapacity: 1, MaxCapacity: 2, ResourceId: 'orders' }],
    ['ValidationException', { MinCapacity: 1, MaxCapacity: 2, ServiceNamespace: 'moon' as 'ecs' }],
    ['ValidationException', { MinCapacity: 1, MaxCapacity: 2, ScalableDimension: 'rds:cluster:ReadReplicaCount' }],
    ['UnknownOperationException', { MinCapacity: 1, MaxCapacity: 2, ServiceNamespace: 'dynamodb' }],
    ['SerializationException', { MinCapacity: 'one' as unknown as number, MaxCapacity: 2 }],
  ])('refuse with %s (%#)', async (name, input) => {
    await expect(register(input)).rejects.toThrow(named(name));
  });
});

function cpu(TargetValue: number) {
  return { TargetValue, PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' } } as const;
}

describe('scaling policies', () => {
  beforeEach(() => register({ MinCapacity: 1, MaxCapacity: 10 }));

  test('are put, described by name and resource, replaced and deleted', async () => {
    const first = await put({ PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: cpu(50) });
    expect(first.PolicyARN).toMatch(
      /^arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:[0-9a-f-]+:resource\/ecs\/service\/prod\/orders:policyName\/cpu$/,
    );
    const label = 'app/prod/50dc6c495c0c9188/targetgroup/orders-blue/73e2d6bc24d8a067';
    const requests = { TargetValue: 100, PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel: label } } as const;
    await put({ PolicyName: 'requests', PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: requests });
    expect((await put({ TargetTrackingScalingPolicyConfiguration: cpu(60) })).PolicyARN).toBe(first.PolicyARN);
    const { ScalingPolicies } = await client.send(new DescribeScalingPoliciesCommand({ ...RESOURCE, PolicyNames: ['cpu'] }));
    expect(ScalingPolicies).toMatchObject([{ PolicyName: 'cpu', PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: cpu(60) }]);
    const page = await client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', MaxResults: 1 }));
    const rest = await client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', MaxResults: 1, NextToken: page.NextToken }));
    expect([page, rest].map((answer) => answer.ScalingPolicies?.[0]?.PolicyName)).toEqual(['cpu', 'requests']);
    expect(rest.NextToken).toBeUndefined();
    await client.send(new DeleteScalingPolicyCommand({ ...RESOURCE, PolicyName: 'cpu' }));
    await expect(client.send(new DeleteScalingPolicyCommand({ ...RESOURCE, PolicyName: 'cpu' }))).rejects.toThrow(named('ObjectNotFoundException'));
  });

  test('two policies may not follow one metric', async () => {
    await put({ PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: cpu(50) });
    await expect(put({ PolicyName: 'again', PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: cpu(70) })).rejects.toThrow(
      'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    );
  });

  const tracking = (configuration: object): Partial<PutScalingPolicyCommandInput> => ({
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: configuration as ReturnType<typeof cpu>,
  });
  test.each<[string, Partial<PutScalingPolicyCommandInput>]>([
    ['ValidationException', { TargetTrackingScalingPolicyConfiguration: cpu(50) }],
    ['ValidationException', { PolicyType: 'TargetTrackingScaling' }],
    ['ValidationException', tracking({ TargetValue: 1 })],
    ['ValidationException', tracking({ TargetValue: 1, PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' } })],
    ['ValidationException', tracking({ TargetValue: 1, PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' } })],
    ['ValidationException', { PolicyType: 'StepScaling', StepScalingPolicyConfiguration: { AdjustmentType: 'ChangeInCapacity' } }],
    ['ValidationException', { PolicyName: '', PolicyType: 'StepScaling' }],
    ['ObjectNotFoundException', { ...tracking(cpu(50)), ResourceId: 'service/prod/other' }],
    ['UnknownOperationException', { PolicyType: 'PredictiveScaling' }],
  ])('are refused with %s (%#)', async (name, input) => {
    await expect(put(input)).rejects.toThrow(named(name));
  });

  test('describing checks its page and its filters', async () => {
    const describeTargets = (input: object) => client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ...input }));
    await expect(describeTargets({ MaxResults: 51 })).rejects.toThrow(named('ValidationException'));
    await expect(describeTargets({ NextToken: 'x' })).rejects.toThrow(named('InvalidNextTokenException'));
    await expect(describeTargets({ ScalableDimension: RESOURCE.ScalableDimension })).rejects.toThrow(named('ValidationException'));
    await expect(describeTargets({ ServiceNamespace: undefined })).rejects.toThrow(named('ValidationException'));
  });
});
