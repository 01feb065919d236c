// What AWS demands of each container of a task definition. Messages are AWS's where they are known from its answers; the
// rest say the same in its manner (unverified).
import type { AwsShape } from '../../region.ts';
import { choice, clientError, flag, structure, structures, text, texts, whole } from '../input-members.ts';
import { STOP_TIMEOUT_SECONDS_MAX } from '../limits.ts';

export interface TaskRules {
  readonly networkMode: string | undefined;
  readonly isFargate: boolean;
  readonly memory: number | undefined;
  readonly hasExecutionRole: boolean;
  readonly volumeNames: ReadonlySet<string>;
  readonly containerNames: ReadonlySet<string>;
}

const CONTAINER_NAME = /^[a-zA-Z0-9_-]{1,255}$/;
const IMAGE_NAME = /^[a-zA-Z0-9_\-:./#@]{1,512}$/;
const ECR_IMAGE = /^\d{12}\.dkr\.ecr\./;
const CONTAINER_MEMORY_MIN = 4;
const FARGATE_LOG_DRIVERS = ['awslogs', 'splunk', 'awsfirelens'] as const;
const LOG_DRIVERS = ['json-file', 'syslog', 'journald', 'gelf', 'fluentd', 'awslogs', 'splunk', 'awsfirelens'] as const;
const HEALTH_CHECK_BOUNDS = { interval: [5, 300], timeout: [2, 120], retries: [1, 10], startPeriod: [0, 300] } as const;
const WHOLE = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** @throws AwsError ClientException. */
export function checkContainer(container: AwsShape, rules: TaskRules): void {
  const name = text(container, 'name') ?? '';
  if (name === '') throw clientError('Container.name should not be null or empty.');
  if (!CONTAINER_NAME.test(name)) throw clientError('Container.name contains invalid characters.');
  const image = text(container, 'image') ?? '';
  if (image === '') throw clientError('Container.image should not be null or empty.');
  if (!IMAGE_NAME.test(image)) throw clientError('Container.image contains invalid characters.');
  if (rules.isFargate && !rules.hasExecutionRole && ECR_IMAGE.test(image)) {
    throw clientError('Fargate requires task definition to have execution role ARN to support ECR images.');
  }
  for (const member of ['entryPoint', 'command', 'links'] as const) texts(container, member);
  for (const variable of structures(container, 'environment')) text(variable, 'value');
  flag(container, 'essential');
  checkMemory(container, name, rules);
  checkPorts(container, rules);
  checkHealthCheck(container);
  checkLogs(container, rules);
  checkSecrets(container, rules);
  checkReferences(container, name, rules);
  const stopTimeout = whole(container, 'stopTimeout', WHOLE);
  if (rules.isFargate && stopTimeout !== undefined && stopTimeout > STOP_TIMEOUT_SECONDS_MAX) {
    throw clientError(`Invalid setting for container '${name}'. 'stopTimeout' must be at most ${STOP_TIMEOUT_SECONDS_MAX} seconds on Fargate.`);
  }
  const restart = structure(container, 'restartPolicy');
  if (restart !== undefined) {
    whole(restart, 'restartAttemptPeriod', { min: 60, max: 1800 });
    flag(restart, 'enabled');
  }
  if (rules.isFargate && flag(container, 'privileged') === true) throw clientError('Fargate compatible task definitions do not support privileged containers.');
}

function checkMemory(container: AwsShape, name: string, rules: TaskRules): void {
  const memory = whole(container, 'memory', WHOLE);
  const reservation = whole(container, 'memoryReservation', WHOLE);
  whole(container, 'cpu', WHOLE);
  if (memory === undefined && reservation === undefined && rules.memory === undefined) {
    throw clientError(`Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`);
  }
  for (const value of [memory, reservation]) {
    if (value !== undefined && value < CONTAINER_MEMORY_MIN)
      throw clientError(`Invalid setting for container '${name}'. 'memory' must be at least ${CONTAINER_MEMORY_MIN} MiB.`);
  }
  if (memory !== undefined && reservation !== undefined && memory <= reservation) {
    throw clientError(`Invalid setting for container '${name}'. 'memory' must be greater than 'memoryReservation'.`);
  }
  if (memory !== undefined && rules.memory !== undefined && memory > rules.memory) {
    throw clientError(`Invalid setting for container '${name}'. 'memory' must not exceed the memory of the task.`);
  }
}

function checkPorts(container: AwsShape, rules: TaskRules): void {
  for (const mapping of structures(container, 'portMappings')) {
    const containerPort = whole(mapping, 'containerPort', { min: 0, max: 65_535 });
    const hostPort = whole(mapping, 'hostPort', { min: 0, max: 65_535 });
    choice(mapping, 'protocol', ['tcp', 'udp']);
    choice(mapping, 'appProtocol', ['http', 'http2', 'grpc']);
    if (containerPort === undefined && text(mapping, 'containerPortRange') === undefined) {
      throw clientError('PortMapping.containerPort or PortMapping.containerPortRange should be specified.');
    }
    if (rules.networkMode === 'awsvpc' && hostPort !== undefined && hostPort !== 0 && hostPort !== containerPort) {
      throw clientError('When networkMode=awsvpc, the host ports and container ports in port mappings must match.');
    }
  }
  if (rules.networkMode === 'awsvpc' && texts(container, 'links').length > 0) throw clientError('Links are not supported when networkMode=awsvpc.');
}

function checkHealthCheck(container: AwsShape): void {
  const check = structure(container, 'healthCheck');
  if (check === undefined) return;
  const command = texts(check, 'command');
  if (command.length === 0) throw clientError('Container health check command must not be empty.');
  if (!['CMD', 'CMD-SHELL', 'NONE'].includes(command[0] ?? '') && command.length > 1) {
    throw clientError('Container health check command must start with CMD, CMD-SHELL or NONE.');
  }
  for (const [name, [min, max]] of Object.entries(HEALTH_CHECK_BOUNDS)) {
    const value = whole(check, name, WHOLE);
    if (value !== undefined && (value < min || value > max)) throw clientError(`Container health check ${name} must be between ${min} and ${max}.`);
  }
}

function checkLogs(container: AwsShape, rules: TaskRules): void {
  const log = structure(container, 'logConfiguration');
  if (log === undefined) return;
  const driver = choice(log, 'logDriver', LOG_DRIVERS);
  if (driver === undefined) throw clientError('Log driver should not be null or empty.');
  if (rules.isFargate && !(FARGATE_LOG_DRIVERS as readonly string[]).includes(driver)) {
    throw clientError(`Invalid log driver for Fargate: ${driver}. Valid values are ${FARGATE_LOG_DRIVERS.join(', ')}.`);
  }
  if (driver !== 'awslogs') return;
  const options = structure(log, 'options') ?? {};
  const missing = ['awslogs-group', 'awslogs-region'].filter((option) => text(options, option) === undefined);
  if (missing.length > 0) throw clientError(`Log driver awslogs requires options: ${missing.join(', ')}`);
  if (rules.isFargate && text(options, 'awslogs-stream-prefix') === undefined) throw clientError('Log driver awslogs requires options: awslogs-stream-prefix');
  if (rules.isFargate && !rules.hasExecutionRole) {
    throw clientError('Fargate requires task definition to have execution role ARN to support log driver awslogs.');
  }
}

function checkSecrets(container: AwsShape, rules: TaskRules): void {
  const secrets = structures(container, 'secrets');
  for (const secret of secrets) {
    if (text(secret, 'name') === undefined || text(secret, 'valueFrom') === undefined)
      throw clientError('Secret.name and Secret.valueFrom should not be null or empty.');
  }
  if (secrets.length > 0 && !rules.hasExecutionRole) {
    throw clientError("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  }
  const variables = new Set(structures(container, 'environment').map((variable) => text(variable, 'name')));
  const both = secrets.map((secret) => text(secret, 'name')).find((name) => variables.has(name));
  if (both !== undefined)
    throw clientError(`The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${both}'.`);
}

/** Volumes and containers that a container names must be there. */
function checkReferences(container: AwsShape, name: string, rules: TaskRules): void {
  for (const mount of structures(container, 'mountPoints')) {
    const volume = text(mount, 'sourceVolume');
    if (volume !== undefined && !rules.volumeNames.has(volume)) throw clientError(`Unknown volume '${volume}'.`);
  }
  for (const from of structures(container, 'volumesFrom')) {
    const source = text(from, 'sourceContainer');
    if (source === undefined || !rules.containerNames.has(source)) throw clientError(`Unknown container '${source ?? ''}' in volumesFrom.`);
  }
  for (const dependency of structures(container, 'dependsOn')) {
    const on = text(dependency, 'containerName') ?? '';
    if (choice(dependency, 'condition', ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY']) === undefined)
      throw clientError('ContainerDependency.condition should not be null or empty.');
    if (!rules.containerNames.has(on) || on === name)
      throw clientError(`Container '${name}' depends on container '${on}', which is not in the task definition.`);
  }
}
