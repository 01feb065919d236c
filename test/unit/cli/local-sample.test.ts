import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const COMMAND_LINE = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');

/** Nothing listens on port 9 of this machine. */
function sample(...args: string[]): { readonly status: number | null; readonly error: string } {
  const { status, stderr } = spawnSync(process.execPath, [COMMAND_LINE, 'local', 'sample', '--endpoint-url', 'http://127.0.0.1:9', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1' },
  });
  return { status, error: stderr };
}

test.each([
  [['--endpoint-url', 'https://ecs.eu-west-1.amazonaws.com'], 'the sample is made on a local AWS only, not at https://ecs.eu-west-1.amazonaws.com'],
  [['--driver', 'external'], '--driver takes codedeploy or ecs, got external'],
  [['--port', '0'], '--port takes a port from 1 to 65535, got 0'],
])('%j is wrong usage', (args, problem) => {
  expect(sample(...args)).toMatchObject({ status: 2, error: expect.stringContaining(problem) });
});

test('without a local AWS it says that nobody answers', () => {
  const { status, error } = sample();
  expect(status).toBe(1);
  expect(error).toMatch(/^weir: .*127\.0\.0\.1:9/);
});
