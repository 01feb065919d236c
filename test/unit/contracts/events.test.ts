import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseAlarmChangedEvent } from '#contracts/alarm-changed-event.ts';
import { parseDeploymentStateChangedEvent } from '#contracts/deployment-state-changed-event.ts';
import { eventEnvelope } from '#contracts/event-envelope.ts';
import { parseHookRequest } from '#contracts/hook-request.ts';
import { parseImagePushedEvent } from '#contracts/image-pushed-event.ts';
import { type Parsed, parseWith } from '#contracts/parse-with.ts';
import { parseTaskStoppedEvent } from '#contracts/task-stopped-event.ts';

const folder = join(import.meta.dirname, '../../../events');

function sample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

function withDetail(name: string, change: Record<string, unknown>): Record<string, unknown> {
  const event = sample(name);
  return { ...event, detail: { ...Object(event['detail']), ...change } };
}

/** For the kinds that no function reads yet: the envelope is what they share. */
function parseEnvelope(detailType: string): (input: unknown) => Parsed<unknown> {
  return (input) => parseWith(eventEnvelope(detailType.startsWith('ECR') ? 'aws.ecr' : 'aws.ecs', detailType, z.record(z.string(), z.unknown())), input);
}

const contracts: readonly (readonly [prefix: string, parse: (input: unknown) => Parsed<unknown>])[] = [
  ['ecr-image-scanned', parseEnvelope('ECR Image Scan')],
  ['ecr-', parseImagePushedEvent],
  ['codedeploy-deployment-', parseDeploymentStateChangedEvent],
  ['codedeploy-hook', parseHookRequest],
  ['cloudwatch-', parseAlarmChangedEvent],
  ['ecs-task-', parseTaskStoppedEvent],
  ['ecs-service-action-', parseEnvelope('ECS Service Action')],
  ['ecs-deployment-', parseEnvelope('ECS Deployment State Change')],
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
