// The AppSpec in the forms people write it.
import { describe, expect, test } from '@jest/globals';
import { parseAppSpec } from '../../../../localaws/codedeploy/app-spec.ts';

const ARN = 'arn:aws:ecs:us-east-1:000000000000:task-definition/orders:2';

const YAML = `
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${ARN}"
        LoadBalancerInfo:
          ContainerName: app
          ContainerPort: 8080
        PlatformVersion: LATEST
        NetworkConfiguration:
          AwsvpcConfiguration:
            Subnets: [subnet-a]
            SecurityGroups: [sg-a]
            AssignPublicIp: DISABLED
        CapacityProviderStrategy:
          - CapacityProvider: FARGATE
            Base: 1
            Weight: 2
Hooks:
  - BeforeInstall: one
  - AfterAllowTraffic: arn:aws:lambda:us-east-1:000000000000:function:two
`;

/** A valid AppSpec as an object, with changes. */
function spec(changes: object = {}, properties: object = {}): string {
  const service = {
    Type: 'AWS::ECS::Service',
    Properties: { TaskDefinition: ARN, LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 80 }, ...properties },
  };
  return JSON.stringify({ version: 0.0, Resources: [{ S: service }], ...changes });
}

describe('an AppSpec', () => {
  test('in YAML gives everything a task set is made from', () => {
    expect(parseAppSpec(YAML)).toEqual({
      taskDefinition: ARN,
      containerName: 'app',
      containerPort: 8080,
      platformVersion: 'LATEST',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-a'], assignPublicIp: 'DISABLED' } },
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', base: 1, weight: 2 }],
      hooks: { BeforeInstall: 'one', AfterAllowTraffic: 'arn:aws:lambda:us-east-1:000000000000:function:two' },
    });
  });

  test('reads keys in any case, as other tools write them', () => {
    const text = `{"version":"0.0","resources":[{"s":{"type":"AWS::ECS::Service","properties":{"taskDefinition":"${ARN}","loadBalancerInfo":{"containerName":"app","containerPort":"80"}}}}],"hooks":[{"beforeAllowTraffic":"f"}]}`;
    expect(parseAppSpec(text)).toMatchObject({ containerPort: 80, hooks: { BeforeAllowTraffic: 'f' } });
  });

  test.each([
    ['', 'must be a mapping'],
    ['{ not: [', 'neither valid JSON nor valid YAML'],
    ['[]', 'must be a mapping'],
    [spec({ version: 1 }), 'version must be 0.0'],
    [spec({ Resources: [] }), 'exactly one resource'],
    [spec({ Resources: [{ S: { Type: 'AWS::Lambda::Function' } }] }), 'AWS::ECS::Service'],
    [spec({}, { TaskDefinition: '<TASK_DEFINITION>' }), 'full ARN'],
    [spec({}, { LoadBalancerInfo: {} }), 'ContainerName'],
    [spec({}, { LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 0 } }), 'ContainerPort'],
    [spec({ Hooks: { BeforeInstall: 'f' } }), 'must be a list'],
    [spec({ Hooks: [{ AllowTraffic: 'f' }] }), 'not a lifecycle event hook'],
    [spec({ Hooks: [{ BeforeInstall: 'f' }, { BeforeInstall: 'g' }] }), 'more than once'],
    [spec({ Hooks: [{ BeforeInstall: '' }] }), 'one Lambda function'],
    ['x'.repeat(262_145), 'larger than'],
  ])('is refused when malformed (%#)', (text, message) => {
    expect(() => parseAppSpec(text)).toThrow(message);
    expect(() => parseAppSpec(text)).toThrow(expect.objectContaining({ code: 'InvalidRevisionException' }) as unknown as Error);
  });
});
