#!/usr/bin/env node
// Runs a command of this project on a Node that executes TypeScript directly (22.18 or newer): the machine's own where it
// is new enough, else the one npm installed beside us. Installs the locked dependencies first where they are missing.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether a `process.versions.node` string is at least 22.18, the first release that runs TypeScript without a flag. */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** Installs exactly what package-lock.json names, once for each content of the lock file. */
function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(projectRoot, 'package-lock.json')))
    .digest('hex');
  const stamp = join(projectRoot, 'node_modules', '.weir-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('weir: installing dependencies (npm ci) ...\n');
  const install = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: projectRoot,
    // npm's own output must not mix with what a command prints for a program to read.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (install.status !== 0) {
    process.stderr.write('weir: npm ci failed; the lines above say why. Run it by hand, then try again.\n');
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

/** The Node to run: this one, or the binary of the optional dependency for this platform. */
function chooseNode() {
  if (runsTypeScript(process.versions.node)) return process.execPath;
  const bundled = join(projectRoot, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(bundled)) return bundled;
  process.stderr.write(
    `weir: Node ${process.versions.node} is too old to run Weir's TypeScript and no newer one came with the dependencies ` +
      `for ${process.platform}-${process.arch}. Install Node 24 and try again.\n`,
  );
  process.exit(1);
}

/**
 * Runs `node ...args` and ends as it ends; never returns.
 * @param environment variables for it, where they are not set already
 */
export function launch(args, environment = {}) {
  ensureInstalled();
  const node = chooseNode();
  const child = spawn(node, args, {
    stdio: 'inherit',
    // Children (jest workers, serverless plugins) must find the same Node first.
    env: { ...environment, ...process.env, PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`weir: could not start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) launch(process.argv.slice(2));
