// Runs functions in worker threads: real code, real timers, the function's own memory limit, and nothing of the parent's
// environment.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EnvironmentSpec, FunctionEnvironment, FunctionExecutor, Invocation, InvocationEnd, InvocationResult } from './function-executor.ts';
import { INIT_MS_MAX, LOG_CHARACTERS_PER_INVOCATION_MAX } from './limits.ts';
import type { WorkerMessage, WorkerStart } from './worker/messages.ts';

const ENTRY = new URL('./worker/entry.mjs', import.meta.url);
/** Part of a function's memory that its heap may take; the rest is what the runtime itself needs on Lambda. */
const HEAP_SHARE = 0.9;
/** Smallest heap in which the bootstrap and an SDK client load at all. */
const HEAP_MB_MIN = 96;
/** Writes kept that came between invocations. */
const EARLY_LOG_MAX = 1_000;

/** @param codeDirectory where functions' code is kept from one region to the next, if it is: what V8 compiles of it is kept there too */
export function createWorkerExecutor(codeDirectory?: string): FunctionExecutor {
  const compileCache = codeDirectory === undefined ? undefined : join(codeDirectory, 'compile-cache');
  return { start: (spec) => startEnvironment(spec, compileCache) };
}

interface Running {
  readonly log: string[];
  logCharacters: number;
  beganAt: number | undefined;
  readonly finish: (end: InvocationEnd) => void;
}

/** What is known of one worker. */
interface WorkerState {
  readonly createdAt: number;
  usable: boolean;
  killed: boolean;
  ready: boolean;
  onReady: (() => void) | undefined;
  initFailure: string | undefined;
  exitReason: string | undefined;
  running: Running | undefined;
  /** Written between invocations; belongs to the next one. */
  earlyLog: string[];
}

function startEnvironment(spec: EnvironmentSpec, compileCache: string | undefined): FunctionEnvironment {
  const worker = startWorker(spec, compileCache);
  const state: WorkerState = {
    createdAt: performance.now(),
    usable: true,
    killed: false,
    ready: false,
    onReady: undefined,
    initFailure: undefined,
    exitReason: undefined,
    running: undefined,
    earlyLog: [],
  };
  listen(worker, state);
  const terminate = async (): Promise<void> => {
    state.usable = false;
    state.killed = true;
    await worker.terminate();
  };
  return {
    invoke: (invocation) => runInvocation(worker, state, invocation, terminate),
    get usable() {
      return state.usable;
    },
    terminate,
  };
}

function startWorker(spec: EnvironmentSpec, compileCache: string | undefined): Worker {
  const start: WorkerStart = {
    directory: spec.directory,
    handler: spec.handler,
    runtime: spec.runtime,
    logFormat: spec.logFormat,
    timeBuffer: spec.time.buffer,
    compileCache,
  };
  const worker = new Worker(ENTRY, {
    name: spec.functionName,
    workerData: start,
    env: { ...spec.variables },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(HEAP_MB_MIN, Math.floor(spec.memoryMb * HEAP_SHARE)) },
  });
  // An idle function must not keep the process alive.
  worker.unref();
  return worker;
}

function listen(worker: Worker, state: WorkerState): void {
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'log') addLog(state, message.text);
    else if (message.type === 'ready') {
      state.ready = true;
      state.onReady?.();
    } else if (message.type === 'initFailed') {
      state.usable = false;
      state.initFailure = message.payload;
      state.running?.finish({ kind: 'failed', payload: message.payload });
    } else if (message.type === 'crashed') {
      state.usable = false;
      state.running?.finish({ kind: 'failed', payload: message.payload });
    } else {
      state.running?.finish({ kind: message.type, payload: message.payload });
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    state.exitReason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'signal: aborted' : 'exit status 1';
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') addLog(state, `${error.stack ?? error.message}\n`);
  });
  worker.on('exit', (exitCode) => {
    state.usable = false;
    state.exitReason = state.killed ? 'signal: killed' : (state.exitReason ?? (exitCode === 0 ? undefined : `exit status ${exitCode}`));
    state.running?.finish({ kind: 'exited', reason: state.exitReason });
  });
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (chunk: Buffer) => addLog(state, chunk.toString()));
}

function addLog({ running, earlyLog }: WorkerState, text: string): void {
  if (running === undefined) {
    if (earlyLog.length < EARLY_LOG_MAX) earlyLog.push(text);
    return;
  }
  if (running.logCharacters > LOG_CHARACTERS_PER_INVOCATION_MAX) return;
  running.logCharacters += text.length;
  running.log.push(running.logCharacters > LOG_CHARACTERS_PER_INVOCATION_MAX ? 'localaws: the rest of this log was cut\n' : text);
}

function runInvocation(worker: Worker, state: WorkerState, invocation: Invocation, terminate: () => Promise<void>): Promise<InvocationResult> {
  return new Promise((resolve) => {
    const wasReady = state.ready;
    // Real timers: the function's own work takes real time, and the region's clock stands still or runs at real speed for it.
    let timer: NodeJS.Timeout | undefined;
    const finish = (end: InvocationEnd): void => {
      if (state.running !== mine) return;
      state.running = undefined;
      state.onReady = undefined;
      clearTimeout(timer);
      const now = performance.now();
      const beganAt = mine.beganAt ?? now;
      resolve({ end, log: mine.log, durationMs: now - beganAt, initMs: wasReady ? undefined : beganAt - state.createdAt });
    };
    const mine: Running = { log: state.earlyLog, logCharacters: 0, beganAt: undefined, finish };
    state.earlyLog = [];
    state.running = mine;
    const timeOut = (): void => {
      finish({ kind: 'timedOut' });
      void terminate();
    };
    const begin = (): void => {
      clearTimeout(timer);
      mine.beganAt = performance.now();
      timer = setTimeout(timeOut, invocation.timeoutMs);
      worker.postMessage(invocation);
    };
    if (state.initFailure !== undefined) finish({ kind: 'failed', payload: state.initFailure });
    else if (!state.usable) finish({ kind: 'exited', reason: state.exitReason });
    else if (state.ready) begin();
    else {
      timer = setTimeout(timeOut, INIT_MS_MAX + invocation.timeoutMs);
      state.onReady = begin;
    }
  });
}
