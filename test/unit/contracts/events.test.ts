import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAlarmChangedEvent } from '#contracts/alarm-changed-event.ts';
import { parseContainerInstanceChangedEvent } from '#contracts/container-instance-changed-event.ts';
import { parseDeploymentStateChangedEvent } from '#contracts/deployment-state-changed-event.ts';
import { parseEcsDeploymentChangedEvent } from '#contracts/ecs-deployment-changed-event.ts';
import { parseHookRequest } from '#contracts/hook-request.ts';
import { parseImagePushedEvent } from '#contracts/image-pushed-event.ts';
import { parseImageScannedEvent } from '#contracts/image-scanned-event.ts';
import type { Parsed } from '#contracts/parse-with.ts';
import { parseServiceActionEvent } from '#contracts/service-action-event.ts';
import { parseTaskStoppedEvent } from '#contracts/task-stopped-event.ts';

const folder = join(import.meta.dirname, '../../../events');

function sample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

function withDetail(name: string, change: Record<string, unknown>): Record<string, unknown> {
  const event = sample(name);
  return { ...event, detail: { ...Object(event['detail']), ...change } };
}

const contracts: readonly (readonly [prefix: string, parse: (input: unknown) => Parsed<unknown>])[] = [
  ['ecr-image-scanned', parseImageScannedEvent],
  ['ecr-', parseImagePushedEvent],
  ['codedeploy-deployment-', parseDeploymentStateChangedEvent],
  ['codedeploy-hook', parseHookRequest],
  ['cloudwatch-', parseAlarmChangedEvent],
  ['ecs-task-', parseTaskStoppedEvent],
  ['ecs-service-action-', parseServiceActionEvent],
  ['ecs-deployment-', parseEcsDeploymentChangedEvent],
  ['ecs-container-instance-', parseContainerInstanceChangedEvent],
];

describe('the sample events', () => {
  const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

  test.each(names)('%s parses with its contract', (name) => {
    const parse = contracts.find(([prefix]) => name.startsWith(prefix))?.[1];
    expect(parse?.(sample(name))).toMatchObject({ ok: true });
  });

  test.each(names)('%s is refused by the contracts of other kinds', (name) => {
    const own = contracts.find(([prefix]) => name.startsWith(prefix))?.[1];
    const accepting = contracts.filter(([, parse]) => parse !== own && parse(sample(name)).ok);
    expect(accepting).toEqual([]);
  });

  test('every kind that a function of Weir reads has one', () => {
    const uncovered = contracts.filter(([prefix]) => !names.some((name) => name.startsWith(prefix)));
    expect(uncovered).toEqual([]);
  });
});

describe('what is read from an event', () => {
  test('an image push: who, what, when', () => {
    expect(parseImagePushedEvent(sample('ecr-image-pushed'))).toEqual({
      ok: true,
      value: {
        eventId: '13cde686-328b-6117-af20-0e5566167482',
        account: '111122223333',
        region: 'eu-west-1',
        at: Date.UTC(2026, 10, 16, 1, 54, 34),
        actionType: 'PUSH',
        result: 'SUCCESS',
        repository: 'team/orders',
        digest: 'sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234abcd',
        tag: '1.8.0',
        manifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
      },
    });
    expect(parseImagePushedEvent(sample('ecr-image-pushed-untagged'))).toMatchObject({ value: { tag: undefined } });
  });

  test('a CodeDeploy state change', () => {
    expect(parseDeploymentStateChangedEvent(sample('codedeploy-deployment-stopped'))).toMatchObject({
      value: { application: 'orders', deploymentGroup: 'orders-prod', deploymentId: 'd-A1B2C3D4E', state: 'STOP' },
    });
  });

  test('an alarm, its time written with +0000', () => {
    expect(parseAlarmChangedEvent(sample('cloudwatch-alarm-entered-alarm'))).toMatchObject({
      value: {
        alarmName: 'orders-5xx',
        alarmArn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-5xx',
        state: 'ALARM',
        previousState: 'OK',
        changedAt: Date.UTC(2026, 10, 16, 13, 36, 40, 219),
      },
    });
  });

  test('a stopped task: its service, its task set and why', () => {
    expect(parseTaskStoppedEvent(sample('ecs-task-stopped-out-of-memory'))).toMatchObject({
      value: {
        cluster: 'prod',
        service: 'orders',
        startedBy: 'ecs-svc/3245678901234567890',
        stopCode: 'EssentialContainerExited',
        version: 6,
        containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
      },
    });
    expect(parseTaskStoppedEvent(withDetail('ecs-task-stopped-exited', { group: 'family:orders' }))).toMatchObject({ ok: true, value: { service: undefined } });
    expect(parseTaskStoppedEvent(withDetail('ecs-task-stopped-exited', { createdAt: 'yesterday' }))).toMatchObject({
      ok: true,
      value: { createdAt: undefined },
    });
  });

  test('what happened to a service: which, why, and on what capacity', () => {
    expect(parseServiceActionEvent(sample('ecs-service-action-placement-failure'))).toMatchObject({
      value: {
        cluster: 'prod',
        service: 'orders',
        eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
        reason: 'RESOURCE:FARGATE',
        capacityProviders: ['FARGATE_SPOT'],
      },
    });
    expect(parseServiceActionEvent(sample('ecs-service-action-steady-state'))).toMatchObject({ value: { capacityProviders: [] } });
  });

  test("a deployment of ECS's own controller: of which service", () => {
    expect(parseEcsDeploymentChangedEvent(sample('ecs-deployment-failed'))).toMatchObject({
      value: { serviceKey: 'prod/orders', eventName: 'SERVICE_DEPLOYMENT_FAILED' },
    });
    const oldFormat = { ...sample('ecs-deployment-failed'), resources: ['arn:aws:ecs:eu-west-1:111122223333:service/orders'] };
    expect(parseEcsDeploymentChangedEvent(oldFormat)).toMatchObject({ ok: false, problem: expect.stringContaining('names its cluster') });
  });

  test('a container instance that lost its agent', () => {
    expect(parseContainerInstanceChangedEvent(sample('ecs-container-instance-agent-disconnected'))).toMatchObject({
      value: { cluster: 'prod', ec2InstanceId: 'i-0c9f1a2b3c4d5e6f7', status: 'ACTIVE', agentConnected: false, version: 14_801 },
    });
  });

  test('a scan and what it found', () => {
    expect(parseImageScannedEvent(sample('ecr-image-scanned'))).toMatchObject({
      value: { repository: 'team/orders', status: 'COMPLETE', digest: expect.stringMatching(/^sha256:/), counts: { CRITICAL: 1, MEDIUM: 9 } },
    });
    expect(parseImageScannedEvent(withDetail('ecr-image-scanned', { 'finding-severity-counts': undefined }))).toMatchObject({ value: { counts: {} } });
    expect(parseImageScannedEvent(withDetail('ecr-image-scanned', { 'finding-severity-counts': { HIGH: -1 } })).ok).toBe(false);
  });

  test('a hook invocation', () => {
    expect(parseHookRequest(sample('codedeploy-hook'))).toMatchObject({ value: { deploymentId: 'd-A1B2C3D4E', executionId: expect.stringMatching(/^eyJ/) } });
  });
});

describe('what AWS may change', () => {
  test('unknown values of enumerations and unknown members are let through', () => {
    expect(parseImagePushedEvent(withDetail('ecr-image-pushed', { 'action-type': 'THAW', 'new-member': 1 }))).toMatchObject({ value: { actionType: 'THAW' } });
    expect(parseDeploymentStateChangedEvent(withDetail('codedeploy-deployment-failed', { state: 'BAKING' }))).toMatchObject({ value: { state: 'BAKING' } });
    expect(parseTaskStoppedEvent(withDetail('ecs-task-stopped-exited', { stopCode: 'MeteorStrike' }))).toMatchObject({ value: { stopCode: 'MeteorStrike' } });
    expect(parseHookRequest({ ...sample('codedeploy-hook'), HookName: 'AfterInstall' })).toMatchObject({ ok: true });
  });

  test('a long reason is cut, not refused', () => {
    const parsed = parseTaskStoppedEvent(withDetail('ecs-task-stopped-exited', { stoppedReason: 'x'.repeat(100_000) }));
    expect(parsed.ok && parsed.value.stoppedReason?.length).toBe(1_024);
  });
});

describe('what is refused', () => {
  test.each<[string, Parsed<unknown>, RegExp]>([
    ['nothing', parseImagePushedEvent(undefined), /input/],
    ['text', parseHookRequest('{}'), /input/],
    ['another source', parseImagePushedEvent({ ...sample('ecr-image-pushed'), source: 'my.app' }), /source/],
    ['a time that is none', parseImagePushedEvent({ ...sample('ecr-image-pushed'), time: 'soon' }), /time: must be an ISO 8601 time/],
    [
      'a digest of another form',
      parseImagePushedEvent(withDetail('ecr-image-pushed', { 'image-digest': 'sha256:../..' })),
      /image-digest: must be a sha256 digest/,
    ],
    ['an endless name', parseImagePushedEvent(withDetail('ecr-image-pushed', { 'repository-name': 'x'.repeat(257) })), /repository-name/],
    [
      'too many containers',
      parseTaskStoppedEvent(withDetail('ecs-task-stopped-exited', { containers: new Array(51).fill({ name: 'a', lastStatus: 'STOPPED' }) })),
      /containers/,
    ],
    [
      'a deployment id of another form',
      parseHookRequest({ ...sample('codedeploy-hook'), DeploymentId: '../d-1' }),
      /DeploymentId: must be a CodeDeploy deployment id/,
    ],
    ['a missing member', parseHookRequest({ DeploymentId: 'd-A1B2C3D4E' }), /LifecycleEventHookExecutionId/],
  ])('%s', (_, parsed, problem) => {
    expect(parsed).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });

  test('a problem names at most five faults and counts the rest, and never repeats the value', () => {
    const parsed = parseTaskStoppedEvent(
      withDetail('ecs-task-stopped-exited', { containers: new Array(8).fill({ name: 7, lastStatus: 'STOPPED', reason: 'secret' }) }),
    );
    expect(parsed.ok ? '' : parsed.problem).toMatch(/; and 3 more$/);
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});
