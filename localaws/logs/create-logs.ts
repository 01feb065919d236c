// The local CloudWatch Logs: where functions and tasks write, bounded and in memory.
import type { ServiceFactory } from '../region.ts';
import { createGroupOperations } from './group-operations.ts';
import { createLogState } from './log-state.ts';
import { createReadOperations } from './read-operations.ts';
import { createStreamOperations } from './stream-operations.ts';
import { createTagOperations } from './tag-operations.ts';

/** Makes CloudWatch Logs. Left out: Insights queries, live tail, metric and subscription filters, exports, resource policies. */
export const createLogs: ServiceFactory = (region) => {
  const state = createLogState();
  return {
    name: 'logs',
    iamPrefix: 'logs',
    wires: [{ kind: 'json', jsonVersion: '1.1', target: 'Logs_20140328' }],
    operations: {
      ...createGroupOperations(region, state),
      ...createStreamOperations(region, state),
      ...createReadOperations(region, state),
      ...createTagOperations(region, state),
    },
  };
};
