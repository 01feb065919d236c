// Before any test: package the stack if it is missing or stale, and give the tests a copy of their own: `serverless deploy`, which one
// of them runs, cleans the original.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagedStack } from '../../cli/packaged-stack.ts';

export default function packageStackOnce() {
  const copy = mkdtempSync(join(tmpdir(), 'weir-package-'));
  cpSync(packagedStack().artifactDirectory, copy, { recursive: true });
  process.env.WEIR_TEST_PACKAGE = copy;
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
}
