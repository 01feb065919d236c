// Every Lambda function of serverless.yml is one file under functions/; this is where they are found for bundling and checking.
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface FunctionEntry {
  /** `steps/plan`: path below functions/ without ending; the bundle is `.build/functions/steps/plan/index.mjs`. */
  readonly name: string;
  readonly source: string;
}

export function functionEntries(projectRoot: string): readonly FunctionEntry[] {
  return globSync('functions/*/*.ts', { cwd: projectRoot })
    .toSorted()
    .map((file) => ({ name: `${basename(dirname(file))}/${basename(file, '.ts')}`, source: join(projectRoot, file) }));
}
