// What ECS invokes a lifecycle hook function with, and what it takes for an answer. Read by functions/hooks/ecs-lifecycle.ts.
import * as z from 'zod';
import { type Parsed, parseWith } from './parse-with.ts';
import { identifier, openEnum } from './wire-types.ts';

/** Stages of a deployment that hooks run at. Source: ECS API, DeploymentLifecycleHookStage. */
export type LifecycleStage =
  | 'RECONCILE_SERVICE'
  | 'PRE_SCALE_UP'
  | 'POST_SCALE_UP'
  | 'TEST_TRAFFIC_SHIFT'
  | 'POST_TEST_TRAFFIC_SHIFT'
  | 'PRE_PRODUCTION_TRAFFIC_SHIFT'
  | 'PRODUCTION_TRAFFIC_SHIFT'
  | 'POST_PRODUCTION_TRAFFIC_SHIFT';

/** Percent by service revision ARN; empty at the stages that move no traffic. */
const weights = z.record(identifier, z.number()).default({});
const executionDetails = z.object({
  targetServiceRevisionArn: identifier,
  testTrafficWeights: weights,
  productionTrafficWeights: weights,
});

/** What Weir writes into its hook when it starts a deployment; somebody else's deployment of the service may carry it on. */
const hookDetails = z.object({ weirDeployment: identifier, weirService: identifier }).optional().catch(undefined);

/** Source: ECS developer guide, lifecycle hooks. Recorded inputs hold the deployment under executionDetails; the guide's examples at the top. */
const payload = z
  .object({
    executionId: identifier,
    lifecycleStage: openEnum<LifecycleStage>(),
    resourceArn: identifier,
    executionDetails: executionDetails.optional(),
    hookDetails,
  })
  .and(executionDetails.partial())
  .transform((given, context) => {
    const details = given.executionDetails ?? executionDetails.safeParse(given).data;
    if (details === undefined) {
      context.addIssue({ code: 'custom', path: ['executionDetails'], message: 'must name the target service revision' });
      return z.NEVER;
    }
    const { targetServiceRevisionArn: target } = details;
    const move = given.lifecycleStage === 'TEST_TRAFFIC_SHIFT' ? details.testTrafficWeights : details.productionTrafficWeights;
    const named = given.hookDetails;
    return {
      executionId: given.executionId,
      stage: given.lifecycleStage,
      serviceDeploymentArn: given.resourceArn,
      /** The target revision's share, percent: the test traffic's at TEST_TRAFFIC_SHIFT, else production's; undefined where ECS names none. */
      targetPercent: move[target],
      /** Whose deployment the hook says it is: to be believed only where the record says so too. */
      ...(named === undefined ? {} : { named: { serviceKey: named.weirService, deploymentId: named.weirDeployment } }),
    };
  });

export type LifecycleHookRequest = z.output<typeof payload>;

/** What ECS accepts; anything else rolls the deployment back. Source: ECS developer guide, lifecycle hooks. */
export type LifecycleHookAnswer = { readonly hookStatus: 'SUCCEEDED' | 'FAILED' } | { readonly hookStatus: 'IN_PROGRESS'; readonly callBackDelay: number };

export function parseLifecycleHookRequest(input: unknown): Parsed<LifecycleHookRequest> {
  return parseWith(payload, input);
}

/**
 * Whether traffic moves at this stage. Its hooks run again in a rollback, with the weights reversed, and only an answer of success
 * lets that go on. Source: aws-cdk issue 36764.
 */
export function movesTraffic(stage: string): boolean {
  return stage === 'TEST_TRAFFIC_SHIFT' || stage === 'PRODUCTION_TRAFFIC_SHIFT';
}

/** The stage of an input that is otherwise not understood. */
export function stageOfUnreadable(input: unknown): string | undefined {
  const stage: unknown = typeof input === 'object' && input !== null ? (input as { lifecycleStage?: unknown }).lifecycleStage : undefined;
  return typeof stage === 'string' ? stage : undefined;
}
