// What Lambda's operations share.
import type { Region } from '../region.ts';
import type { CodeStore } from './code-package.ts';
import type { FunctionStore } from './function-store.ts';
import type { Invoker } from './invoker.ts';

/** Finds the zip that an S3Bucket and S3Key mean; undefined when there is none. */
export type CodeSource = (bucket: string, key: string) => string | undefined | Promise<string | undefined>;

export interface LambdaParts {
  readonly region: Region;
  readonly store: FunctionStore;
  readonly code: CodeStore;
  readonly invoker: Invoker;
  readonly codeSource: CodeSource | undefined;
}
