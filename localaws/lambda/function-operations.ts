// Making, changing, describing and deleting functions.
import { readFile } from 'node:fs/promises';
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { CodePackage } from './code-package.ts';
import { describeVersion } from './function-description.ts';
import { isFunctionName, readFunctionReference } from './function-name.ts';
import { type FunctionRecord, type FunctionVersion, LATEST } from './function-records.ts';
import { invalidParameter, readFunctionSettings } from './function-settings.ts';
import type { LambdaParts } from './lambda-parts.ts';
import { listPage } from './list-page.ts';
import { publishVersion } from './version-operations.ts';

async function readCode(parts: LambdaParts, code: AwsShape | undefined): Promise<CodePackage> {
  const zip = code?.['ZipFile'] as unknown;
  if (zip instanceof Uint8Array) return parts.code.add(zip);
  if (typeof zip === 'string') return parts.code.add(Buffer.from(zip, 'base64'));
  if (code?.['ImageUri'] !== undefined) throw invalidParameter('localaws: functions from container images are not available on the local AWS.');
  const bucket = code?.['S3Bucket'] as unknown;
  const key = code?.['S3Key'] as unknown;
  if (typeof bucket !== 'string' || typeof key !== 'string') throw invalidParameter('Please provide a source for function code.');
  const file = await parts.codeSource?.(bucket, key);
  if (file === undefined) {
    throw invalidParameter(
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist. (localaws: no codeSource knows this object)',
    );
  }
  return parts.code.add(await readFile(file));
}

/** Lambda looks at once whether it may take the role. Without the iam service there is nothing to look at. */
async function checkRole(parts: LambdaParts, roleArn: string): Promise<void> {
  let role: AwsShape;
  try {
    role = await parts.region.call(
      'iam',
      'GetRole',
      { RoleName: roleArn.slice(roleArn.lastIndexOf('/') + 1) },
      { kind: 'service', service: 'lambda.amazonaws.com' },
    );
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchEntity') throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
    return;
  }
  const trust = decodeURIComponent(String(role['Role']?.['AssumeRolePolicyDocument'] ?? ''));
  if (!trust.includes('"lambda.amazonaws.com"')) throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
}

function newVersion(parts: LambdaParts, rest: Pick<FunctionVersion, 'settings' | 'code'>): FunctionVersion {
  return { version: LATEST, ...rest, modifiedAt: parts.region.clock.now(), revisionId: parts.region.ids.uuid() };
}

async function createFunction(parts: LambdaParts, input: AwsShape): Promise<AwsShape> {
  const { name } = readFunctionReference(input['FunctionName'], undefined);
  if (!isFunctionName(name)) throw invalidParameter(`Invalid function name: ${name}`);
  if (input['PackageType'] !== undefined && input['PackageType'] !== 'Zip')
    throw invalidParameter('localaws: only functions of PackageType Zip are available on the local AWS.');
  const settings = readFunctionSettings(name, input, undefined);
  refuseExisting(parts, name);
  await checkRole(parts, settings.Role);
  const code = await readCode(parts, input['Code'] as AwsShape | undefined);
  // Another request may have made it while the code was being read.
  refuseExisting(parts, name);
  const record: FunctionRecord = {
    name,
    arn: parts.region.arn('lambda', `function:${name}`),
    latest: newVersion(parts, { settings, code }),
    versions: new Map(),
    nextVersion: 1,
    aliases: new Map(),
    policies: new Map(),
    eventInvokeConfigs: new Map(),
    tags: new Map(Object.entries((input['Tags'] ?? {}) as Record<string, unknown>).map(([key, value]) => [key, String(value)])),
    reservedConcurrency: undefined,
    inFlight: 0,
  };
  parts.store.functions.set(name, record);
  if (input['Publish'] === true)
    return describeVersion(record, publishVersion(parts.region, record, undefined), record.latest.version === LATEST ? '1' : undefined);
  // On AWS a function is Pending for some seconds. Here it is Active at the next look: a set-up tool that polls would wait for
  // ever under a virtual clock that nobody drives meanwhile.
  return {
    ...describeVersion(record, record.latest, undefined),
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
    LastUpdateStatus: undefined,
  };
}

function refuseExisting(parts: LambdaParts, name: string): void {
  if (!parts.store.functions.has(name)) return;
  throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, { httpStatus: 409 });
}

function checkRevision(record: FunctionRecord, given: unknown): void {
  if (given === undefined || given === record.latest.revisionId) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { httpStatus: 412 },
  );
}

function replaceLatest(parts: LambdaParts, record: FunctionRecord, change: Pick<FunctionVersion, 'settings' | 'code'>): AwsShape {
  parts.invoker.retire(record.latest);
  record.latest = newVersion(parts, change);
  return {
    ...describeVersion(record, record.latest, undefined),
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  };
}

async function updateCode(parts: LambdaParts, input: AwsShape): Promise<AwsShape> {
  const record = parts.store.record(input['FunctionName']);
  checkRevision(record, input['RevisionId']);
  const code = await readCode(parts, input);
  if (input['DryRun'] === true) return describeVersion(record, record.latest, undefined);
  const answer = replaceLatest(parts, record, { settings: record.latest.settings, code });
  if (input['Publish'] !== true) return answer;
  const published = publishVersion(parts.region, record, undefined);
  return describeVersion(record, published, published.version);
}

async function updateConfiguration(parts: LambdaParts, input: AwsShape): Promise<AwsShape> {
  const record = parts.store.record(input['FunctionName']);
  checkRevision(record, input['RevisionId']);
  const settings = readFunctionSettings(record.name, input, record.latest.settings);
  if (settings.Role !== record.latest.settings.Role) await checkRole(parts, settings.Role);
  return replaceLatest(parts, record, { settings, code: record.latest.code });
}

function getFunction(parts: LambdaParts, input: AwsShape): AwsShape {
  const { record, version, qualifier } = parts.store.resolve(input['FunctionName'], input['Qualifier']);
  return {
    Configuration: describeVersion(record, version, qualifier),
    Code: { RepositoryType: 'S3' },
    ...(record.tags.size === 0 ? {} : { Tags: Object.fromEntries(record.tags) }),
    ...(record.reservedConcurrency === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency } }),
  };
}

function getConfiguration(parts: LambdaParts, input: AwsShape): AwsShape {
  const { record, version, qualifier } = parts.store.resolve(input['FunctionName'], input['Qualifier']);
  return describeVersion(record, version, qualifier);
}

function listFunctions(parts: LambdaParts, input: AwsShape): AwsShape {
  const records = [...parts.store.functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const all = records.flatMap((record) => {
    const latest = describeVersion(record, record.latest, undefined);
    if (input['FunctionVersion'] !== 'ALL') return [latest];
    return [
      { ...latest, FunctionArn: `${record.arn}:${LATEST}` },
      ...[...record.versions.values()].map((version) => describeVersion(record, version, version.version)),
    ];
  });
  const { page, ...rest } = listPage(all, input);
  return { Functions: page, ...rest };
}

function deleteFunction(parts: LambdaParts, input: AwsShape): AwsShape {
  const { record, version, qualifier } = parts.store.resolve(input['FunctionName'], input['Qualifier']);
  parts.invoker.retire(version);
  if (qualifier === undefined) {
    for (const published of record.versions.values()) parts.invoker.retire(published);
    parts.store.functions.delete(record.name);
    return {};
  }
  if (qualifier === LATEST) throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
  if (record.aliases.has(qualifier)) throw invalidParameter('Deletion of aliases is not currently supported.');
  const aliases = [...record.aliases.values()].filter((alias) => alias.version === qualifier);
  if (aliases.length > 0) {
    throw new AwsError(
      'ResourceConflictException',
      `Cannot delete version ${qualifier} as it is used by aliases: [${aliases.map((alias) => alias.name).join(', ')}]`,
      { httpStatus: 409 },
    );
  }
  record.versions.delete(qualifier);
  return {};
}

export function createFunctionOperations(parts: LambdaParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [parts.store.arnOf(input['FunctionName'], input['Qualifier'])];
  const operation = (handle: (parts: LambdaParts, input: AwsShape) => AwsShape | Promise<AwsShape>): Operation => ({
    handle: (input) => handle(parts, input),
    resources,
  });
  return {
    CreateFunction: operation(createFunction),
    UpdateFunctionCode: operation(updateCode),
    UpdateFunctionConfiguration: operation(updateConfiguration),
    GetFunction: operation(getFunction),
    GetFunctionConfiguration: operation(getConfiguration),
    DeleteFunction: operation(deleteFunction),
    ListFunctions: { handle: (input) => listFunctions(parts, input) },
  };
}
