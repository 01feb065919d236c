// How Lambda describes functions, aliases and asynchronous settings in its answers.
import type { AwsShape } from '../region.ts';
import type { AliasRecord, EventInvokeConfig, FunctionRecord, FunctionVersion } from './function-records.ts';

/** `2026-01-15T10:00:00.000+0000`, as Lambda writes times in text members. */
function lambdaTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** A FunctionConfiguration. The ARN is qualified when the caller asked for a version or alias. */
export function describeVersion(record: FunctionRecord, version: FunctionVersion, qualifier: string | undefined): AwsShape {
  const { settings } = version;
  return {
    FunctionName: record.name,
    FunctionArn: qualifier === undefined ? record.arn : `${record.arn}:${qualifier}`,
    Runtime: settings.Runtime,
    Role: settings.Role,
    Handler: settings.Handler,
    CodeSize: version.code.size,
    Description: settings.Description,
    Timeout: settings.Timeout,
    MemorySize: settings.MemorySize,
    LastModified: lambdaTime(version.modifiedAt),
    CodeSha256: version.code.sha256,
    Version: version.version,
    ...(Object.keys(settings.variables).length === 0 ? {} : { Environment: { Variables: settings.variables } }),
    ...(settings.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: settings.deadLetterArn } }),
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: version.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [settings.architecture],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: settings.logFormat, LogGroup: settings.logGroup },
    ...settings.kept,
  };
}

export function describeAlias(record: FunctionRecord, alias: AliasRecord): AwsShape {
  return {
    AliasArn: `${record.arn}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    ...(Object.keys(alias.weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: alias.weights } }),
    RevisionId: alias.revisionId,
  };
}

export function describeEventInvokeConfig(record: FunctionRecord, qualifier: string, config: EventInvokeConfig): AwsShape {
  return {
    LastModified: new Date(config.modifiedAt),
    FunctionArn: `${record.arn}:${qualifier}`,
    ...(config.retriesMax === undefined ? {} : { MaximumRetryAttempts: config.retriesMax }),
    ...(config.eventAgeSeconds === undefined ? {} : { MaximumEventAgeInSeconds: config.eventAgeSeconds }),
    DestinationConfig: {
      OnSuccess: config.onSuccess === undefined ? {} : { Destination: config.onSuccess },
      OnFailure: config.onFailure === undefined ? {} : { Destination: config.onFailure },
    },
  };
}
