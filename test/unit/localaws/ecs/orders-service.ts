// The service the tests of ECS talk about: `orders` in the cluster `prod`, with what is asked of it again and again.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskSetsCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import { fargateDefinition, NETWORK, type Stage } from './ecs-stage.ts';

export interface NewOrders {
  readonly desiredCount?: number;
  readonly controller?: 'CODE_DEPLOY' | 'ECS' | 'EXTERNAL';
  readonly groupArn?: string;
  readonly tag?: string;
  readonly container?: object;
  readonly grace?: number;
}

export interface Orders {
  register(tag: string, container?: object): Promise<string>;
  service(): Promise<Service>;
  taskSet(id: string): Promise<TaskSet | undefined>;
  create(options: NewOrders): Promise<void>;
}

export function ordersOn(stage: Stage): Orders {
  async function register(tag: string, container = {}): Promise<string> {
    const answer = await stage.ecs.send(new RegisterTaskDefinitionCommand(fargateDefinition(tag, container) as never));
    return answer.taskDefinition?.taskDefinitionArn ?? '';
  }

  async function service(): Promise<Service> {
    const answer = await stage.ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: ['orders'] }));
    return answer.services?.[0] ?? {};
  }

  async function taskSet(id: string): Promise<TaskSet | undefined> {
    const answer = await stage.ecs.send(new DescribeTaskSetsCommand({ cluster: 'prod', service: 'orders', taskSets: [id] }));
    return answer.taskSets?.[0];
  }

  async function create(options: NewOrders): Promise<void> {
    await stage.ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
    const isExternal = options.controller === 'EXTERNAL';
    await stage.ecs.send(
      new CreateServiceCommand({
        cluster: 'prod',
        serviceName: 'orders',
        desiredCount: options.desiredCount ?? 2,
        ...(options.controller === undefined ? {} : { deploymentController: { type: options.controller } }),
        ...(isExternal ? {} : { taskDefinition: await register(options.tag ?? 'v1', options.container), launchType: 'FARGATE', networkConfiguration: NETWORK }),
        ...(options.groupArn === undefined ? {} : { loadBalancers: [{ targetGroupArn: options.groupArn, containerName: 'app', containerPort: 8080 }] }),
        ...(options.grace === undefined ? {} : { healthCheckGracePeriodSeconds: options.grace }),
      }),
    );
  }

  return { register, service, taskSet, create };
}
