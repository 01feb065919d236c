// Repositories of the local ECR: create, describe, delete, and their settings.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { invalidParameter, listMember, oneOf, optionalString, page, repositoryName, repositoryNotFound, repositoryOf, requiredString } from './inputs.ts';
import { REPOSITORIES_MAX } from './limits.ts';
import { forgetUnusedLayers, type MutabilityExclusion, type RegistryState, type Repository, type TagMutability } from './registry-state.ts';
import { readResourceTags } from './resource-tag-operations.ts';

const MUTABILITIES: readonly TagMutability[] = ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'];
/** AWS: exclusion filters per repository. */
const EXCLUSIONS_MAX = 5;

export function createRepositoryOperations(region: Region, state: RegistryState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [repositoryArn(region, input['repositoryName'])];
  return {
    CreateRepository: {
      resources,
      handle(input) {
        const repository = newRepository(region, input);
        if (state.repositories.has(repository.name)) {
          throw new AwsError(
            'RepositoryAlreadyExistsException',
            `The repository with name '${repository.name}' already exists in the registry with id '${region.account}'`,
          );
        }
        if (state.repositories.size >= REPOSITORIES_MAX)
          throw new AwsError('LimitExceededException', `The registry may have at most ${REPOSITORIES_MAX} repositories.`);
        state.repositories.set(repository.name, repository);
        return { repository: repositoryShape(region, repository) };
      },
    },
    DescribeRepositories: {
      resources: (input) => {
        const names = Array.isArray(input['repositoryNames']) ? input['repositoryNames'] : [];
        return names.length === 0 ? [repositoryArn(region, '*')] : names.map((name) => repositoryArn(region, name));
      },
      handle: (input) => describeRepositories(region, state, input),
    },
    DeleteRepository: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        if (repository.images.size > 0 && input['force'] !== true && input['force'] !== 'true') {
          throw new AwsError(
            'RepositoryNotEmptyException',
            `The repository with name '${repository.name}' in registry with id '${region.account}' cannot be deleted because it still contains images`,
          );
        }
        state.repositories.delete(repository.name);
        forgetUnusedLayers(state, repository.layers);
        return { repository: repositoryShape(region, repository) };
      },
    },
    PutImageTagMutability: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        const { tagMutability, exclusions } = readMutability(input, requiredString(input, 'imageTagMutability'));
        repository.tagMutability = tagMutability;
        repository.exclusions = exclusions;
        return {
          registryId: region.account,
          repositoryName: repository.name,
          imageTagMutability: tagMutability,
          ...(exclusions.length === 0 ? {} : { imageTagMutabilityExclusionFilters: exclusions }),
        };
      },
    },
    PutImageScanningConfiguration: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        if (typeof input['imageScanningConfiguration'] !== 'object' || input['imageScanningConfiguration'] === null) {
          throw invalidParameter('imageScanningConfiguration', 'Member must not be null');
        }
        repository.scanOnPush = readScanOnPush(input);
        return { registryId: region.account, repositoryName: repository.name, imageScanningConfiguration: { scanOnPush: repository.scanOnPush } };
      },
    },
  };
}

/** The ARN IAM judges a call on a repository against. */
export function repositoryArn(region: Region, name: unknown): string {
  return region.arn('ecr', `repository/${typeof name === 'string' ? name : ''}`);
}

function describeRepositories(region: Region, state: RegistryState, input: AwsShape): AwsShape {
  const names = listMember(input, 'repositoryNames');
  const registry = optionalString(input, 'registryId') ?? region.account;
  if (names.length > 0) {
    // AWS refuses paging together with names.
    if (input['nextToken'] !== undefined || input['maxResults'] !== undefined) {
      throw new AwsError('InvalidParameterException', 'Invalid request parameters: repositoryNames may not be given with nextToken or maxResults.');
    }
    const repositories = names.map((name) => {
      const found = registry === region.account ? state.repositories.get(repositoryName({ repositoryName: name })) : undefined;
      if (found === undefined) throw repositoryNotFound(String(name), registry);
      return repositoryShape(region, found);
    });
    return { repositories };
  }
  const all = registry === region.account ? [...state.repositories.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) : [];
  const { items, nextToken } = page(all, input);
  return { repositories: items.map((repository) => repositoryShape(region, repository)), nextToken };
}

function newRepository(region: Region, input: AwsShape): Repository {
  const name = repositoryName(input);
  const registry = optionalString(input, 'registryId');
  if (registry !== undefined && registry !== region.account) throw invalidParameter('registryId', `must be ${region.account}`);
  return {
    name,
    arn: repositoryArn(region, name),
    createdAt: region.clock.now(),
    encryptionConfiguration: readEncryption(input),
    ...readMutability(input, optionalString(input, 'imageTagMutability') ?? 'MUTABLE'),
    scanOnPush: readScanOnPush(input),
    resourceTags: readResourceTags(listMember(input, 'tags')),
    policyText: undefined,
    lifecyclePolicyText: undefined,
    images: new Map(),
    imageTags: new Map(),
    layers: new Set(),
  };
}

function readMutability(input: AwsShape, value: string): { tagMutability: TagMutability; exclusions: MutabilityExclusion[] } {
  const tagMutability = oneOf(value, 'imageTagMutability', MUTABILITIES);
  const filters = listMember(input, 'imageTagMutabilityExclusionFilters');
  const takesFilters = tagMutability.endsWith('_WITH_EXCLUSION');
  if (takesFilters !== filters.length > 0) {
    throw invalidParameter(
      'imageTagMutabilityExclusionFilters',
      takesFilters ? 'required with this imageTagMutability' : 'only with a ..._WITH_EXCLUSION imageTagMutability',
    );
  }
  if (filters.length > EXCLUSIONS_MAX)
    throw invalidParameter('imageTagMutabilityExclusionFilters', `Member must have length less than or equal to ${EXCLUSIONS_MAX}`);
  const exclusions = filters.map((item): MutabilityExclusion => {
    const shape = (typeof item === 'object' && item !== null ? item : {}) as AwsShape;
    const filter = requiredString(shape, 'filter');
    if (!/^[0-9a-zA-Z._*-]{1,128}$/.test(filter)) throw invalidParameter('filter', "must satisfy regular expression '^[0-9a-zA-Z._*-]{1,128}'");
    return { filterType: oneOf(shape['filterType'], 'filterType', ['WILDCARD'] as const), filter };
  });
  return { tagMutability, exclusions };
}

function readScanOnPush(input: AwsShape): boolean {
  const configuration: unknown = input['imageScanningConfiguration'];
  const value = typeof configuration === 'object' && configuration !== null ? (configuration as AwsShape)['scanOnPush'] : undefined;
  return value === true || value === 'true';
}

function readEncryption(input: AwsShape): Record<string, string> {
  const configuration: unknown = input['encryptionConfiguration'];
  if (configuration === undefined || configuration === null) return { encryptionType: 'AES256' };
  const shape = configuration as AwsShape;
  const encryptionType = oneOf(shape['encryptionType'], 'encryptionType', ['AES256', 'KMS', 'KMS_DSSE'] as const);
  const kmsKey = optionalString(shape, 'kmsKey');
  return kmsKey === undefined ? { encryptionType } : { encryptionType, kmsKey };
}

/**
 * A repository as ECR shows it. The uri has the endpoint's own host, so that `docker push` and `skopeo copy` to it work here;
 * in AWS the host is `ACCOUNT.dkr.ecr.REGION.amazonaws.com`.
 */
function repositoryShape(region: Region, repository: Repository): AwsShape {
  return {
    repositoryArn: repository.arn,
    registryId: region.account,
    repositoryName: repository.name,
    repositoryUri: `${new URL(region.endpointUrl).host}/${repository.name}`,
    createdAt: new Date(repository.createdAt),
    imageTagMutability: repository.tagMutability,
    ...(repository.exclusions.length === 0 ? {} : { imageTagMutabilityExclusionFilters: repository.exclusions }),
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: repository.encryptionConfiguration,
  };
}
