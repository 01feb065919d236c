// Where the shares and the targets of blue and green are read: the listener and the target groups, or for a rolling deployment the
// running tasks themselves.
import type { Plan } from '#core/deployment/deployment.ts';
import { countSides, rollingWeights, type SideCounts } from '#core/deployment/rolling.ts';
import { shiftedRoute } from '#core/deployment/step-state.ts';
import type { ProductionWeights } from '#core/deployment/watch.ts';
import type { TargetHealth } from '#ports/load-balancer.ts';
import type { Ports } from '#ports/ports.ts';

export async function weightsOf(ports: Ports, plan: Plan): Promise<ProductionWeights> {
  if (plan.rolling === undefined) return ports.loadBalancer.weights(shiftedRoute(plan), [plan.blue.targetGroupArn, plan.greenTargetGroupArn]);
  return rollingWeights(await countTasks(ports, plan, plan.rolling));
}

/** undefined where a rolling deployment's side cannot be told: blue's tasks go one after another, and come again when it goes back. */
export async function targetsOf(ports: Ports, plan: Plan, side: 'blue' | 'green'): Promise<TargetHealth | undefined> {
  if (plan.rolling === undefined) return ports.loadBalancer.targetHealth(side === 'blue' ? plan.blue.targetGroupArn : plan.greenTargetGroupArn);
  if (side === 'blue') return undefined;
  const counts = await countTasks(ports, plan, plan.rolling);
  // While both run green is not complete, and no fault of it.
  return counts === undefined ? undefined : { healthy: counts.green, total: counts.green, checked: counts.blue === 0 };
}

async function countTasks(ports: Ports, plan: Plan, { cluster, service }: NonNullable<Plan['rolling']>): Promise<SideCounts | undefined> {
  const observed = await ports.ecs.describeService(cluster, service);
  return (
    observed &&
    countSides(
      plan,
      observed.taskSets.map(({ taskDefinitionArn, runningCount }) => ({ taskDefinitionArn, runningCount })),
    )
  );
}
