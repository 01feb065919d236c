// Moves the traffic of a deployment on every load balancer of its service, and tells hooks about it in percent per revision.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { LifecycleStage } from './deployment-records.ts';
import { type DeploymentRun, touch } from './deployment-run.ts';
import { rolledBackBecause } from './interruption.ts';
import { writeShare } from './listener-rules.ts';
import type { TrafficWeights } from './stage-hooks.ts';

/**
 * Gives the target its share of production or test traffic, percent. Not given up halfway by an abort: what comes next must
 * know where the traffic is.
 * @throws DeploymentEnding when a rule cannot be written; AWS counts that as a failed hook of the stage
 */
export async function shiftTraffic(run: DeploymentRun, kind: 'production' | 'test', percent: number, stage: LifecycleStage): Promise<void> {
  const { world, deployment, routes } = run;
  try {
    for (const route of routes) {
      const ruleArn = kind === 'production' ? route.productionRuleArn : route.testRuleArn;
      if (ruleArn !== undefined) await writeShare(world.region, route, ruleArn, percent);
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw rolledBackBecause(`${stage} lifecycle hook(s) failed. ${error.message}`);
  }
  deployment.shares[kind] = percent;
  touch(run);
}

/** The share of each revision, when the target has `percent`. */
export function weightsByRevision({ deployment }: DeploymentRun, percent: number): TrafficWeights {
  const { target, baseline } = deployment;
  // 100 - 99.9 is not 0.1 in binary: percentages have one decimal.
  const rest = Math.round((100 - percent) * 10) / 10;
  return { ...(baseline === undefined ? {} : { [baseline.arn]: rest }), [target.arn]: percent };
}
