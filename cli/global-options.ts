// The options every verb shares.
import type { Command } from 'commander';

export interface GlobalOptions {
  readonly stage: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly json: boolean;
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/** Prints a value as JSON, or the lines a person reads. */
export function print(json: boolean, value: unknown, lines: () => readonly string[]): void {
  process.stdout.write(
    json
      ? `${JSON.stringify(value, null, 2)}\n`
      : lines()
          .map((line) => `${line}\n`)
          .join(''),
  );
}
