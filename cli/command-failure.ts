// A failure with a message for the person at the terminal. Anything else that is thrown is a defect and shows its stack.

/** Exit codes: 0 done, 1 failed, 2 wrong usage, 3 rolled back, 4 still running. */
export type ExitCode = 1 | 2 | 3 | 4;

export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}
