// SQS of the local AWS: standard queues in memory, with visibility, delays, long polls and dead-letter queues on the region's clock.
import type { ServiceFactory } from '../region.ts';
import { createMessageFlow } from './message-flow.ts';
import { queryAnswer, withQueryInputs } from './query-shapes.ts';
import { createQueueOperations } from './queue-operations.ts';
import { createQueueStore } from './queue-store.ts';
import { createReceiveOperation } from './receive-operation.ts';
import { QUERY_ERRORS } from './request-checks.ts';
import { createSendOperations } from './send-operations.ts';
import { createSettleOperations } from './settle-operations.ts';
import { createTagOperations } from './tag-operations.ts';

/** Makes SQS. Left out: FIFO queues, message move tasks, cross-account permissions (AddPermission), encryption itself. */
export const createSqs: ServiceFactory = (region) => {
  const store = createQueueStore(region);
  const flow = createMessageFlow(region, store);
  return {
    name: 'sqs',
    iamPrefix: 'sqs',
    wires: [
      { kind: 'json', jsonVersion: '1.0', target: 'AmazonSQS', queryCompatibleErrors: QUERY_ERRORS },
      { kind: 'query', version: '2012-11-05', xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/', answer: queryAnswer },
    ],
    operations: withQueryInputs({
      ...createQueueOperations(region, store, flow),
      ...createSendOperations(region, store, flow),
      ReceiveMessage: createReceiveOperation(region, store, flow),
      ...createSettleOperations(region, store, flow),
      ...createTagOperations(store),
    }),
    async close() {
      flow.close();
    },
  };
};
