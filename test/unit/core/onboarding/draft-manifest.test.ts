import { describe, expect, test } from '@jest/globals';
import { parseManifest } from '#contracts/parse-manifest.ts';
import type { InspectedService, ServiceFacts } from '#core/inspection/service-facts.ts';
import { draftManifest } from '#core/onboarding/draft-manifest.ts';
import { guessSmokeStatuses, guessTagRule } from '#core/onboarding/guess-settings.ts';
import { manifestText } from '../../../../cli/manifest-text.ts';

const blue = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders-blue/0a';
const observed: InspectedService = {
  status: 'ACTIVE',
  deploymentController: 'CODE_DEPLOY',
  desiredCount: 3,
  onFargate: true,
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders:7',
  balancers: [{ targetGroupArn: blue, containerName: 'app', containerPort: 8080 }],
  alarms: [],
};
const group = {
  application: 'orders',
  deploymentGroup: 'orders-prod',
  cluster: 'prod',
  service: 'orders',
  roleArn: 'arn:aws:iam::111122223333:role/codedeploy',
  targetGroupNames: ['orders-blue', 'orders-green'],
  productionListenerArn: 'arn:production',
  testListenerArn: 'arn:test',
  terminatesBlue: true,
  terminationWaitMinutes: 30,
  alarms: [],
};
const facts: ServiceFacts = {
  cluster: 'prod',
  service: 'orders',
  account: '111122223333',
  region: 'us-east-1',
  observed,
  taskDefinition: { family: 'orders', containerDefinitions: [{ name: 'app', image: '111122223333.dkr.ecr.us-east-1.amazonaws.com/team/orders:1.2.0' }] },
  groups: [group],
  targetGroups: [{ arn: blue, name: 'orders-blue', targetType: 'ip', port: 8080, healthCheckPath: '/health', matcher: '200,204', targets: [] }],
  listeners: [],
};
const nothingElse = { tags: [], alarms: [] };

function drafted(changed: Partial<ServiceFacts>, around = nothingElse as Parameters<typeof draftManifest>[1]) {
  const result = draftManifest({ ...facts, ...changed }, around);
  if (!result.ok) throw new Error(result.problems.join());
  return result.draft;
}

describe('a drafted manifest', () => {
  test('takes the container behind the load balancer among several, and names it and a foreign registry', () => {
    const containerDefinitions = [
      { name: 'proxy', image: 'public.ecr.aws/nginx/nginx:1.27' },
      { name: 'agent', image: '444455556666.dkr.ecr.us-east-1.amazonaws.com/agent:1' },
      { name: 'app', image: '999900001111.dkr.ecr.eu-west-1.amazonaws.com/team/orders@sha256:ab' },
    ];
    expect(drafted({ taskDefinition: { family: 'orders', containerDefinitions } }).image).toMatchObject({
      repository: 'team/orders',
      registry: '999900001111',
      container: 'app',
    });
  });

  test('leaves out alarms that are red now, and says so', () => {
    const draft = drafted(
      {},
      {
        tags: [],
        alarms: [
          { name: 'calm', state: 'OK' },
          { name: 'red', state: 'ALARM' },
        ],
      },
    );
    expect(draft.alarms).toEqual(['calm']);
    expect(draft.notes.health.join('\n')).toContain('would refuse every deployment: red');
  });

  test('has no smoke check without a test listener', () => {
    const draft = drafted({ groups: [{ ...group, testListenerArn: undefined }] });
    expect(draft.smokeCheck).toBeUndefined();
    expect(draft.notes.driver.join('\n')).toContain('nothing can be checked on green before production traffic');
  });

  test('bakes no longer than the deployment group keeps blue, and says which of several groups it took', () => {
    const second = { ...group, deploymentGroup: 'orders-other' };
    const draft = drafted({ groups: [{ ...group, terminationWaitMinutes: 2 }, second] });
    expect(draft.bakeTimeMinutes).toBe(2);
    expect(draft.notes.driver.join('\n')).toContain('orders/orders-other deploys this service too');
  });
});

test('a service of ECS without a load balancer is drafted as rolling, in a manifest that parses', () => {
  const draft = drafted({ observed: { ...observed, deploymentController: 'ECS', balancers: [] }, groups: [], targetGroups: [] });
  const parsed = parseManifest(manifestText(draft), 'weir.yaml');
  expect(parsed).toMatchObject({ ok: true, manifest: { driver: { kind: 'ecs' }, strategy: { rolling: {} }, smokeChecks: [] } });
});

describe('nothing is drafted', () => {
  test.each<[string, Partial<ServiceFacts>, string]>([
    ['for a service that is not there', { observed: undefined }, 'there is no service orders in cluster prod'],
    ['without its task definition', { taskDefinition: undefined }, 'cannot be read'],
    ['without a deployment group', { groups: [] }, 'no CodeDeploy deployment group'],
    ['for the controller EXTERNAL', { observed: { ...observed, deploymentController: 'EXTERNAL' } }, 'EXTERNAL'],
    ['for a rolling service of ECS', { observed: { ...observed, deploymentController: 'ECS' } }, 'advancedConfiguration'],
    [
      'for an image that is not in ECR',
      { taskDefinition: { family: 'orders', containerDefinitions: [{ name: 'app', image: 'docker.io/library/nginx:1' }] } },
      'no container of',
    ],
  ])('%s', (_, changed, says) => {
    const result = draftManifest({ ...facts, ...changed }, nothingElse);
    expect(result).toMatchObject({ ok: false, problems: [expect.stringContaining(says)] });
  });
});

describe('guesses', () => {
  test.each([
    [['1.0.0', 'v2.3.1', '2.0.0-rc.1', 'latest'], { semver: '>=0.0.0' }],
    [['release-1', '1.0.0'], { glob: ['*'] }],
    [['latest'], { glob: ['*'] }],
    [[], { glob: ['*'] }],
  ])('the tags %j are %j', (tags, rule) => {
    expect(guessTagRule(tags).rule).toEqual(rule);
  });

  test.each([
    ['200', [200]],
    ['200,301-303', [200, 301, 302, 303]],
    ['200-399', undefined],
    ['0', undefined],
    [undefined, undefined],
  ])('the matcher %s means %j', (matcher, statuses) => {
    expect(guessSmokeStatuses(matcher)).toEqual(statuses);
  });
});
