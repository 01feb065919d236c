// The local Amazon ECS: clusters, task definitions, services with task sets, and tasks that really run.
import type { Operation, Region, ServiceFactory } from '../region.ts';
import { clusterOperations } from './clusters/cluster-operations.ts';
import type { EcsParts, EcsWorld } from './ecs-world.ts';
import { createPlacement, type Placement } from './placement.ts';
import { createProcessRuntime } from './runtime/process-runtime.ts';
import type { TaskRuntime } from './runtime/task-runtime.ts';
import { createServiceScheduler, type ServiceScheduler } from './scheduler/service-scheduler.ts';
import { serviceOperations } from './services/service-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { taskDefinitionOperations } from './task-definitions/task-definition-operations.ts';
import { taskSetOperations } from './task-sets/task-set-operations.ts';
import { createTaskEngine, type TaskEngine } from './tasks/task-engine.ts';
import { taskOperations } from './tasks/task-operations.ts';

export interface EcsOptions {
  /** What runs containers: real processes, unless a test brings its own. */
  readonly taskRuntime?: TaskRuntime;
  /** Where tasks may run; by default Fargate always has room. */
  readonly placement?: (region: Region) => Placement;
}

export function createEcs(options: EcsOptions = {}): ServiceFactory {
  return (region) => {
    const world: EcsWorld = {
      region,
      host: (options.taskRuntime ?? createProcessRuntime()).open(region),
      placement: (options.placement ?? createPlacement)(region),
      clusters: new Map(),
      families: new Map(),
    };
    // The two need each other: the scheduler starts tasks, and tasks tell it how they fare.
    const scheduler: ServiceScheduler = createServiceScheduler(world, () => engine);
    const engine: TaskEngine = createTaskEngine(world, scheduler);
    const parts: EcsParts = { world, engine, scheduler };
    const operations: Record<string, Operation> = {
      ...clusterOperations(parts),
      ...taskDefinitionOperations(parts),
      ...serviceOperations(parts),
      ...taskSetOperations(parts),
      ...taskOperations(parts),
      ...tagOperations(parts),
    };
    return {
      name: 'ecs',
      iamPrefix: 'ecs',
      wires: [{ kind: 'json', jsonVersion: '1.1', target: 'AmazonEC2ContainerServiceV20141113' }],
      operations,
      close: () => world.host.close(),
    };
  };
}
