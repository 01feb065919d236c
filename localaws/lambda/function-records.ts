// The functions of the region as they are kept: what $LATEST and each published version are, and what belongs to the function
// as a whole.
import type { AwsShape } from '../region.ts';
import type { CodePackage } from './code-package.ts';

/** Settings that a version takes with it. Members have AWS's names. */
export interface FunctionSettings {
  readonly Role: string;
  readonly Runtime: string;
  readonly Handler: string;
  readonly Description: string;
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly deadLetterArn: string | undefined;
  readonly architecture: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly logGroup: string;
  /** Settings that change nothing here but are given back as they were set. */
  readonly kept: Readonly<AwsShape>;
}

/** $LATEST at one moment, or a published version. A change makes a new object, so that warm environments can tell. */
export interface FunctionVersion {
  readonly version: string;
  readonly settings: FunctionSettings;
  readonly code: CodePackage;
  readonly modifiedAt: number;
  readonly revisionId: string;
}

export interface AliasRecord {
  readonly name: string;
  version: string;
  description: string;
  /** Version to share of invocations. */
  weights: Readonly<Record<string, number>>;
  revisionId: string;
}

export interface EventInvokeConfig {
  readonly modifiedAt: number;
  readonly retriesMax: number | undefined;
  readonly eventAgeSeconds: number | undefined;
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
}

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  latest: FunctionVersion;
  readonly versions: Map<string, FunctionVersion>;
  nextVersion: number;
  readonly aliases: Map<string, AliasRecord>;
  /** By qualifier (`$LATEST` when none was given), then by statement id. */
  readonly policies: Map<string, Map<string, AwsShape>>;
  readonly eventInvokeConfigs: Map<string, EventInvokeConfig>;
  readonly tags: Map<string, string>;
  reservedConcurrency: number | undefined;
  /** Invocations under way, waiting ones included. */
  inFlight: number;
}

export const LATEST = '$LATEST';
