// Why a task stopped: every stop code and every documented family of stopped reasons, in the words AWS uses, each with the cause that
// records and runbooks are keyed by.
import { readdirSync, readFileSync } from 'node:fs';
import { TaskStopCode } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyStop, matchingRule, STOP_TEXT_LENGTH_MAX, type StoppedTask } from '#core/breaker/classify-stop.ts';
import { isStopCauseCode, type StopCauseCode, stopCause, stopCauses } from '#core/breaker/stop-cause.ts';
import { stopRules } from '#core/breaker/stop-rules.ts';

interface Fixture {
  readonly stopCode?: string;
  readonly reason?: string;
  readonly container?: { readonly exitCode?: number; readonly reason?: string };
  readonly healthStatus?: string;
  readonly cause: StopCauseCode;
  readonly crash: boolean;
}

const START = 'TaskFailedToStart';
const EXIT = 'EssentialContainerExited';
const SCHEDULER = 'ServiceSchedulerInitiated';
const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/orders@sha256:7f5b';
const failed = (cause: StopCauseCode, reason: string): Fixture => ({ stopCode: START, reason, cause, crash: true });
const exited = (exitCode: number, cause: StopCauseCode): Fixture => ({
  stopCode: EXIT,
  reason: 'Essential container in task exited',
  container: { exitCode },
  cause,
  crash: true,
});
const stopped = (stopCode: string, reason: string, cause: StopCauseCode, crash = false): Fixture => ({
  stopCode,
  reason,
  container: { exitCode: 137 },
  cause,
  crash,
});

const fixtures: readonly Fixture[] = [
  // Meant, or nobody's fault.
  stopped('UserInitiated', 'Task stopped by user', 'userStopped'),
  stopped('UserInitiated', 'OutOfMemoryError? trying a smaller one', 'userStopped'),
  { reason: 'Task stopped by user', cause: 'userStopped', crash: false },
  stopped('SpotInterruption', 'Your Spot Task was interrupted.', 'spotInterrupted'),
  stopped('TerminationNotice', 'Your Spot Task was interrupted.', 'spotInterrupted'),
  { reason: 'Your Spot Task was interrupted.', container: { exitCode: 137 }, cause: 'spotInterrupted', crash: false },
  stopped(SCHEDULER, 'Service orders: ECS is performing maintenance on the underlying infrastructure hosting the task', 'maintenance'),
  stopped('InfrastructureHealth', 'The underlying infrastructure is not healthy', 'infrastructureUnhealthy'),
  { reason: 'Host EC2 (instance i-0c9f1a2b3c4d5e6f7) terminated.', cause: 'hostLost', crash: false },
  { reason: 'Host EC2 (instance i-0c9f1a2b3c4d5e6f7) stopped.', container: { exitCode: 137 }, cause: 'hostLost', crash: false },
  { reason: 'Container instance deregistration forced by user', cause: 'hostLost', crash: false },
  stopped(SCHEDULER, 'Scaling activity initiated by (deployment ecs-svc/3245678901234567890)', 'schedulerStopped'),
  stopped(SCHEDULER, '(service orders) container instance is in DRAINING state', 'schedulerStopped'),
  { stopCode: SCHEDULER, cause: 'schedulerStopped', crash: false },
  // Memory.
  {
    stopCode: EXIT,
    reason: 'Essential container in task exited',
    container: { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    cause: 'outOfMemory',
    crash: true,
  },
  // The image.
  failed('imageMissing', `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: not found`),
  failed('imageMissing', 'CannotPullContainerError: API error (404): repository 111122223333.dkr.ecr.us-east-1.amazonaws.com/team/orders not found'),
  failed(
    'imageDenied',
    'CannotPullContainerError: pull access denied for some/nonsense, repository does not exist or may require authorization: server message: insufficient_scope',
  ),
  failed(
    'imageDenied',
    'CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/r is not authorized to perform: ecr:GetAuthorizationToken',
  ),
  failed('imageDenied', "CannotPullContainerError: The task can't pull the image. Check that the role has the permissions to pull images from the registry."),
  failed('imageRateLimited', 'CannotPullContainerError: inspect image has been retried 5 time(s): toomanyrequests: You have reached your pull rate limit.'),
  failed(
    'imagePlatform',
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'.",
  ),
  failed('imagePlatform', 'CannotStartContainerError: Error response from daemon: exec /app: exec format error'),
  failed(
    'imageUnreachable',
    'CannotPullContainerError: API error (500): Get https://111122223333.dkr.ecr.us-east-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection',
  ),
  failed('imageUnreachable', 'CannotPullContainerError: ref pull has been retried 1 time(s): dial tcp 34.205.13.154:443: i/o timeout'),
  failed('imageDiskFull', 'CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device'),
  failed(
    'imagePullFailed',
    'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: failed open: unexpected status code',
  ),
  failed(
    'imageUnreachable',
    'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.',
  ),
  failed(
    'imageDenied',
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException',
  ),
  // What surrounds the containers.
  failed(
    'secretUnreadable',
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:db from secrets manager: AccessDeniedException',
  ),
  failed(
    'secretUnreadable',
    'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: invalid parameters: /orders/db',
  ),
  failed('secretUnreadable', "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
  failed('secretUnreadable', 'Fetching secret data from AWS Secrets Manager in region eu-west-1: secret db: AccessDeniedException'),
  failed('networkInterfaceFailed', 'ResourceInitializationError: failed to configure ENI: failed to setup regular eni: netplugin failed with no error message'),
  failed(
    'logDriverFailed',
    'ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException',
  ),
  failed('logDriverFailed', 'ResourceInitializationError: failed to validate logger args: : signal: killed'),
  failed(
    'volumeUnavailable',
    "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server'",
  ),
  failed('volumeUnavailable', 'CannotCreateVolumeError: volume plugin not found'),
  failed('capacityUnavailable', 'ResourceInitializationError: Unable to launch instance(s) for capacity provider managed. UnfulfillableCapacity'),
  failed('resourceInitializationFailed', 'ResourceInitializationError: failed to download env files: file download command: non empty error stream'),
  failed('resourceInitializationFailed', 'ResourceNotFoundException: the resource was not found'),
  failed('incompatibleCompute', 'The selected task definition is not compatible with the selected compute strategy.'),
  // Capacity.
  failed('networkInterfaceFailed', 'Timeout waiting for network interface provisioning to complete.'),
  failed(
    'networkInterfaceFailed',
    'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet subnet-0abc: InsufficientFreeAddressesInSubnet',
  ),
  failed('networkInterfaceFailed', 'TaskFailedToStart: RESOURCE:ENI'),
  failed('networkInterfaceFailed', 'InternalError: the network interface was attached after the timeout'),
  failed('quotaReached', "You've reached the limit on the number of tasks you can run concurrently"),
  failed('capacityUnavailable', 'Capacity is unavailable at this time. Please try again later or in a different availability zone'),
  failed('capacityUnavailable', 'RESOURCE:FARGATE'),
  failed('agentDisconnected', 'AGENT'),
  // Health.
  {
    stopCode: SCHEDULER,
    reason: 'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/73e2)',
    container: { exitCode: 143 },
    cause: 'targetHealthCheck',
    crash: true,
  },
  { stopCode: SCHEDULER, reason: 'Task failed container health checks', container: { exitCode: 0 }, cause: 'containerHealthCheck', crash: true },
  { stopCode: SCHEDULER, reason: 'Task failed VPC Lattice health checks', cause: 'targetHealthCheck', crash: true },
  { stopCode: SCHEDULER, reason: 'replaced', healthStatus: 'UNHEALTHY', cause: 'containerHealthCheck', crash: true },
  // Starting and running.
  failed('startTimeout', 'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: starting'),
  failed('startTimeout', 'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s'),
  failed('startTimeout', 'CannotStartContainerError: timed out waiting for the container'),
  failed('exitNotFound', 'CannotStartContainerError: OCI runtime create failed: exec: "node": executable file not found in $PATH'),
  failed('exitNotExecutable', 'CannotStartContainerError: exec: "/app/start.sh": permission denied'),
  failed('containerRuntimeFailed', 'CannotStartContainerError: failed to get container status: gone'),
  failed('containerRuntimeFailed', 'CannotStopContainerError: failed sending SIGTERM to container: gone'),
  failed('containerRuntimeFailed', 'CannotInspectContainerError: gone'),
  failed('containerRuntimeFailed', 'ContainerRuntimeError: failed to create container IO set'),
  failed('platformFailed', 'InternalError: unable to create new container'),
  // Exit codes.
  exited(0, 'exitZero'),
  exited(1, 'exitError'),
  exited(2, 'exitError'),
  exited(42, 'exitError'),
  exited(126, 'exitNotExecutable'),
  exited(127, 'exitNotFound'),
  exited(130, 'exitSignal'),
  exited(134, 'exitAborted'),
  exited(137, 'exitKilled'),
  exited(139, 'exitSegmentationFault'),
  exited(143, 'exitTerminated'),
  exited(255, 'exitUnknown'),
  exited(3_221_225_786, 'exitError'),
  { stopCode: EXIT, reason: 'Essential container in task exited', cause: 'exitUnknown', crash: true },
  { reason: 'Essential container in task exited', container: { exitCode: 1 }, cause: 'exitError', crash: true },
  // Not known.
  failed('unknown', 'Mercury is in retrograde'),
  { stopCode: 'BrandNewCode', reason: 'words of next year', container: { exitCode: 0 }, cause: 'unknown', crash: false },
  { stopCode: SCHEDULER, reason: 'words of next year', container: { exitCode: 137 }, cause: 'unknown', crash: false },
  { cause: 'unknown', crash: false },
];

const taskOf = ({ stopCode, reason, container, healthStatus }: Fixture): StoppedTask => ({
  stopCode,
  stoppedReason: reason,
  healthStatus,
  containers: [{ name: 'app', ...container }],
});

describe('the cause of a stopped task', () => {
  test.each(fixtures.map((fixture) => [fixture.stopCode ?? '-', fixture.reason ?? '-', fixture.container?.exitCode ?? '-', fixture] as const))(
    '%s "%s" (exit code %s)',
    (_code, _reason, _exitCode, fixture) => {
      const stop = classifyStop(taskOf(fixture));
      expect({ cause: stop.code, crash: stop.crash }).toEqual({ cause: fixture.cause, crash: fixture.crash });
      expect(stop.remedy).not.toBe('');
      if (fixture.reason !== undefined) expect(stop.text.startsWith(fixture.reason.slice(0, STOP_TEXT_LENGTH_MAX))).toBe(true);
    },
  );

  test('is shown for every row of the table, every cause and every stop code of the ECS API', () => {
    const rows = new Set(fixtures.map((fixture) => matchingRule(taskOf(fixture))));
    expect(stopRules.filter((rule) => !rows.has(rule))).toEqual([]);
    const causes = new Set(fixtures.map((fixture) => fixture.cause));
    expect(Object.keys(stopCauses).filter((code) => isStopCauseCode(code) && !causes.has(code))).toEqual([]);
    const codes = new Set(fixtures.map((fixture) => fixture.stopCode));
    expect(Object.values(TaskStopCode).filter((code) => !codes.has(code))).toEqual([]);
  });

  test('of the event files is the one their names say', () => {
    const causes = new Map<string, StopCauseCode>([
      ['ecs-task-stopped-cannot-pull.json', 'imageMissing'],
      ['ecs-task-stopped-exited.json', 'exitError'],
      ['ecs-task-stopped-out-of-memory.json', 'outOfMemory'],
      ['ecs-task-stopped-scaled-in.json', 'schedulerStopped'],
      ['ecs-task-stopped-spot-interrupted.json', 'spotInterrupted'],
      ['ecs-task-stopped-unhealthy.json', 'targetHealthCheck'],
      ['ecs-task-stopped-unknown-reason.json', 'unknown'],
    ]);
    const files = readdirSync('events').filter((file) => file.startsWith('ecs-task-stopped-'));
    expect(files.toSorted()).toEqual([...causes.keys()].toSorted());
    for (const file of files) {
      const { detail } = JSON.parse(readFileSync(`events/${file}`, 'utf8')) as { detail: StoppedTask };
      expect({ file, cause: classifyStop(detail).code }).toEqual({ file, cause: causes.get(file) });
    }
  });

  test('is decided by the container that failed first of itself, not by those ECS stopped after it', () => {
    const stop = classifyStop({
      stopCode: EXIT,
      stoppedReason: 'Essential container in task exited',
      containers: [
        { name: 'aws-guardduty-agent-x1', exitCode: 1 },
        { name: 'proxy', exitCode: 143 },
        { name: 'logs', exitCode: 137 },
        { name: 'app', exitCode: 139 },
      ],
    });
    expect(stop).toMatchObject({ code: 'exitSegmentationFault', container: 'app', exitCode: 139, exitMeaning: 'SIGSEGV, invalid memory access' });
  });

  test('names the container that ran out of memory, and the remedy follows where the task ran', () => {
    const memory = classifyStop({
      stopCode: EXIT,
      containers: [{ name: 'app' }, { name: 'cache', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
    });
    expect(memory.container).toBe('cache');
    const short: StoppedTask = { stopCode: START, stoppedReason: 'RESOURCE:FARGATE', containers: [] };
    expect(classifyStop({ ...short, capacityProviderName: 'FARGATE_SPOT' }).remedy).toBe(stopCause('capacityUnavailable').remedyOnSpot);
    expect(classifyStop({ ...short, launchType: 'EC2' }).remedy).toBe(stopCause('capacityUnavailable').remedyOnEc2);
    expect(classifyStop(short).remedy).toBe(stopCause('capacityUnavailable').remedy);
  });
});

describe('laws of the classification', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(...fixtures.flatMap((fixture) => fixture.reason ?? []), 'eni', '\uD800', 'İ'),
  );
  const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
  const task: fc.Arbitrary<StoppedTask> = fc.record({
    stopCode: fc.option(fc.oneof(fc.constantFrom(...Object.values(TaskStopCode)), fc.string()), { nil: undefined }),
    stoppedReason: fc.option(text, { nil: undefined }),
    containers: fc.array(
      fc.record({
        name: fc.string(),
        exitCode: fc.option(fc.oneof(fc.integer(), fc.constantFrom(0, 1, 137, 139, 143, 255)), { nil: null }),
        reason: fc.option(text, { nil: undefined }),
      }),
      { maxLength: 4 },
    ),
    healthStatus: fc.constantFrom(undefined, 'HEALTHY', 'UNHEALTHY', 'UNKNOWN'),
    launchType: fc.constantFrom(undefined, 'EC2', 'FARGATE'),
    capacityProviderName: fc.constantFrom(undefined, 'FARGATE', 'FARGATE_SPOT'),
  });

  test('any task gets a known cause and a bounded text', () => {
    fc.assert(
      fc.property(task, (stoppedTask) => {
        const stop = classifyStop(stoppedTask);
        expect(isStopCauseCode(stop.code)).toBe(true);
        expect(stop.text.length).toBeLessThanOrEqual(STOP_TEXT_LENGTH_MAX);
        expect(stop.text.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  test('what a person or Spot stopped is never a crash, whatever the texts and exit codes', () => {
    fc.assert(
      fc.property(task, fc.constantFrom('UserInitiated', 'SpotInterruption', 'TerminationNotice'), (stoppedTask, stopCode) => {
        expect(classifyStop({ ...stoppedTask, stopCode }).crash).toBe(false);
      }),
    );
  });

  test('an unknown reason is kept as it came', () => {
    fc.assert(
      fc.property(text, (reason) => {
        const stop = classifyStop({ stopCode: START, stoppedReason: reason, containers: [] });
        fc.pre(stop.code === 'unknown' && reason !== '');
        expect(stop).toMatchObject({ text: reason.slice(0, STOP_TEXT_LENGTH_MAX), crash: true, fault: 'unknown' });
      }),
    );
  });

  test('advice appended by AWS changes nothing', () => {
    for (const fixture of fixtures.filter((one) => one.reason !== undefined && one.reason !== 'AGENT' && one.cause !== 'unknown')) {
      const advised = { ...fixture, reason: `${fixture.reason} For more information, see the guide.` };
      expect(classifyStop(taskOf(advised)).code).toBe(fixture.cause);
    }
  });
});
