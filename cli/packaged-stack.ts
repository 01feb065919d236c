// The stack that `serverless package` compiled, packaged now if it is not there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailure } from './command-failure.ts';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

const TEMPLATE = 'cloudformation-template-update-stack.json';

/** The stack of the default stage. */
const LOCAL_STACK = 'weir-dev';

export interface PackagedStack {
  readonly templateFile: string;
  readonly artifactDirectory: string;
  readonly name: string;
}

/**
 * @param fresh package again even if a package is there
 * @throws CommandFailure when packaging fails
 */
export function packagedStack(fresh = false): PackagedStack {
  const artifactDirectory = join(projectRoot, '.serverless');
  const templateFile = join(artifactDirectory, TEMPLATE);
  if (fresh || isStale(templateFile)) packageNow();
  return { templateFile, artifactDirectory, name: LOCAL_STACK };
}

/**
 * The compiled template alone, for whoever runs Weir's functions from their sources: changed code does not make it stale.
 * @param folder where it was packaged to before; packaged here, if need be, when undefined
 * @throws CommandFailure when packaging fails, or there is none in the folder
 */
export function packagedTemplate(folder: string | undefined): string {
  const templateFile = join(folder ?? join(projectRoot, '.serverless'), TEMPLATE);
  if (folder !== undefined) {
    if (!existsSync(templateFile)) throw new CommandFailure(`there is no ${TEMPLATE} in ${folder}`, 2);
    return templateFile;
  }
  if (isStale(templateFile, ['serverless.yml', '{statemachines,resources}/**/*.*'])) packageNow();
  return templateFile;
}

const SOURCES = ['serverless.yml', 'package-lock.json', '{functions,shared,statemachines,resources,build}/**/*.*'];

/** Missing, older than what it is made of, or made for another stage than the local AWS runs. */
function isStale(templateFile: string, madeOf: readonly string[] = SOURCES): boolean {
  if (!existsSync(templateFile) || !readFileSync(templateFile, 'utf8').includes(`"${LOCAL_STACK}-deploy"`)) return true;
  const packagedAt = statSync(templateFile).mtimeMs;
  const sources = globSync([...madeOf], { cwd: projectRoot });
  return sources.some((file) => statSync(join(projectRoot, file)).mtimeMs > packagedAt);
}

function packageNow(): void {
  process.stderr.write('weir: packaging the stack (serverless package) ...\n');
  const run = spawnSync(process.execPath, [join(projectRoot, 'node_modules', 'serverless', 'bin', 'serverless.js'), 'package'], {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (run.status !== 0) throw new CommandFailure(`serverless package failed:\n${run.stdout}\n${run.stderr}`);
}
