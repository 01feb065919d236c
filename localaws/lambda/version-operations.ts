// Published versions and the aliases that point at them.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { describeAlias, describeVersion } from './function-description.ts';
import { type AliasRecord, type FunctionRecord, type FunctionVersion, LATEST } from './function-records.ts';
import { invalidParameter } from './function-settings.ts';
import type { LambdaParts } from './lambda-parts.ts';
import { VERSIONS_MAX } from './limits.ts';
import { listPage } from './list-page.ts';

/** Makes a version of $LATEST; when nothing changed since the last one, that one. */
export function publishVersion(region: Region, record: FunctionRecord, description: string | undefined): FunctionVersion {
  const last = record.versions.get(String(record.nextVersion - 1));
  const { latest } = record;
  if (last !== undefined && last.code.sha256 === latest.code.sha256 && last.settings === latest.settings) return last;
  if (record.versions.size >= VERSIONS_MAX) throw new AwsError('CodeStorageExceededException', `localaws: a function keeps at most ${VERSIONS_MAX} versions.`);
  const settings = description === undefined ? latest.settings : { ...latest.settings, Description: description };
  const published: FunctionVersion = {
    ...latest,
    settings,
    version: String(record.nextVersion++),
    modifiedAt: region.clock.now(),
    revisionId: region.ids.uuid(),
  };
  record.versions.set(published.version, published);
  return published;
}

function publish(parts: LambdaParts, input: AwsShape): AwsShape {
  const record = parts.store.record(input['FunctionName']);
  if (input['CodeSha256'] !== undefined && input['CodeSha256'] !== record.latest.code.sha256) {
    throw invalidParameter(
      `CodeSHA256 (${String(input['CodeSha256'])}) is different from current CodeSHA256 in $LATEST (${record.latest.code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const published = publishVersion(parts.region, record, typeof input['Description'] === 'string' ? input['Description'] : undefined);
  return describeVersion(record, published, published.version);
}

function listVersions(parts: LambdaParts, input: AwsShape): AwsShape {
  const record = parts.store.record(input['FunctionName']);
  const all = [record.latest, ...record.versions.values()].map((version) => describeVersion(record, version, version.version));
  const { page, ...rest } = listPage(all, input);
  return { Versions: page, ...rest };
}

function readVersion(record: FunctionRecord, value: unknown): string {
  if (typeof value !== 'string' || (value !== LATEST && !record.versions.has(value))) {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${record.arn}:${String(value)}`, { httpStatus: 404 });
  }
  return value;
}

function readWeights(record: FunctionRecord, routing: AwsShape | undefined): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const [version, weight] of Object.entries((routing?.['AdditionalVersionWeights'] ?? {}) as Record<string, unknown>)) {
    const share = Number(weight);
    if (!(share >= 0 && share <= 1)) throw invalidParameter('The provided weight must be between 0.0 and 1.0');
    weights[readVersion(record, version)] = share;
  }
  return weights;
}

function createAlias(parts: LambdaParts, input: AwsShape): AwsShape {
  const record = parts.store.record(input['FunctionName']);
  const name = input['Name'] as unknown;
  if (typeof name !== 'string' || !/^(?!^[0-9]+$)[a-zA-Z0-9-_]{1,128}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${String(name)}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)`,
    );
  }
  if (record.aliases.has(name)) throw new AwsError('ResourceConflictException', `Alias already exists: ${record.arn}:${name}`, { httpStatus: 409 });
  const alias: AliasRecord = {
    name,
    version: readVersion(record, input['FunctionVersion']),
    description: String(input['Description'] ?? ''),
    weights: readWeights(record, input['RoutingConfig'] as AwsShape | undefined),
    revisionId: parts.region.ids.uuid(),
  };
  record.aliases.set(name, alias);
  return describeAlias(record, alias);
}

function updateAlias(parts: LambdaParts, input: AwsShape): AwsShape {
  const record = parts.store.record(input['FunctionName']);
  const alias = parts.store.alias(record, String(input['Name']));
  const version = input['FunctionVersion'] === undefined ? alias.version : readVersion(record, input['FunctionVersion']);
  if (input['RoutingConfig'] !== undefined) alias.weights = readWeights(record, input['RoutingConfig'] as AwsShape);
  if (input['Description'] !== undefined) alias.description = String(input['Description']);
  alias.version = version;
  alias.revisionId = parts.region.ids.uuid();
  return describeAlias(record, alias);
}

function listAliases(parts: LambdaParts, input: AwsShape): AwsShape {
  const record = parts.store.record(input['FunctionName']);
  const aliases = [...record.aliases.values()].filter((alias) => input['FunctionVersion'] === undefined || alias.version === input['FunctionVersion']);
  const { page, ...rest } = listPage(aliases, input);
  return { Aliases: page.map((alias) => describeAlias(record, alias)), ...rest };
}

export function createVersionOperations(parts: LambdaParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [parts.store.arnOf(input['FunctionName'], undefined)];
  const operation = (handle: (parts: LambdaParts, input: AwsShape) => AwsShape): Operation => ({ handle: (input) => handle(parts, input), resources });
  return {
    PublishVersion: operation(publish),
    ListVersionsByFunction: operation(listVersions),
    CreateAlias: operation(createAlias),
    GetAlias: operation((_parts, input) => {
      const record = parts.store.record(input['FunctionName']);
      return describeAlias(record, parts.store.alias(record, String(input['Name'])));
    }),
    UpdateAlias: operation(updateAlias),
    DeleteAlias: operation((_parts, input) => {
      parts.store.record(input['FunctionName']).aliases.delete(String(input['Name']));
      return {};
    }),
    ListAliases: operation(listAliases),
  };
}
