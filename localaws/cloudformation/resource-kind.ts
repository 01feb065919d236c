// What a type of resource is to the loader: the properties it takes and how it is made with the API of its service.
import type { AwsShape, Region, ServiceName } from '../region.ts';
import { TemplateError } from './template-error.ts';

export interface ResourceContext {
  readonly region: Region;
  readonly logicalId: string;
  readonly stackName: string;
  /** Calls a service as the account's root. @throws AwsError */
  call(service: ServiceName, operation: string, input: AwsShape): Promise<AwsShape>;
  /** A name as CloudFormation makes them: `STACK-LOGICALID-RANDOM`, not longer than `lengthMax`. */
  newName(lengthMax: number): string;
  /** The bytes of a zip of the template, found by the last part of its S3 key. */
  artifact(key: string): Promise<Uint8Array>;
}

export interface MadeResource {
  readonly physicalId: string;
  /** What Ref gives; the physical id when absent. */
  readonly ref?: string;
  /** What Fn::GetAtt gives. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why nothing was really made. */
  readonly skipped?: string;
}

export interface ResourceKind {
  /** The service that must be part of the region; undefined when nothing is called. */
  readonly service: ServiceName | undefined;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  make(properties: AwsShape, context: ResourceContext): Promise<MadeResource>;
}

/** @throws TemplateError naming what is missing or not known */
export function checkProperties(kind: ResourceKind, type: string, logicalId: string, properties: AwsShape): void {
  const missing = kind.required.filter((name) => properties[name] === undefined);
  if (missing.length > 0) throw new TemplateError(`${logicalId} (${type}): required properties [${missing.join(', ')}] are missing`, { logicalId });
  const unknown = Object.keys(properties).filter((name) => !kind.required.includes(name) && !kind.optional.includes(name));
  if (unknown.length > 0) throw new TemplateError(`${logicalId} (${type}): properties [${unknown.join(', ')}] are not known to the local AWS`, { logicalId });
}

/** The given members of an object, absent ones left out. */
export function pick(from: AwsShape, names: readonly string[]): AwsShape {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
}

/** `{TrafficRoutingConfig: {Type}}` as `{trafficRoutingConfig: {type}}`: how ECS, ECR, CodeDeploy and Step Functions spell members. */
export function lowerCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCamel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.charAt(0).toLowerCase() + key.slice(1), lowerCamel(member)]));
}

/** CloudFormation's tag list as the map that some APIs take. */
export function tagMap(tags: unknown): Record<string, string> {
  return Object.fromEntries(((tags ?? []) as AwsShape[]).map((tag) => [String(tag['Key']), String(tag['Value'])]));
}

/** JSON text of a document given as an object or already as text. */
export function documentText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
