// SNS of the local AWS: topics that fan out to queues, functions and HTTP servers of this machine.
import type { ServiceFactory } from '../region.ts';
import { createFanOut } from './fan-out.ts';
import { createPublishOperations } from './publish-operations.ts';
import { queryAnswer } from './query-answer.ts';
import { createSubscriptionOperations } from './subscription-operations.ts';
import { createTagOperations } from './tag-operations.ts';
import { createTopicOperations } from './topic-operations.ts';
import { createTopicStore } from './topic-store.ts';

/**
 * Makes SNS. Left out: FIFO topics, text messages and mobile push, e-mail (accepted, stays pending), Firehose, real signatures
 * (the Signature of an envelope is a placeholder that verifies with no certificate), AddPermission, data protection policies.
 */
export const createSns: ServiceFactory = (region) => {
  const store = createTopicStore(region);
  const fanOut = createFanOut(region);
  return {
    name: 'sns',
    iamPrefix: 'sns',
    wires: [{ kind: 'query', version: '2010-03-31', xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/', answer: queryAnswer }],
    operations: {
      ...createTopicOperations(region, store),
      ...createSubscriptionOperations(region, store, fanOut),
      ...createPublishOperations(region, store, fanOut),
      ...createTagOperations(store),
    },
  };
};
