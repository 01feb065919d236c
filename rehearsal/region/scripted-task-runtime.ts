// A task runtime without processes: what an image does is written down by tag, so a whole story runs in virtual time. An
// image may also answer HTTP, on one real loopback port for each container, for tests that send traffic through.
import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ContainerExit,
  type RunningContainer,
  StartFailure,
  type StartRequest,
  type TaskHost,
  type TaskRuntime,
} from '#localaws/ecs/runtime/task-runtime.ts';
import type { Region } from '#localaws/region.ts';

export interface ImageScript {
  /** The pull fails with this text. */
  readonly cannotPull?: string;
  /** What a tag points to; a digest of the runtime's own when absent. */
  readonly digest?: string;
  /** The start fails with this text. */
  readonly cannotStart?: string;
  /** The container ends by itself after so many simulated milliseconds. */
  readonly exitAfterMs?: number;
  /** With this code (0), and this reason. */
  readonly exitCode?: number;
  readonly exitReason?: string;
  /** Ends only where it has less memory than this. */
  readonly needsMiB?: number;
  /** Lines it writes when it starts. */
  readonly prints?: readonly string[];
  /** What its container health check says, by the simulated time since its start (always healthy). */
  readonly isHealthy?: (elapsedMs: number) => boolean;
  /** Simulated time from SIGTERM to its end (0); Infinity for one that ignores it. */
  readonly stopMs?: number;
  /** What it answers to HTTP requests; nothing listens when absent. */
  readonly respond?: RequestListener;
}

export interface ScriptedTaskRuntime extends TaskRuntime {
  /** Changes what containers of a tag do from now on. */
  script(tag: string, script: ImageScript): void;
  /** Ends the running containers of a task. */
  exit(taskArn: string, exit: ContainerExit): void;
  /** Containers that run now. */
  running(): number;
  /** Signals sent so far, in order. */
  readonly signals: { taskArn: string; container: string; signal: string; at: number }[];
  readonly started: StartRequest[];
}

/** The digest the scripted registry gives a tag. */
export function scriptedDigest(tag: string): string {
  return `sha256:${createHash('sha256').update(tag).digest('hex')}`;
}

interface Live {
  readonly taskArn: string;
  end(exit: ContainerExit): void;
}

/** Tags that no script names run for ever, healthy. */
export function createScriptedTaskRuntime(scripts: Readonly<Record<string, ImageScript>> = {}): ScriptedTaskRuntime {
  const byTag = new Map(Object.entries(scripts));
  const tagOfDigest = new Map<string, string>();
  const live = new Set<Live>();
  const runtime: ScriptedTaskRuntime = {
    signals: [],
    started: [],
    script: (tag, script) => {
      byTag.set(tag, script);
    },
    exit(taskArn, exit) {
      for (const container of [...live]) if (container.taskArn === taskArn) container.end(exit);
    },
    running: () => live.size,
    open: (region) => openHost(region),
  };

  const tagOf = (image: string): string => {
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
    if (digest !== undefined) return tagOfDigest.get(digest) ?? digest;
    return /:([^/:]+)$/.exec(image)?.[1] ?? 'latest';
  };

  const openHost = (region: Region): TaskHost => ({
    async pull({ image }) {
      const tag = tagOf(image);
      const failure = byTag.get(tag)?.cannotPull;
      if (failure !== undefined) throw new StartFailure('CannotPullContainerError', failure);
      const imageDigest = byTag.get(tag)?.digest ?? scriptedDigest(tag);
      // What the registry calls so has a script of its own.
      if (byTag.get(tag)?.digest === undefined) tagOfDigest.set(imageDigest, tag);
      return { image, imageDigest };
    },
    start: (request, exited) => startContainer(region, request, exited),
    async close() {
      for (const container of [...live]) container.end({ exitCode: 137 });
    },
  });

  const startContainer = async (region: Region, request: StartRequest, exited: (exit: ContainerExit) => void): Promise<RunningContainer> => {
    const script = byTag.get(tagOf(request.image.image)) ?? {};
    if (script.cannotStart !== undefined) throw new StartFailure('CannotStartContainerError', script.cannotStart);
    runtime.started.push(request);
    for (const line of script.prints ?? []) request.output(line);
    const server = script.respond === undefined ? undefined : await serve(region, request, script.respond);
    const startedAt = region.clock.now();
    const container: Live = {
      taskArn: request.taskArn,
      end(exit) {
        if (!live.delete(container)) return;
        server?.closeAllConnections();
        server?.close();
        exited(exit);
      },
    };
    live.add(container);
    const hasEnough = script.needsMiB !== undefined && (request.memoryMiB ?? Number.POSITIVE_INFINITY) >= script.needsMiB;
    if (script.exitAfterMs !== undefined && !hasEnough) {
      const exit = { exitCode: script.exitCode ?? 0, ...(script.exitReason === undefined ? {} : { reason: script.exitReason }) };
      region.clock.schedule(script.exitAfterMs, () => container.end(exit), 'scripted exit');
    }
    return {
      runtimeId: region.ids.hex(32),
      signal(signal) {
        runtime.signals.push({ taskArn: request.taskArn, container: String(request.definition['name']), signal, at: region.clock.now() });
        const stopMs = script.stopMs ?? 0;
        if (signal === 'SIGKILL') region.clock.schedule(0, () => container.end({ exitCode: 137 }), 'scripted kill');
        else if (Number.isFinite(stopMs)) region.clock.schedule(stopMs, () => container.end({ exitCode: 143 }), 'scripted stop');
      },
      checkHealth: async () => script.isHealthy?.(region.clock.now() - startedAt) ?? true,
    };
  };
  return runtime;
}

async function serve(region: Region, request: StartRequest, respond: RequestListener): Promise<Server> {
  const server = createServer(respond);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const mapping of request.definition['portMappings'] ?? []) region.network.attach(request.address, mapping.containerPort, port);
  return server;
}
