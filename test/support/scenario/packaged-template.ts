// The stack as `serverless package` compiles it, made once for a test run: scenarios run what would be deployed, not a copy of it.
import { packagedStack } from '../../../cli/packaged-stack.ts';

let made: ReturnType<typeof packagedStack> | undefined;

export function packagedTemplate(): ReturnType<typeof packagedStack> {
  made ??= packagedStack();
  return made;
}
