// One program in its own process group, with its output kept and its whole group ended when it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { ContainerCommand } from './container-command.ts';

export interface Child {
  readonly pid: number;
  /** Resolves once, with 128 + signal for a program that a signal killed. */
  readonly exit: Promise<number>;
  isOver(): boolean;
  /** Signals the program alone, as the container runtime signals only the first process. */
  signal(signal: NodeJS.Signals): void;
  /** Kills the program and all it started. */
  killGroup(): void;
  /** The last output. */
  tail(): string;
}

const TAIL_BYTES_MAX = 16 * 1024;
const LINE_BYTES_MAX = 16 * 1024;

/** @throws Error (ENOENT, EACCES, ENOEXEC) when the program cannot be started. */
export function startChild(command: ContainerCommand, environment: Readonly<Record<string, string>>, line: (text: string) => void): Promise<Child> {
  const child = spawn(command.executable, command.args, {
    cwd: command.cwd,
    env: environment,
    // A group of its own, so that all it starts can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let tail = '';
  const keep = (text: string): void => {
    tail = (tail + text).slice(-TAIL_BYTES_MAX);
  };
  for (const stream of [child.stdout, child.stderr]) splitLines(stream, keep, line);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(runningChild(child, () => tail)));
  });
}

function runningChild(child: ChildProcess, tail: () => string): Child {
  const pid = child.pid ?? 0;
  let isOver = false;
  const killGroup = (): void => {
    try {
      if (pid > 0) process.kill(-pid, 'SIGKILL');
    } catch {
      // ESRCH: nobody is left in the group.
    }
  };
  const exit = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      isOver = true;
      killGroup();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  // After the spawn an error means that a signal could not be delivered; the exit tells the rest.
  child.on('error', () => undefined);
  return {
    pid,
    exit,
    isOver: () => isOver,
    signal(signal) {
      if (!isOver) child.kill(signal);
    },
    killGroup,
    tail,
  };
}

function splitLines(stream: NodeJS.ReadableStream | null, keep: (text: string) => void, line: (text: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    keep(chunk);
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) line(part);
    if (rest.length > LINE_BYTES_MAX) {
      line(rest);
      rest = '';
    }
  });
  stream?.on('end', () => {
    if (rest !== '') line(rest);
  });
  stream?.on('error', () => undefined);
}
