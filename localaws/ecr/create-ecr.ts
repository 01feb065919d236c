// The local ECR: the API and the OCI registry over the same repositories.
import type { ServiceFactory } from '../region.ts';
import { createAuthorizationTokens } from './authorization-tokens.ts';
import { createBlobStore } from './blob-store.ts';
import { createDownloadLinks } from './download-links.ts';
import { createImageOperations } from './image-operations.ts';
import { createLayerOperations } from './layer-operations.ts';
import { createPolicyOperations } from './policy-operations.ts';
import { createRegistry } from './registry/registry.ts';
import { createRegistryState } from './registry-state.ts';
import { createRepositoryOperations } from './repository-operations.ts';
import { createResourceTagOperations } from './resource-tag-operations.ts';

/** Makes ECR. Left out: scanning (findings are never found), evaluation of lifecycle policies, replication, pull-through cache, registry policy, archiving. */
export const createEcr: ServiceFactory = (region) => {
  const blobs = createBlobStore(region.clock, region.ids);
  const state = createRegistryState(blobs);
  const links = createDownloadLinks(region);
  const tokens = createAuthorizationTokens(region);
  return {
    name: 'ecr',
    iamPrefix: 'ecr',
    wires: [{ kind: 'json', jsonVersion: '1.1', target: 'AmazonEC2ContainerRegistry_V20150921' }],
    operations: {
      ...tokens.operations,
      ...createRepositoryOperations(region, state),
      ...createImageOperations(region, state),
      ...createLayerOperations(region, state, links),
      ...createPolicyOperations(region, state),
      ...createResourceTagOperations(region, state),
    },
    raw: createRegistry(region, state, tokens, links),
    close: () => blobs.close(),
  };
};
