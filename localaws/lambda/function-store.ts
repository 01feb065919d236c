// Finds functions, versions and aliases, with Lambda's errors for what is not there.
import { AwsError } from '../endpoint/aws-error.ts';
import type { Region } from '../region.ts';
import { readFunctionReference } from './function-name.ts';
import { type AliasRecord, type FunctionRecord, type FunctionVersion, LATEST } from './function-records.ts';
import { CONCURRENCY_MAX } from './limits.ts';

export interface ResolvedFunction {
  readonly record: FunctionRecord;
  readonly version: FunctionVersion;
  /** As the caller named it; undefined when it named no version or alias. */
  readonly qualifier: string | undefined;
  /** The ARN by which the function was called. */
  readonly invokedArn: string;
}

export interface FunctionStore {
  readonly functions: Map<string, FunctionRecord>;
  /** @throws AwsError ResourceNotFoundException */
  record(functionName: unknown): FunctionRecord;
  /** @throws AwsError ResourceNotFoundException */
  resolve(functionName: unknown, qualifier: unknown): ResolvedFunction;
  alias(record: FunctionRecord, name: string): AliasRecord;
  /** The ARN a request names, whether there is such a function or not. */
  arnOf(functionName: unknown, qualifier: unknown): string;
  /** Concurrency not reserved by any function but `except`. */
  unreservedConcurrency(except?: FunctionRecord): number;
}

export function notFound(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', what, { httpStatus: 404 });
}

export function createFunctionStore(region: Region): FunctionStore {
  const functions = new Map<string, FunctionRecord>();
  const arn = (name: string, qualifier: string | undefined): string =>
    region.arn('lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`);

  const record = (functionName: unknown): FunctionRecord => {
    const { name } = readFunctionReference(functionName, undefined);
    const found = functions.get(name);
    if (found === undefined) throw notFound(`Function not found: ${arn(name, undefined)}`);
    return found;
  };

  /** The version an alias means for one invocation: by its weights, else the one it names. */
  const versionOfAlias = (alias: AliasRecord): string => {
    let draw = Object.keys(alias.weights).length === 0 ? 1 : region.ids.random();
    for (const [version, weight] of Object.entries(alias.weights)) {
      if (draw < weight) return version;
      draw -= weight;
    }
    return alias.version;
  };

  return {
    functions,
    record,
    resolve(functionName, given) {
      const { name, qualifier } = readFunctionReference(functionName, given);
      const found = functions.get(name);
      if (found === undefined) throw notFound(`Function not found: ${arn(name, qualifier)}`);
      const alias = qualifier === undefined ? undefined : found.aliases.get(qualifier);
      const versionName = alias === undefined ? (qualifier ?? LATEST) : versionOfAlias(alias);
      const version = versionName === LATEST ? found.latest : found.versions.get(versionName);
      if (version === undefined) throw notFound(`Function not found: ${arn(name, qualifier)}`);
      return { record: found, version, qualifier, invokedArn: arn(name, qualifier) };
    },
    alias(found, name) {
      const alias = found.aliases.get(name);
      if (alias === undefined) throw notFound(`Alias not found: ${arn(found.name, name)}`);
      return alias;
    },
    arnOf(functionName, given) {
      const { name, qualifier } = readFunctionReference(functionName, given);
      return arn(name, qualifier);
    },
    unreservedConcurrency(except) {
      let reserved = 0;
      for (const other of functions.values()) if (other !== except) reserved += other.reservedConcurrency ?? 0;
      return CONCURRENCY_MAX - reserved;
    },
  };
}
