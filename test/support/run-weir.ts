// The `weir` command as a person runs it, against a local AWS in this process: in a process of its own, so that the endpoint can answer.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const COMMAND_LINE = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

export interface WeirRun {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

export function runWeir(endpointUrl: string, args: readonly string[], cwd?: string): Promise<WeirRun> {
  const child = spawn(process.execPath, [COMMAND_LINE, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => resolve({ status, out, error })));
}
