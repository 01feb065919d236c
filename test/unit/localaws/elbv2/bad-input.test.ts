// Whatever a caller sends, the answer is an error of AWS or a success: never a crash.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createElbv2 } from '../../../../localaws/elbv2/create-elbv2.ts';
import { AwsError } from '../../../../localaws/endpoint/aws-error.ts';
import { type RunningRegion, startRegion } from '../../../../localaws/start-region.ts';

let running: RunningRegion;
beforeAll(async () => {
  running = await startRegion({ services: [createElbv2], clock: { kind: 'virtual' } });
});
afterAll(() => running.close());

const MEMBERS = [
  'Name',
  'Names',
  'LoadBalancerArn',
  'LoadBalancerArns',
  'TargetGroupArn',
  'TargetGroupArns',
  'ListenerArn',
  'ListenerArns',
  'RuleArn',
  'RuleArns',
  'ResourceArns',
  'Subnets',
  'SubnetMappings',
  'SecurityGroups',
  'Attributes',
  'Targets',
  'Actions',
  'DefaultActions',
  'Conditions',
  'RulePriorities',
  'Tags',
  'TagKeys',
  'Matcher',
  'Port',
  'Priority',
  'Protocol',
  'VpcId',
  'TargetType',
  'HealthCheckPath',
  'HealthCheckPort',
  'HealthCheckEnabled',
  'Marker',
  'PageSize',
  'Type',
  'Scheme',
];
const VALUES: readonly unknown[] = [
  null,
  '',
  'x',
  0,
  -1,
  1e99,
  true,
  {},
  [],
  [null],
  [{}],
  ['x'],
  [[]],
  { Type: 'forward' },
  [{ Type: 'forward' }],
  [{ Type: 'forward', ForwardConfig: { TargetGroups: [{}] } }],
  [{ Type: 'fixed-response', FixedResponseConfig: 'x' }],
  [{ Field: 'query-string', QueryStringConfig: { Values: ['x'] } }],
  ['arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/x/y'],
];

describe('bad input', () => {
  test('no operation crashes on members that are missing or of a wrong kind', async () => {
    const operations = Object.keys(running.dispatcher.service('elasticloadbalancing')?.operations ?? {});
    expect(operations.length).toBeGreaterThan(25);
    const crashes: string[] = [];
    for (const operation of operations) {
      for (const value of VALUES) {
        const input = Object.fromEntries(MEMBERS.map((member) => [member, value]));
        for (const tried of [
          input,
          {
            ...input,
            Name: 'a',
            VpcId: 'vpc-1',
            Protocol: 'HTTP',
            Port: 80,
            TargetType: 'ip',
            Type: undefined,
            Scheme: undefined,
            Subnets: ['subnet-1', 'subnet-2'],
            SubnetMappings: [],
          },
        ]) {
          await running.dispatcher
            .call('elasticloadbalancing', operation, tried, { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/r', sessionName: 's' })
            .catch((error: unknown) => {
              if (!(error instanceof AwsError)) crashes.push(`${operation} ${JSON.stringify(value)}: ${String(error)}`);
            });
        }
      }
    }
    expect(crashes).toEqual([]);
  });
});
