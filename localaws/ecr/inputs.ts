// What every ECR operation asks of its input, with ECR's own words when it is not given.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import { IDENTIFIERS_PER_CALL_MAX, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from './limits.ts';
import { DIGEST } from './manifest.ts';
import type { RegistryState, Repository, StoredImage } from './registry-state.ts';

const REPOSITORY_NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
export const IMAGE_TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** How a caller names an image: by digest, by tag, or by both. */
export interface ImageIdentifier {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

export function invalidParameter(name: string, constraint: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`);
}

/** @throws AwsError InvalidParameterException when the member is absent or no string. */
export function requiredString(input: AwsShape, name: string): string {
  const value: unknown = input[name];
  if (value === undefined || value === null) throw invalidParameter(name, 'Member must not be null');
  if (typeof value !== 'string') throw new AwsError('SerializationException', `Expected string for member ${name}.`);
  if (value === '') throw invalidParameter(name, 'Member must have length greater than or equal to 1');
  return value;
}

export function optionalString(input: AwsShape, name: string): string | undefined {
  return input[name] === undefined || input[name] === null ? undefined : requiredString(input, name);
}

/** @throws AwsError InvalidParameterException when the value is not one of `allowed`. */
export function oneOf<Value extends string>(value: unknown, name: string, allowed: readonly Value[]): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalidParameter(name, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  return found;
}

/** @throws AwsError InvalidParameterException when the name is none that ECR takes. */
export function repositoryName(input: AwsShape): string {
  const name = requiredString(input, 'repositoryName');
  if (name.length < 2 || name.length > 256) throw invalidParameter('repositoryName', 'Member must have length between 2 and 256');
  if (!REPOSITORY_NAME.test(name)) throw invalidParameter('repositoryName', `must satisfy regular expression '${REPOSITORY_NAME.source}'`);
  return name;
}

/** The repository an input names. @throws AwsError RepositoryNotFoundException. */
export function repositoryOf(region: Region, state: RegistryState, input: AwsShape): Repository {
  const name = repositoryName(input);
  const registry = optionalString(input, 'registryId') ?? region.account;
  const found = registry === region.account ? state.repositories.get(name) : undefined;
  if (found === undefined) throw repositoryNotFound(name, registry);
  return found;
}

export function repositoryNotFound(name: string, registryId: string): AwsError {
  return new AwsError('RepositoryNotFoundException', `The repository with name '${name}' does not exist in the registry with id '${registryId}'`);
}

/** A list member. Absent and (from query-like callers) empty strings read as an empty list. */
export function listMember(input: AwsShape, name: string): unknown[] {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw new AwsError('SerializationException', `Expected list for member ${name}.`);
  return value;
}

/** A required list of 1 to 100 strings. */
export function requiredStrings(input: AwsShape, name: string): string[] {
  const values = listMember(input, name);
  if (values.length === 0) throw invalidParameter(name, 'Member must have length greater than or equal to 1');
  if (values.length > IDENTIFIERS_PER_CALL_MAX) throw invalidParameter(name, `Member must have length less than or equal to ${IDENTIFIERS_PER_CALL_MAX}`);
  return values.map((value) => {
    if (typeof value !== 'string') throw new AwsError('SerializationException', `Expected string in list ${name}.`);
    return value;
  });
}

/** The `imageIds` of an input, at most 100. */
export function imageIdentifiers(input: AwsShape, name = 'imageIds'): ImageIdentifier[] {
  const values = listMember(input, name);
  if (values.length > IDENTIFIERS_PER_CALL_MAX) throw invalidParameter(name, `Member must have length less than or equal to ${IDENTIFIERS_PER_CALL_MAX}`);
  return values.map((value) => imageIdentifier(value, name));
}

/** One image identifier. */
export function imageIdentifier(value: unknown, name: string): ImageIdentifier {
  if (value === undefined || value === null) throw invalidParameter(name, 'Member must not be null');
  if (typeof value !== 'object') throw new AwsError('SerializationException', `Expected structure in ${name}.`);
  const imageDigest = optionalString(value, 'imageDigest');
  const imageTag = optionalString(value, 'imageTag');
  return { ...(imageDigest === undefined ? {} : { imageDigest }), ...(imageTag === undefined ? {} : { imageTag }) };
}

/** Why an identifier finds no image; the codes are ECR's ImageFailureCode. */
export interface ImageMiss {
  readonly failureCode: string;
  readonly failureReason: string;
}

/** Looks an image up as ECR does: a tag and a digest given together must agree. */
export function findImage(repository: Repository, id: ImageIdentifier): StoredImage | ImageMiss {
  if (id.imageDigest === undefined && id.imageTag === undefined) {
    return { failureCode: 'MissingDigestAndTag', failureReason: 'Invalid request parameters: both tag and digest cannot be null' };
  }
  if (id.imageDigest !== undefined && !DIGEST.test(id.imageDigest)) {
    return { failureCode: 'InvalidImageDigest', failureReason: 'Invalid request parameters: image digest is invalid' };
  }
  if (id.imageTag !== undefined && !IMAGE_TAG.test(id.imageTag)) {
    return { failureCode: 'InvalidImageTag', failureReason: 'Invalid request parameters: image tag is invalid' };
  }
  const tagged = id.imageTag === undefined ? undefined : repository.imageTags.get(id.imageTag);
  const digest = id.imageDigest ?? tagged;
  const image = digest === undefined ? undefined : repository.images.get(digest);
  if (image === undefined || (id.imageTag !== undefined && tagged === undefined)) {
    return { failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
  }
  if (id.imageTag !== undefined && tagged !== image.digest) {
    return { failureCode: 'ImageTagDoesNotMatchDigest', failureReason: 'Requested tag does not match the requested digest' };
  }
  return image;
}

/** Cuts one page out of a list. Tokens are opaque to callers and name the next item's position. */
export function page<Item>(items: readonly Item[], input: AwsShape): { items: readonly Item[]; nextToken: string | undefined } {
  const size = input['maxResults'] === undefined || input['maxResults'] === null ? PAGE_ITEMS_DEFAULT : Number(input['maxResults']);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_ITEMS_MAX) throw invalidParameter('maxResults', `Member must be between 1 and ${PAGE_ITEMS_MAX}`);
  const token = optionalString(input, 'nextToken');
  const start = token === undefined ? 0 : tokenPosition(token);
  const end = start + size;
  return { items: items.slice(start, end), nextToken: end < items.length ? Buffer.from(`ecr:${end}`).toString('base64url') : undefined };
}

function tokenPosition(token: string): number {
  const position = /^ecr:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  if (position === undefined) throw new AwsError('InvalidParameterException', "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'");
  return Number(position);
}
