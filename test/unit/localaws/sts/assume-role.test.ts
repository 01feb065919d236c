// STS where the region has no IAM to ask.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';
import { createSts } from '#localaws/sts/create-sts.ts';

let running: RunningRegion;

beforeEach(async () => {
  running = await startRegion({ services: [createSts], clock: { kind: 'virtual' } });
});

afterEach(() => running.close());

test('Without IAM every role may be assumed, and keeps one id.', async () => {
  const input = { RoleArn: 'arn:aws:iam::000000000000:role/any', RoleSessionName: 'a-b' };
  const first = await running.region.call('sts', 'AssumeRole', input, { kind: 'root' });
  const second = await running.region.call('sts', 'AssumeRole', { ...input, DurationSeconds: '43200' }, { kind: 'root' });
  expect(first['AssumedRoleUser']).toEqual(second['AssumedRoleUser']);
  expect(first['AssumedRoleUser'].AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:a-b$/);
});

test('A service that asks who it is hears so.', async () => {
  const { Arn } = await running.region.call('sts', 'GetCallerIdentity', {}, { kind: 'service', service: 'ecs.amazonaws.com' });
  expect(Arn).toContain('ecs.amazonaws.com');
});

test('A role that may do nothing may still ask who it is.', async () => {
  running.dispatcher.setAuthorizer(() => 'denied');
  const principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/path/any', sessionName: 's' } as const;
  expect(await running.region.call('sts', 'GetCallerIdentity', {}, principal)).toMatchObject({ Arn: 'arn:aws:sts::000000000000:assumed-role/any/s' });
  await expect(running.region.call('sts', 'AssumeRole', { RoleArn: principal.roleArn, RoleSessionName: 'ab' }, principal)).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
});
