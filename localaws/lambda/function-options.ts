// What belongs to a function besides its code and settings: asynchronous invocation, reserved concurrency, tags.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import { describeEventInvokeConfig } from './function-description.ts';
import { readFunctionReference } from './function-name.ts';
import { type EventInvokeConfig, type FunctionRecord, LATEST } from './function-records.ts';
import { invalidParameter } from './function-settings.ts';
import { notFound } from './function-store.ts';
import type { LambdaParts } from './lambda-parts.ts';
import { CONCURRENCY_MAX, UNRESERVED_CONCURRENCY_MIN } from './limits.ts';

function ownerOf(parts: LambdaParts, input: AwsShape): { record: FunctionRecord; qualifier: string } {
  const { qualifier } = readFunctionReference(input['FunctionName'], input['Qualifier']);
  const record = parts.store.record(input['FunctionName']);
  if (qualifier !== undefined) parts.store.resolve(input['FunctionName'], qualifier);
  return { record, qualifier: qualifier ?? LATEST };
}

function numberIn(value: unknown, member: string, min: number, max: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must have value between ${min} and ${max}`,
  );
}

function destinationIn(config: AwsShape | undefined): string | undefined {
  const arn = config?.['Destination'] as unknown;
  if (arn === undefined || arn === '') return undefined;
  if (typeof arn === 'string' && /^arn:[^:]+:(sqs|sns|lambda|events):/.test(arn)) return arn;
  throw invalidParameter(`The provided destination config DestinationConfig is invalid: ${String(arn)}`);
}

function readConfig(parts: LambdaParts, record: FunctionRecord, input: AwsShape, before: EventInvokeConfig | undefined): EventInvokeConfig {
  const destinations = input['DestinationConfig'] as AwsShape | undefined;
  const config: EventInvokeConfig = {
    modifiedAt: parts.region.clock.now(),
    retriesMax: numberIn(input['MaximumRetryAttempts'], 'maximumRetryAttempts', 0, 2) ?? before?.retriesMax,
    eventAgeSeconds: numberIn(input['MaximumEventAgeInSeconds'], 'maximumEventAgeInSeconds', 60, 21_600) ?? before?.eventAgeSeconds,
    onSuccess: destinations === undefined ? before?.onSuccess : destinationIn(destinations['OnSuccess'] as AwsShape | undefined),
    onFailure: destinations === undefined ? before?.onFailure : destinationIn(destinations['OnFailure'] as AwsShape | undefined),
  };
  if ([config.onSuccess, config.onFailure].includes(record.arn)) {
    throw invalidParameter("You can't specify the function as a destination for itself.");
  }
  return config;
}

function noConfig(record: FunctionRecord, qualifier: string): AwsError {
  return notFound(`The function ${record.arn}:${qualifier} doesn't have an EventInvokeConfig`);
}

function eventInvokeOperations(parts: LambdaParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [parts.store.arnOf(input['FunctionName'], input['Qualifier'])];
  const put = (input: AwsShape, keep: boolean): AwsShape => {
    const { record, qualifier } = ownerOf(parts, input);
    const config = readConfig(parts, record, input, keep ? record.eventInvokeConfigs.get(qualifier) : undefined);
    record.eventInvokeConfigs.set(qualifier, config);
    return describeEventInvokeConfig(record, qualifier, config);
  };
  return {
    PutFunctionEventInvokeConfig: { handle: (input) => put(input, false), resources },
    UpdateFunctionEventInvokeConfig: { handle: (input) => put(input, true), resources },
    GetFunctionEventInvokeConfig: {
      handle(input) {
        const { record, qualifier } = ownerOf(parts, input);
        const config = record.eventInvokeConfigs.get(qualifier);
        if (config === undefined) throw noConfig(record, qualifier);
        return describeEventInvokeConfig(record, qualifier, config);
      },
      resources,
    },
    DeleteFunctionEventInvokeConfig: {
      handle(input) {
        const { record, qualifier } = ownerOf(parts, input);
        if (!record.eventInvokeConfigs.delete(qualifier)) throw noConfig(record, qualifier);
        return {};
      },
      resources,
    },
    ListFunctionEventInvokeConfigs: {
      handle(input) {
        const record = parts.store.record(input['FunctionName']);
        return {
          FunctionEventInvokeConfigs: [...record.eventInvokeConfigs].map(([qualifier, config]) => describeEventInvokeConfig(record, qualifier, config)),
        };
      },
      resources,
    },
  };
}

function concurrencyOperations(parts: LambdaParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [parts.store.arnOf(input['FunctionName'], undefined)];
  return {
    PutFunctionConcurrency: {
      handle(input) {
        const record = parts.store.record(input['FunctionName']);
        const reserved = numberIn(input['ReservedConcurrentExecutions'], 'reservedConcurrentExecutions', 0, CONCURRENCY_MAX);
        if (reserved === undefined)
          throw new AwsError(
            'ValidationException',
            "1 validation error detected: Value null at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must not be null",
          );
        if (parts.store.unreservedConcurrency(record) - reserved < UNRESERVED_CONCURRENCY_MIN) {
          throw invalidParameter(
            `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_CONCURRENCY_MIN}].`,
          );
        }
        record.reservedConcurrency = reserved;
        return { ReservedConcurrentExecutions: reserved };
      },
      resources,
    },
    GetFunctionConcurrency: {
      handle(input) {
        const { reservedConcurrency } = parts.store.record(input['FunctionName']);
        return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
      },
      resources,
    },
    DeleteFunctionConcurrency: {
      handle(input) {
        parts.store.record(input['FunctionName']).reservedConcurrency = undefined;
        return {};
      },
      resources,
    },
    GetAccountSettings: {
      handle: () => ({
        AccountLimit: { ConcurrentExecutions: CONCURRENCY_MAX, UnreservedConcurrentExecutions: parts.store.unreservedConcurrency() },
        AccountUsage: { FunctionCount: parts.store.functions.size },
      }),
    },
  };
}

function tagOperations(parts: LambdaParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [String(input['Resource'] ?? '*')];
  return {
    TagResource: {
      handle(input) {
        const { tags } = parts.store.record(input['Resource']);
        for (const [key, value] of Object.entries((input['Tags'] ?? {}) as Record<string, unknown>)) tags.set(key, String(value));
        return {};
      },
      resources,
    },
    ListTags: { handle: (input) => ({ Tags: Object.fromEntries(parts.store.record(input['Resource']).tags) }), resources },
  };
}

export function createFunctionOptions(parts: LambdaParts): Record<string, Operation> {
  return { ...eventInvokeOperations(parts), ...concurrencyOperations(parts), ...tagOperations(parts) };
}
