// Step Functions of the local AWS: JSONata state machines, task tokens, SDK and optimized integrations, on the region's clock.
import type { Region, Service, ServiceFactory } from '../region.ts';
import { createExecutionEngine } from './operations/execution-engine.ts';
import { executionOperations } from './operations/execution-operations.ts';
import { createExecutionStore } from './operations/execution-store.ts';
import { removeWhenIdle, stateMachineOperations } from './operations/state-machine-operations.ts';
import { createStateMachineStore } from './operations/state-machine-store.ts';
import { tagOperations } from './operations/tag-operations.ts';
import { taskTokenOperations } from './operations/task-token-operations.ts';
import { createTaskTokens } from './operations/task-tokens.ts';
import { validateStateMachineDefinition } from './operations/validate-operation.ts';

/** Makes the `states` service of a region. */
export const createStepFunctions: ServiceFactory = (region: Region): Service => {
  const machines = createStateMachineStore();
  const executions = createExecutionStore();
  const tokens = createTaskTokens(region.ids);
  const engine = createExecutionEngine({ region, executions, tokens, onFinished: ({ machine }) => removeWhenIdle(machine, machines, executions) });
  return {
    name: 'states',
    iamPrefix: 'states',
    wires: [{ kind: 'json', jsonVersion: '1.0', target: 'AWSStepFunctions' }],
    operations: {
      ...stateMachineOperations({ region, machines, executions }),
      ...executionOperations({ region, machines, executions, engine }),
      ...taskTokenOperations(tokens),
      ...tagOperations(machines),
      ValidateStateMachineDefinition: validateStateMachineDefinition,
    },
    // Nothing may call other services once they close.
    close: engine.close,
  };
};
