// npm run check: everything about the code that is not a test. Runs all parts, then fails if one did.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const bin = (name: string): string => join(process.cwd(), 'node_modules', '.bin', name);

const parts: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types (tsc)', command: [bin('tsc'), '--noEmit'] },
  { name: "types of the dashboard's page (tsc)", command: [bin('tsc'), '--noEmit', '--project', 'dashboard/page'] },
  { name: 'lint, format and arrows (biome)', command: [bin('biome'), 'ci', '--max-diagnostics=50'] },
  { name: 'dead code (knip)', command: [bin('knip'), '--no-progress'] },
];

const failed = parts.filter(({ name, command: [program = '', ...args] }) => {
  process.stdout.write(`\n== ${name}\n`);
  const run = spawnSync(program, args, { stdio: 'inherit' });
  return run.status !== 0;
});

process.stdout.write(failed.length === 0 ? '\ncheck: all parts pass\n' : `\ncheck: failed: ${failed.map((part) => part.name).join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
