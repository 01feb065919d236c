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
  const child = spawnWeir(endpointUrl, args, cwd);
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

export interface ServedDashboard {
  /** With the session's token. */
  readonly url: string;
  close(): Promise<void>;
}

/** `weir dashboard` on a free port, until it is closed. */
export function serveDashboard(endpointUrl: string): Promise<ServedDashboard> {
  const child = spawnWeir(endpointUrl, ['--json', 'dashboard', '--port', '0']);
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return new Promise((resolve, reject) => {
    let out = '';
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (!out.includes('}')) return;
      const { url } = JSON.parse(out) as { readonly url: string };
      resolve({
        url,
        close() {
          child.kill('SIGTERM');
          return ended;
        },
      });
    });
    void ended.then(() => reject(new Error(`weir dashboard ended: ${error}`)));
  });
}

function spawnWeir(endpointUrl: string, args: readonly string[], cwd?: string) {
  return spawn(process.execPath, [COMMAND_LINE, ...args], {
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
}
