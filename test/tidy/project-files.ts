// The project's files as the tidy tests see them: what is kept in version control or would be, nothing generated.
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..', '..');

const generated = new Set(['node_modules', '.git', '.build', '.serverless', 'coverage']);

/** Paths below the project, with `/`, sorted. */
export function projectFiles(...patterns: readonly string[]): readonly string[] {
  const found = globSync([...patterns], { cwd: projectRoot, withFileTypes: true, exclude: (entry) => generated.has(entry.name) });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(projectRoot.length + 1)
        .split(sep)
        .join('/'),
    )
    .toSorted();
}

export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** The code that makes Weir and its local AWS. */
export const productCode = [
  '{shared,functions,cli,localaws,rehearsal,build,bench,examples,bin,resources,statemachines}/**/*.{ts,mjs,cjs,yml,yaml}',
  'serverless.yml',
] as const;
