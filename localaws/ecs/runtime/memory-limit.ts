// Ends a process that uses more memory than its container may, as the kernel ends a container whose control group is out of memory. A
// plain process has no control group, so what it uses is looked at often enough for a leak; what it starts itself is not counted. Linux
// only: elsewhere nothing is limited.
import { readFileSync } from 'node:fs';

/** Real time between two looks. */
const LOOK_REAL_MS = 100;
const KIBIBYTES_PER_MEBIBYTE = 1_024;

/** What ECS says of a container that was killed for memory. Source: ECS developer guide, stopped task errors. */
export const OUT_OF_MEMORY_REASON = 'OutOfMemoryError: Container killed due to memory usage';

export interface MemoryWatch {
  /** Whether the limit was reached. */
  readonly isExceeded: () => boolean;
  stop(): void;
}

/** @param kill called once when the process uses more than the limit */
export function watchMemory(pid: number, limitMiB: number, kill: () => void): MemoryWatch {
  let exceeded = false;
  const timer = setInterval(() => {
    if (residentKibibytes(pid) <= limitMiB * KIBIBYTES_PER_MEBIBYTE) return;
    exceeded = true;
    clearInterval(timer);
    kill();
  }, LOOK_REAL_MS);
  timer.unref();
  return { isExceeded: () => exceeded, stop: () => clearInterval(timer) };
}

/** 0 for a process that has ended, and where there is no /proc. Source: proc(5), /proc/pid/status. */
function residentKibibytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
