// Repository policies, lifecycle policies, account settings and scan results. Policies are kept and given back; a lifecycle
// policy is never run here, and a scan never happens: asking for either is answered with an error that says so.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { findImage, imageIdentifier, invalidParameter, oneOf, repositoryOf, requiredString } from './inputs.ts';
import type { RegistryState, Repository } from './registry-state.ts';
import { repositoryArn } from './repository-operations.ts';

const LIFECYCLE_POLICY_LENGTH = { least: 100, most: 30_720 } as const;
const ACCOUNT_SETTINGS = ['BASIC_SCAN_TYPE_VERSION', 'REGISTRY_POLICY_SCOPE', 'BLOB_MOUNTING'] as const;
const ACCOUNT_SETTING_DEFAULTS: Readonly<Record<string, string>> = {
  BASIC_SCAN_TYPE_VERSION: 'AWS_NATIVE',
  REGISTRY_POLICY_SCOPE: 'V2',
  BLOB_MOUNTING: 'DISABLED',
};
const ACCOUNT_SETTING_VALUES: Readonly<Record<string, readonly string[]>> = {
  BASIC_SCAN_TYPE_VERSION: ['AWS_NATIVE', 'CLAIR'],
  REGISTRY_POLICY_SCOPE: ['V1', 'V2'],
  BLOB_MOUNTING: ['ENABLED', 'DISABLED'],
};

export function createPolicyOperations(region: Region, state: RegistryState): Record<string, Operation> {
  return { ...repositoryPolicyOperations(region, state), ...lifecyclePolicyOperations(region, state), ...settingOperations(region, state) };
}

function repositoryPolicyOperations(region: Region, state: RegistryState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [repositoryArn(region, input['repositoryName'])];
  const answer = (repository: Repository, policyText: string): AwsShape => ({ registryId: region.account, repositoryName: repository.name, policyText });
  const stored = (repository: Repository): string => {
    if (repository.policyText !== undefined) return repository.policyText;
    throw new AwsError(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for the repository with name '${repository.name}' in the registry with id '${region.account}'`,
    );
  };
  return {
    SetRepositoryPolicy: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        const policyText = requiredString(input, 'policyText');
        const policy = jsonObject(policyText, 'policyText');
        if (!Array.isArray(policy['Statement']) && typeof policy['Statement'] !== 'object')
          throw invalidParameter('policyText', 'Invalid repository policy provided');
        repository.policyText = policyText;
        return answer(repository, policyText);
      },
    },
    GetRepositoryPolicy: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        return answer(repository, stored(repository));
      },
    },
    DeleteRepositoryPolicy: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        const policyText = stored(repository);
        repository.policyText = undefined;
        return answer(repository, policyText);
      },
    },
  };
}

function lifecyclePolicyOperations(region: Region, state: RegistryState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [repositoryArn(region, input['repositoryName'])];
  const answer = (repository: Repository, lifecyclePolicyText: string): AwsShape => ({
    registryId: region.account,
    repositoryName: repository.name,
    lifecyclePolicyText,
  });
  const stored = (repository: Repository): string => {
    if (repository.lifecyclePolicyText !== undefined) return repository.lifecyclePolicyText;
    throw new AwsError(
      'LifecyclePolicyNotFoundException',
      `Lifecycle policy does not exist for the repository with name '${repository.name}' in the registry with id '${region.account}'`,
    );
  };
  const refuseEvaluation: Operation = {
    resources,
    handle(input) {
      repositoryOf(region, state, input);
      throw new AwsError('ValidationException', 'localaws: lifecycle policies are stored but never evaluated on the local AWS; no image expires by them.');
    },
  };
  return {
    PutLifecyclePolicy: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        const text = requiredString(input, 'lifecyclePolicyText');
        if (text.length < LIFECYCLE_POLICY_LENGTH.least || text.length > LIFECYCLE_POLICY_LENGTH.most) {
          throw invalidParameter('lifecyclePolicyText', `Member must have length between ${LIFECYCLE_POLICY_LENGTH.least} and ${LIFECYCLE_POLICY_LENGTH.most}`);
        }
        const rules: unknown = jsonObject(text, 'LifecyclePolicyText')['rules'];
        if (!Array.isArray(rules) || rules.length === 0)
          throw invalidParameter('LifecyclePolicyText', 'Lifecycle policy validation failure: rules must not be empty');
        repository.lifecyclePolicyText = text;
        region.log('ecr', `lifecycle policy of ${repository.name} is stored but not evaluated here: no image expires by it`);
        return answer(repository, text);
      },
    },
    GetLifecyclePolicy: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        return answer(repository, stored(repository));
      },
    },
    DeleteLifecyclePolicy: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        const text = stored(repository);
        repository.lifecyclePolicyText = undefined;
        return answer(repository, text);
      },
    },
    StartLifecyclePolicyPreview: refuseEvaluation,
    GetLifecyclePolicyPreview: refuseEvaluation,
  };
}

function settingOperations(region: Region, state: RegistryState): Record<string, Operation> {
  return {
    PutAccountSetting: {
      handle(input) {
        const name = oneOf(input['name'], 'name', ACCOUNT_SETTINGS);
        const value = oneOf(input['value'], 'value', ACCOUNT_SETTING_VALUES[name] ?? []);
        state.accountSettings.set(name, value);
        return { name, value };
      },
    },
    GetAccountSetting: {
      handle(input) {
        const name = oneOf(input['name'], 'name', ACCOUNT_SETTINGS);
        return { name, value: state.accountSettings.get(name) ?? ACCOUNT_SETTING_DEFAULTS[name] };
      },
    },
    DescribeImageScanFindings: {
      resources: (input) => [repositoryArn(region, input['repositoryName'])],
      handle(input) {
        const repository = repositoryOf(region, state, input);
        const id = imageIdentifier(input['imageId'], 'imageId');
        const image = findImage(repository, id);
        const named = `{imageDigest:'${id.imageDigest ?? ('digest' in image ? image.digest : 'null')}', imageTag:'${id.imageTag ?? 'null'}'}`;
        const place = `the repository with name '${repository.name}' in the registry with id '${region.account}'`;
        if (!('digest' in image)) throw new AwsError('ImageNotFoundException', `The image with imageId ${named} does not exist within ${place}`);
        throw new AwsError('ScanNotFoundException', `Image scan does not exist for the image with '${named}' in ${place}`);
      },
    },
  };
}

function jsonObject(text: string, name: string): AwsShape {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as AwsShape;
  } catch {
    // Said below, in ECR's words.
  }
  throw invalidParameter(name, 'Invalid JSON syntax');
}
