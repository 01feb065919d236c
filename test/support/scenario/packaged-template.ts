// The stack as `serverless package` compiled it before this test run: scenarios run what would be deployed, not a copy of it.
import { join } from 'node:path';
import type { PackagedStack } from '../../../cli/packaged-stack.ts';
import type { LocalAwsOptions } from '../../../localaws/start-local-aws.ts';

export function packagedTemplate(): PackagedStack {
  const artifactDirectory = process.env['WEIR_TEST_PACKAGE'];
  if (artifactDirectory === undefined) throw new Error('the stack is packaged by the global set-up of jest.config.mjs');
  return { artifactDirectory, templateFile: join(artifactDirectory, 'cloudformation-template-update-stack.json'), name: 'weir-dev' };
}

/** What a region of a test runs: the packaged stack, whose functions are extracted and compiled once for all tests. */
export function packagedWeir(): Pick<LocalAwsOptions, 'stack' | 'lambda'> {
  const stack = packagedTemplate();
  return { stack, lambda: { codeDirectory: join(stack.artifactDirectory, 'functions') } };
}
