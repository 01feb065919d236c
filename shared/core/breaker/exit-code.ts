// What a container's exit code says. 126 and 127 are the shell's and Docker's, above 128 it is the number of the signal that ended it.
// Sources: aws-contracts.md 1.3 (137, 139, 143, 255); POSIX, "2.8.2 Exit Status for Commands" (126, 127); signal(7) of Linux (numbers).
import type { StopCauseCode } from './stop-cause.ts';

export interface ExitMeaning {
  readonly cause: StopCauseCode;
  /** A few words after the number, as in "exit code 137: SIGKILL, ...". */
  readonly meaning: string;
}

const SIGNAL_BASE = 128;

/** Linux's numbers on x86 and Arm. */
const signals: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [10, 'SIGUSR1'],
  [11, 'SIGSEGV'],
  [12, 'SIGUSR2'],
  [13, 'SIGPIPE'],
  [14, 'SIGALRM'],
  [15, 'SIGTERM'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
  [31, 'SIGSYS'],
]);

const named: ReadonlyMap<number, ExitMeaning> = new Map([
  [0, { cause: 'exitZero', meaning: 'ended without an error' }],
  [1, { cause: 'exitError', meaning: 'the application failed' }],
  [2, { cause: 'exitError', meaning: 'the application failed, often because of wrong arguments' }],
  [126, { cause: 'exitNotExecutable', meaning: 'the command cannot be executed' }],
  [127, { cause: 'exitNotFound', meaning: 'the command was not found' }],
  [134, { cause: 'exitAborted', meaning: 'SIGABRT, it aborted itself' }],
  [137, { cause: 'exitKilled', meaning: 'SIGKILL, out of memory or too slow to stop' }],
  [139, { cause: 'exitSegmentationFault', meaning: 'SIGSEGV, invalid memory access' }],
  [143, { cause: 'exitTerminated', meaning: 'SIGTERM, asked to terminate' }],
  [255, { cause: 'exitUnknown', meaning: 'did not run, or ended with -1' }],
]);

/** Total: every number means something. */
export function exitMeaning(exitCode: number): ExitMeaning {
  const known = named.get(exitCode);
  if (known !== undefined) return known;
  const signal = signals.get(exitCode - SIGNAL_BASE);
  if (signal !== undefined) return { cause: 'exitSignal', meaning: `${signal}, ended by a signal` };
  return { cause: 'exitError', meaning: 'the application failed' };
}
