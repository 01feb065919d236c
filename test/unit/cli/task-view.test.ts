import { describe, expect, test } from '@jest/globals';
import { describeTask, taskIdOf } from '../../../cli/task-view.ts';

const id = '5f0c2a91be5f0c2a91be5f0c2a91be5f';

describe('what names a task', () => {
  test.each([
    [id, id],
    [`arn:aws:ecs:eu-west-1:111122223333:task/prod/${id}`, id],
    [`arn:aws:ecs:eu-west-1:111122223333:task/${id}`, id],
    ['0b8d3f6c-8c1e-4a54-9f5e-1f2d3c4b5a69', '0b8d3f6c-8c1e-4a54-9f5e-1f2d3c4b5a69'],
    ['20261123T090112-3f0c2a91be', undefined],
    [`arn:aws:ecs:eu-west-1:111122223333:service/prod/${id}`, undefined],
    ['', undefined],
  ])('%s', (text, taskId) => expect(taskIdOf(text)).toBe(taskId));
});

describe('a task explained', () => {
  const task = { taskId: id, taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:43', lastStatus: 'STOPPED' };
  const nothing = { stoppedAt: undefined, stop: undefined, deployment: undefined, incident: undefined, remediation: undefined, log: undefined };

  test('that runs', () => {
    expect(describeTask('prod/orders', { ...task, ...nothing, lastStatus: 'RUNNING' })).toEqual([`${id}  orders:43  RUNNING`, '', 'It has not stopped.']);
  });

  test('that was killed for memory outside of a deployment: what was counted and what was done', () => {
    const lines = describeTask('prod/orders', {
      ...task,
      ...nothing,
      stoppedAt: Date.UTC(2026, 10, 23, 9, 0, 5),
      stop: { code: 'outOfMemory', crash: true, title: 'a container used more memory than it has', remedy: 'Give it more.', exitMeaning: 'killed' },
      incident: { id: 'i', firstSeen: Date.UTC(2026, 10, 23, 9), lastSeen: Date.UTC(2026, 10, 23, 9, 4), count: 7 },
      remediation: {
        schema: 1,
        id: 'r1',
        serviceKey: 'prod/orders',
        subject: 's',
        status: 'Verifying',
        requestedAt: 1,
        updatedAt: 1,
        cause: { kind: 'incident', incidentId: 'i' },
        why: 'app runs out of memory',
        evidence: [],
        timeline: [],
      },
    });
    expect(lines).toEqual([
      `${id}  orders:43  STOPPED  2026-11-23T09:00:05Z`,
      '',
      'It crashed because a container used more memory than it has (outOfMemory).',
      'The exit code means: killed',
      'Remedy: Give it more.',
      'One of 7 counted in the incident from 2026-11-23T09:00:00Z to 2026-11-23T09:04:00Z.',
      'Remediation r1, Verifying: app runs out of memory (weir remediation list prod/orders)',
    ]);
  });
});
