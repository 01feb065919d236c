// weir replay --csv as a person runs it: what would have happened, and errors that say what is wrong with the file.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const COMMAND_LINE = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'weir-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function weir(...args: string[]): { readonly status: number | null; readonly out: string; readonly error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...args], { encoding: 'utf8' });
  return { status, out: stdout, error: stderr };
}

const HEADER = 'minute,blue_requests,blue_errors,green_requests,green_errors';
const incident = file('incident.csv', [HEADER, '0,900,1,100,0', '1,900,2,100,0', '2,900,1,100,30', '3,900,2,100,31'].join('\n'));

test('says after which minute green would have been rolled back', () => {
  const { status, out } = weir('replay', '--csv', incident);
  expect(status).toBe(0);
  expect(out).toMatch(/verdict fail: green failed 61 of 400 .* odds/);
  expect(out).toContain('green would have been rolled back after 3 minute(s), 300 green requests in');
});

test('judges by another manifest, and as JSON', () => {
  const manifest = {
    version: 1,
    service: 'orders',
    cluster: 'prod',
    image: { repository: 'team/orders' },
    driver: { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' },
    health: { compare: { falseRollbackPercent: 0.01 } },
  };
  const mild = file('mild.csv', [HEADER, ...Array.from({ length: 12 }, (_, minute) => `${minute},900,2,100,2`)].join('\n'));
  const [usual, patient] = [[], ['-f', file('patient.yaml', JSON.stringify(manifest))]].map((more) =>
    JSON.parse(weir('--json', 'replay', '--csv', mild, ...more).out),
  );
  expect(usual.verdict).toBe('fail');
  expect(patient.failsAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(usual.failsAt);
  expect(patient.minutes).toHaveLength(12);
});

test.each([
  ['a missing file', ['replay', '--csv', join(folder, 'none.csv')], 'cannot read'],
  ['a wrong line', ['replay', '--csv', file('wrong.csv', `${HEADER}\n0,1,2,3,0`)], 'line 2: errors must be at most requests'],
  ['neither a service nor a file', ['replay'], 'give a service or --csv'],
  ['both', ['replay', 'prod/orders', '--csv', incident], 'give a service or --csv'],
])('%s is wrong usage, said in one line', (_what, args, problem) => {
  const { status, error } = weir(...args);
  expect(status).toBe(2);
  expect(error).toContain(problem);
  expect(error).not.toContain('    at ');
});
