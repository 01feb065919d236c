// Before any test: package the stack if it is missing or stale, once, so that no two test workers do it at the same time.
import { packagedStack } from '../../cli/packaged-stack.ts';

export default function packageStackOnce() {
  packagedStack();
}
