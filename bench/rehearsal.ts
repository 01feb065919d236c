// How long a person waits for a rehearsal: the whole command of a one-hour linear deployment, beside a bare Node start and another verb
// that loads the command line and no more.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const weir = join(import.meta.dirname, '..', 'bin', 'weir.mjs');
const ROUNDS = 5;

const linear = (driver: string): string =>
  [
    'version: 1',
    'service: orders',
    'cluster: prod',
    'image: { repository: team/orders }',
    driver,
    'strategy: { linear: { percent: 10, intervalMinutes: 6 } }',
  ].join('\n');
const CODEDEPLOY = linear('driver: { kind: codedeploy, application: orders, deploymentGroup: orders-prod }');
const ECS = linear('driver: { kind: ecs }');

export async function benchRehearsal(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const [codedeploy, ecs] = [join(folder, 'codedeploy.yaml'), join(folder, 'ecs.yaml')];
  writeFileSync(codedeploy, CODEDEPLOY);
  writeFileSync(ecs, ECS);
  try {
    const rehearse = (file: string, scenario: string): Promise<unknown> => run(process.execPath, [weir, 'rehearse', '-f', file, '--scenario', scenario]);
    // Packages the template and fills the compile cache, as the first rehearsal on a machine does.
    await rehearse(codedeploy, 'crash');
    const bare = await timed(() => run(process.execPath, ['-e', '0']));
    const rows: [string, Times][] = [
      ['node start alone', bare],
      ['weir plan', await timed(() => run(process.execPath, [weir, 'plan', '-f', codedeploy]))],
      ['one hour linear, CodeDeploy, good', await timed(() => rehearse(codedeploy, 'good'))],
      ['one hour linear, CodeDeploy, errors:2%', await timed(() => rehearse(codedeploy, 'errors:2%'))],
      ['one hour linear, ECS, good', await timed(() => rehearse(ecs, 'good'))],
    ];
    process.stdout.write(`${'whole command'.padEnd(42)} ${'best'.padStart(6)} ${'median'.padStart(7)} ${'ratio'.padStart(7)}\n`);
    for (const [what, { best, median }] of rows)
      process.stdout.write(
        `${what.padEnd(42)} ${best.toFixed(2).padStart(5)}s ${median.toFixed(2).padStart(6)}s ${(median / bare.median).toFixed(1).padStart(6)}x\n`,
      );
    process.stdout.write(`${ROUNDS} rounds; load of the machine in the last minute: ${loadavg()[0]?.toFixed(2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds. */
interface Times {
  readonly best: number;
  readonly median: number;
}

async function timed(work: () => Promise<unknown>): Promise<Times> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    await work();
    seconds.push((performance.now() - startedAt) / 1_000);
  }
  const sorted = seconds.toSorted((a, b) => a - b);
  return { best: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}
