// What a deployment knows about its target: the two task sets, the two target groups, the service as it was at the start.
import type { AwsShape } from '../../region.ts';

export interface TaskSetFacts {
  readonly id: string;
  readonly arn: string;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
  readonly status: string;
}

export interface TargetGroupFacts {
  readonly name: string;
  readonly arn: string;
}

export interface TargetFacts {
  readonly serviceArn: string;
  /** The service's desired count when the deployment began; a change during the shift fails the deployment. */
  readonly desiredCount: number;
  readonly blue: TaskSetFacts;
  readonly green: TaskSetFacts | undefined;
  readonly blueTargetGroup: TargetGroupFacts;
  readonly greenTargetGroup: TargetGroupFacts;
  /** The PRIMARY task set as DescribeServices gave it: green inherits from it what the AppSpec leaves out. */
  readonly blueTaskSet: AwsShape;
}

/** The part of an ECS task set that GetDeploymentTarget shows. */
export function taskSetFacts(taskSet: AwsShape): TaskSetFacts {
  return {
    id: String(taskSet['id'] ?? ''),
    arn: String(taskSet['taskSetArn'] ?? ''),
    desiredCount: Number(taskSet['computedDesiredCount'] ?? 0),
    pendingCount: Number(taskSet['pendingCount'] ?? 0),
    runningCount: Number(taskSet['runningCount'] ?? 0),
    status: String(taskSet['status'] ?? ''),
  };
}
