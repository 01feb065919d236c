// A file the user named, or a failure that says so.
import { readFileSync } from 'node:fs';
import type { Manifest } from '#contracts/manifest.ts';
import { parseManifest } from '#contracts/parse-manifest.ts';
import { CommandFailure } from './command-failure.ts';

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandFailure(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}

export function readManifestFile(path: string): Manifest {
  const parsed = parseManifest(readText(path), path);
  if (!parsed.ok) throw new CommandFailure(['the manifest has problems:', ...parsed.problems.map((problem) => `  ${problem.text}`)].join('\n'), 2);
  return parsed.manifest;
}
