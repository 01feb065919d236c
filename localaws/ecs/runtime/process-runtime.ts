// Runs containers as real processes of this machine, from images of the local ECR. The default runtime of the local ECS.
import type { AwsShape, Region } from '../../region.ts';
import { type Child, startChild } from './child-process.ts';
import { type ContainerCommand, containerCommand, resolveCommand, textsOf } from './container-command.ts';
import { accepts, chooseHostPorts, type PortBinding } from './host-ports.ts';
import { createImageStore, type ImageStore, type StoredImage } from './image-store.ts';
import { OUT_OF_MEMORY_REASON, watchMemory } from './memory-limit.ts';
import { type ContainerExit, type RunningContainer, StartFailure, type StartRequest, type TaskHost, type TaskRuntime } from './task-runtime.ts';

/** Real time a started process gets to listen on its first port, and one without ports to show that it stays. */
const LISTEN_REAL_MS = 3_000;
const SETTLE_REAL_MS = 250;
const LISTEN_PROBE_REAL_MS = 20;
/** Real time the clock is held for a process to react to SIGTERM, so that a fast clock does not kill it at its first breath. */
const GRACE_REAL_MS = 10_000;
/** A health check may not run longer than this in real time, whatever its definition says. */
const HEALTH_CHECK_REAL_MS_MAX = 60_000;
const TAIL_LINES_LOGGED = 20;

interface Shared {
  readonly region: Region;
  readonly images: ImageStore;
  readonly children: Set<Child>;
  readonly takenPorts: Set<number>;
  isClosed: boolean;
}

export function createProcessRuntime(): TaskRuntime {
  return { open: openProcessHost };
}

function openProcessHost(region: Region): TaskHost {
  const shared: Shared = { region, images: createImageStore(region), children: new Set(), takenPorts: new Set(), isClosed: false };
  const { children } = shared;
  // When this process just ends, nobody closes the region: what it started must not stay behind.
  const endAll = (): void => {
    for (const child of children) child.killGroup();
    shared.images.removeNow();
  };
  process.once('exit', endAll);
  return {
    async pull(request) {
      const { imageDigest } = await shared.images.pull(request);
      return { image: request.image, imageDigest };
    },
    start: (request, exited) => startContainer(shared, request, exited),
    async close() {
      process.removeListener('exit', endAll);
      shared.isClosed = true;
      const open = [...children];
      for (const child of open) child.killGroup();
      await Promise.all(open.map((child) => child.exit));
      await shared.images.remove();
    },
  };
}

async function startContainer(shared: Shared, request: StartRequest, exited: (exit: ContainerExit) => void): Promise<RunningContainer> {
  const { region } = shared;
  const image = shared.images.find(request.image.imageDigest);
  if (image === undefined) throw new StartFailure('CannotStartContainerError', `no such image: ${request.image.image}`);
  const mounts: AwsShape[] = request.definition['mountPoints'] ?? [];
  if (mounts.length > 0) {
    throw new StartFailure(
      'CannotStartContainerError',
      `localaws: volume ${String(mounts[0]?.['sourceVolume'])} cannot be mounted, containers are plain processes here`,
    );
  }
  const command = containerCommand(image, request.definition);
  const ports = await chooseHostPorts(request.definition, shared.takenPorts);
  const environment = containerEnvironment(image, request, ports);
  let child: Child;
  try {
    child = await startTracked(shared, command, environment, request.output);
  } catch (cause) {
    for (const { hostPort } of ports) shared.takenPorts.delete(hostPort);
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new StartFailure('CannotStartContainerError', `failed to create task for container: ${text}`, { cause });
  }
  for (const { containerPort, hostPort } of ports) region.network.attach(request.address, containerPort, hostPort);
  const memory = request.memoryMiB === undefined ? undefined : watchMemory(child.pid, request.memoryMiB, () => child.killGroup());
  await listening(child, ports);
  // Told only after `start` has settled, and before the clock moves on.
  const release = child.isOver() ? region.clock.hold() : () => undefined;
  child.exit
    .then((exitCode) => {
      shared.children.delete(child);
      memory?.stop();
      for (const { hostPort } of ports) shared.takenPorts.delete(hostPort);
      if (exitCode !== 0 && !shared.isClosed)
        region.log('ecs', `${request.taskArn} ${String(request.definition['name'])} ended with ${exitCode}\n${lastLines(child)}`);
      setImmediate(() => {
        // What a closing region ends has not ended by itself: nothing may be started in its place.
        if (!shared.isClosed) exited({ exitCode, ...(memory?.isExceeded() === true ? { reason: OUT_OF_MEMORY_REASON } : {}) });
        release();
      });
    })
    .catch((error: unknown) => region.log('ecs', String(error)));
  return runningContainer(shared, image, child, { cwd: command.cwd, environment, ports });
}

/** Starts a program that the end of the region ends too, even one that closes while it starts. */
async function startTracked(shared: Shared, command: ContainerCommand, environment: Record<string, string>, line: (text: string) => void): Promise<Child> {
  if (shared.isClosed) throw new Error('the region is closed');
  const child = await startChild(command, environment, line);
  shared.children.add(child);
  if (!shared.isClosed) return child;
  child.killGroup();
  throw new Error('the region is closed');
}

function runningContainer(
  shared: Shared,
  image: StoredImage,
  child: Child,
  place: { cwd: string; environment: Record<string, string>; ports: readonly PortBinding[] },
): RunningContainer {
  const { clock } = shared.region;
  return {
    runtimeId: `${shared.region.ids.hex(32)}-${shared.region.ids.digits(9)}`,
    signal(signal) {
      if (signal === 'SIGKILL') {
        child.killGroup();
        clock.during(() => child.exit).catch(() => undefined);
        return;
      }
      const stopSignal: unknown = image.config['StopSignal'];
      child.signal(typeof stopSignal === 'string' && /^SIG[A-Z0-9]+$/.test(stopSignal) ? (stopSignal as NodeJS.Signals) : signal);
      clock.during(() => Promise.race([child.exit, realDelay(GRACE_REAL_MS)])).catch(() => undefined);
    },
    async checkHealth(command, timeoutMs) {
      const [kind, ...rest] = command;
      const argv = (kind === 'CMD-SHELL' ? ['sh', '-c', ...rest] : rest).map((part) => withHostPorts(part, place.ports));
      try {
        const check = await startTracked(shared, resolveCommand(image, argv, place.cwd), place.environment, () => undefined);
        const code = await Promise.race([check.exit, realDelay(Math.min(timeoutMs, HEALTH_CHECK_REAL_MS_MAX))]);
        check.killGroup();
        shared.children.delete(check);
        return code === 0;
      } catch {
        return false;
      }
    },
  };
}

/** Resolves when the process listens on its first port, has ended, or has had its time. */
async function listening(child: Child, ports: readonly PortBinding[]): Promise<void> {
  const first = ports[0];
  const limitMs = first === undefined ? SETTLE_REAL_MS : LISTEN_REAL_MS;
  for (let waitedMs = 0; waitedMs < limitMs && !child.isOver(); waitedMs += LISTEN_PROBE_REAL_MS) {
    if (first !== undefined && (await accepts(first.hostPort))) return;
    await Promise.race([child.exit, realDelay(LISTEN_PROBE_REAL_MS)]);
  }
}

/** The image's variables, ECS's own, the definition's; last, where the container really listens and this machine's PATH. */
function containerEnvironment(image: StoredImage, request: StartRequest, ports: readonly PortBinding[]): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const entry of textsOf(image.config['Env'])) {
    const equals = entry.indexOf('=');
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  Object.assign(environment, request.environment);
  for (const variable of request.definition['environment'] ?? []) environment[String(variable['name'])] = String(variable['value'] ?? '');
  environment['HOSTNAME'] ??= `ip-${request.address.replaceAll('.', '-')}.ec2.internal`;
  environment['HOME'] ??= image.rootDirectory;
  for (const { containerPort, hostPort } of ports) environment[`PORT_${containerPort}`] = String(hostPort);
  const first = ports[0];
  if (first !== undefined) environment['PORT'] = String(first.hostPort);
  environment['PATH'] = process.env['PATH'] ?? '';
  return environment;
}

/** Health checks ask the container's own port on localhost; here that port is another one. */
function withHostPorts(text: string, ports: readonly PortBinding[]): string {
  return text.replace(/\b(localhost|127\.0\.0\.1):(\d+)\b/g, (whole, _host, port) => {
    const binding = ports.find(({ containerPort }) => containerPort === Number(port));
    return binding === undefined ? whole : `127.0.0.1:${binding.hostPort}`;
  });
}

/** Real time, because a real process is waited for: the region's clock stands still or is held meanwhile. */
function realDelay(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}

function lastLines(child: Child): string {
  return child.tail().split('\n').slice(-TAIL_LINES_LOGGED).join('\n');
}
