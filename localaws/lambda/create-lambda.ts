// Lambda of the local AWS: functions from real zips, run in worker threads under the region's clock and identities.
import type { Region, ServiceFactory } from '../region.ts';
import { createAsyncInvocations } from './async-invocations.ts';
import { type CodeStore, createCodeStore } from './code-package.ts';
import { createLambdaFaults, type LambdaFaults } from './faults.ts';
import type { FunctionExecutor } from './function-executor.ts';
import { createFunctionOperations } from './function-operations.ts';
import { createFunctionOptions } from './function-options.ts';
import { createFunctionStore } from './function-store.ts';
import { createFunctionUrls } from './function-urls.ts';
import { createInvokeOperation } from './invoke-operation.ts';
import { createInvoker } from './invoker.ts';
import type { CodeSource, LambdaParts } from './lambda-parts.ts';
import { createResourcePolicyOperations } from './resource-policy.ts';
import { LAMBDA_ROUTES } from './routes.ts';
import { createVersionOperations } from './version-operations.ts';
import { createWorkerExecutor } from './worker-executor.ts';

export interface LambdaOptions {
  /** Where code given as S3Bucket and S3Key is; there is no S3 here. */
  readonly codeSource?: CodeSource;
  readonly faults?: LambdaFaults;
  /** How functions are run; worker threads when absent. */
  readonly executor?: (region: Region) => FunctionExecutor;
  /** What becomes of their code; extracted into files when absent. */
  readonly codeStore?: () => CodeStore;
  /** Where those files, and what V8 made of them, are kept from one region to the next; temporary when absent. Several may share it. */
  readonly codeDirectory?: string;
  /** false: functions' logs are not sent to CloudWatch Logs. */
  readonly sendsLogs?: boolean;
}

export function createLambda(options: LambdaOptions = {}): ServiceFactory {
  return (region) => {
    const store = createFunctionStore(region);
    const code = options.codeStore?.() ?? createCodeStore(options.codeDirectory);
    const executor = options.executor?.(region) ?? createWorkerExecutor(options.codeDirectory);
    const takesSimulatedTime = executor.takesSimulatedTime === true;
    const invoker = createInvoker({
      region,
      store,
      code,
      executor,
      faults: options.faults ?? createLambdaFaults(),
      sendsLogs: options.sendsLogs !== false,
    });
    const later = createAsyncInvocations({ region, store, invoker, takesSimulatedTime });
    const urls = createFunctionUrls(region, store);
    const parts: LambdaParts = { region, store, code, invoker, codeSource: options.codeSource };
    return {
      name: 'lambda',
      iamPrefix: 'lambda',
      wires: [{ kind: 'rest', routes: LAMBDA_ROUTES }],
      operations: {
        ...createFunctionOperations(parts),
        ...createVersionOperations(parts),
        ...createFunctionOptions(parts),
        ...createResourcePolicyOperations(region, store),
        ...urls.operations,
        Invoke: { ...createInvokeOperation(store, invoker, later), longRunning: takesSimulatedTime },
      },
      raw: (request, response) => urls.raw(request, response),
      async close() {
        await invoker.close();
        await code.close();
      },
    };
  };
}
