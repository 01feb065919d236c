import { expect, test } from '@jest/globals';
import type { InspectedTask } from '#ports/inspection.ts';
import { tasksPage } from '../../../dashboard/view/tasks-page.ts';

const task = (taskId: string, change: Partial<InspectedTask> = {}): InspectedTask => ({
  taskId,
  taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:2',
  service: 'orders',
  lastStatus: 'RUNNING',
  createdAt: 1_000,
  startedAt: 2_000,
  stoppedAt: undefined,
  containers: [],
  ...change,
});
const stopped = (taskId: string, stoppedAt: number, change: Partial<InspectedTask> = {}): InspectedTask =>
  task(taskId, { lastStatus: 'STOPPED', stoppedAt, ...change });

test('those that run come first, then the stopped ones, newest first, and the rest is counted', () => {
  const old = Array.from({ length: 9 }, (_, index) => stopped(`old-${index}`, 5_000 + index));
  const { rows, left } = tasksPage([...old, stopped('newest', 9_000), task('runs')]);
  expect(rows.slice(0, 3).map(({ id, at }) => ({ id, at }))).toEqual([
    { id: 'runs', at: 2_000 },
    { id: 'newest', at: 9_000 },
    { id: 'old-8', at: 5_008 },
  ]);
  expect({ shown: rows.length, left }).toEqual({ shown: 9, left: 2 });
});

test('a crash says why; an unhealthy task and one that starts are told apart', () => {
  const crash = stopped('crash', 1, {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  });
  const scaledIn = stopped('scaled-in', 2, { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)' });
  const { rows } = tasksPage([
    crash,
    scaledIn,
    task('ill', { healthStatus: 'UNHEALTHY' }),
    task('starts', { lastStatus: 'PROVISIONING', startedAt: undefined }),
  ]);
  expect(rows).toMatchObject([
    { id: 'ill', state: 'RUNNING, UNHEALTHY', tone: 'bad' },
    { id: 'starts', state: 'PROVISIONING', tone: 'busy', at: 1_000 },
    { id: 'scaled-in', tone: 'quiet', why: expect.stringContaining('Scaling activity') },
    { id: 'crash', tone: 'bad', why: expect.stringMatching(/memory/i) },
  ]);
});
