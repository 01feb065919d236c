// The awslogs driver: a container's lines to CloudWatch Logs. Where the region has no Logs service, lines go nowhere.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import type { ContainerRecord, TaskRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { StartFailure } from '../runtime/task-runtime.ts';
import { executionPrincipal } from './task-environment.ts';

/** Lines wait at most this long, and at most so many; more are dropped (the driver's non-blocking mode). */
const FLUSH_MS = 1_000;
const WAITING_LINES_MAX = 1_000;

/**
 * Makes the log stream of a container and answers what takes its lines.
 * @throws StartFailure ResourceInitializationError when the stream cannot be made, as the driver does.
 */
export async function openLogStream(world: EcsWorld, task: TaskRecord, container: ContainerRecord): Promise<(line: string) => void> {
  const log: AwsShape | undefined = container.definition['logConfiguration'];
  if (log?.['logDriver'] !== 'awslogs') return () => undefined;
  const options: AwsShape = log['options'] ?? {};
  const logGroupName = String(options['awslogs-group']);
  const prefix: string | undefined = options['awslogs-stream-prefix'];
  const logStreamName = prefix === undefined ? `${container.name}/${task.id}` : `${prefix}/${container.name}/${task.id}`;
  const call = (operation: string, input: AwsShape): Promise<AwsShape> =>
    world.region.clock.during(() => world.region.call('logs', operation, input, executionPrincipal(task)));
  try {
    if (options['awslogs-create-group'] === 'true') await ignoringExisting(call('CreateLogGroup', { logGroupName }));
    await ignoringExisting(call('CreateLogStream', { logGroupName, logStreamName }));
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UnknownOperationException') return () => undefined;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new StartFailure(
      'ResourceInitializationError',
      `failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${reason} : exit status 1`,
      { cause: error },
    );
  }
  return sender(world, (logEvents) => call('PutLogEvents', { logGroupName, logStreamName, logEvents }));
}

function sender(world: EcsWorld, put: (logEvents: AwsShape[]) => Promise<AwsShape>): (line: string) => void {
  const { clock } = world.region;
  let waiting: AwsShape[] = [];
  let isFlushing = false;
  const flush = (): void => {
    isFlushing = false;
    const logEvents = waiting;
    waiting = [];
    put(logEvents).catch((error: unknown) => world.region.log('ecs', `log lines lost: ${String(error)}`));
  };
  return (line) => {
    if (waiting.length >= WAITING_LINES_MAX) return;
    waiting.push({ timestamp: clock.now(), message: line });
    if (isFlushing) return;
    isFlushing = true;
    clock.schedule(FLUSH_MS, flush, 'ecs log lines');
  };
}

async function ignoringExisting(made: Promise<AwsShape>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
  }
}
