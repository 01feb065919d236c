// The local Amazon ECS: clusters, task definitions, services with task sets, and tasks that really run.
import type { Operation, Region, ServiceFactory } from '../region.ts';
import { type EcsBehaviour, HARSHEST_BEHAVIOUR } from './behaviour.ts';
import { type CapacityFaults, interruptSpotTasks, placementWithShortage } from './capacity-faults.ts';
import { clusterOperations } from './clusters/cluster-operations.ts';
import { createDeploymentEngine, type DeploymentEngine } from './deployments/deployment-engine.ts';
import { deploymentOperations } from './deployments/deployment-operations.ts';
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
  /** Takes capacity away. */
  readonly capacityFaults?: CapacityFaults;
  /** Switches where AWS's documents are silent or disagree. */
  readonly behaviour?: Partial<EcsBehaviour>;
}

export function createEcs(options: EcsOptions = {}): ServiceFactory {
  return (region) => {
    const { capacityFaults } = options;
    const placement = (options.placement ?? createPlacement)(region);
    const world: EcsWorld = {
      region,
      host: (options.taskRuntime ?? createProcessRuntime()).open(region),
      placement: capacityFaults === undefined ? placement : placementWithShortage(placement, capacityFaults),
      behaviour: { ...HARSHEST_BEHAVIOUR, ...options.behaviour },
      clusters: new Map(),
      families: new Map(),
    };
    // They need each other: the scheduler starts tasks, tasks tell it how they fare, and deployments wait for what it sees.
    const scheduler: ServiceScheduler = createServiceScheduler(world, { engine: () => engine, deployments: () => deployments });
    const engine: TaskEngine = createTaskEngine(world, scheduler);
    const deployments: DeploymentEngine = createDeploymentEngine(world, (service) => scheduler.wake(service));
    capacityFaults?.attach(() => interruptSpotTasks(world, engine));
    const parts: EcsParts = { world, engine, scheduler, deployments };
    const operations: Record<string, Operation> = {
      ...clusterOperations(parts),
      ...taskDefinitionOperations(parts),
      ...serviceOperations(parts),
      ...deploymentOperations(parts),
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
