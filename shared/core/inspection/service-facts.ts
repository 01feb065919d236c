// What was read of a live service and of everything its deployments depend on. Plain data: `weir init` drafts a manifest from it and
// `weir verify` judges it. Members that could not be read are undefined, and say nothing.
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';

/** One entry of the service's loadBalancers, with what ECS needs for its own blue/green deployments where it is set. */
export interface ServiceBalancer {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
  readonly alternateTargetGroupArn?: string;
  readonly productionRuleArn?: string;
  readonly testRuleArn?: string;
  /** The infrastructure role with which ECS rewrites the rules. */
  readonly roleArn?: string;
}

export interface InspectedService {
  readonly status: string;
  /** CODE_DEPLOY, ECS or EXTERNAL. */
  readonly deploymentController: string;
  readonly desiredCount: number;
  /** Whether its tasks run on Fargate, by launch type or capacity provider. */
  readonly onFargate: boolean;
  /** What serves now: the primary task set's where there are task sets. */
  readonly taskDefinitionArn: string;
  readonly balancers: readonly ServiceBalancer[];
  /** Alarms of the service's own deployment configuration. */
  readonly alarms: readonly string[];
}

export interface DeploymentGroupFacts {
  readonly application: string;
  readonly deploymentGroup: string;
  readonly cluster: string;
  readonly service: string;
  readonly roleArn: string;
  readonly targetGroupNames: readonly string[];
  readonly productionListenerArn: string | undefined;
  readonly testListenerArn: string | undefined;
  readonly terminatesBlue: boolean;
  readonly terminationWaitMinutes: number;
  readonly alarms: readonly string[];
}

export interface TargetState {
  /** ELB's word: healthy, unhealthy, initial, draining, unused, unavailable. */
  readonly state: string;
  /** ELB's reason code, such as Target.ResponseCodeMismatch. */
  readonly reason: string | undefined;
  readonly description: string | undefined;
}

export interface TargetGroupFacts {
  readonly arn: string;
  readonly name: string;
  /** ip, instance, lambda or alb. */
  readonly targetType: string;
  readonly port: number | undefined;
  readonly healthCheckPath: string | undefined;
  /** HTTP codes that count as healthy, such as `200` or `200-299`. */
  readonly matcher: string | undefined;
  readonly targets: readonly TargetState[];
}

export interface ListenerFacts {
  readonly arn: string;
  readonly port: number | undefined;
  readonly protocol: string;
  readonly loadBalancerName: string;
  readonly host: string;
}

export interface AlarmFacts {
  readonly name: string;
  /** OK, ALARM or INSUFFICIENT_DATA. */
  readonly state: string;
}

export interface RoleFacts {
  readonly arn: string;
  readonly exists: boolean;
  /** AWS services its trust policy lets assume it; undefined where the policy could not be read. */
  readonly trusts: readonly string[] | undefined;
}

/** A permission a role needs, and whether IAM's policy simulator grants it. */
export interface PermissionFacts {
  readonly roleArn: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

/** `repository` in `registry` by tag or digest, as an ECR image is referred to. */
export interface ImageFacts {
  readonly reference: string;
  readonly registry: string;
  readonly repository: string;
  readonly exists: boolean;
  /** Tags of the repository cannot be moved. */
  readonly tagsAreImmutable: boolean | undefined;
  /** `linux/amd64`: those the image was built for; undefined where its manifest could not be read. */
  readonly platforms: readonly string[] | undefined;
}

export interface SecretFacts {
  /** As the task definition has it. */
  readonly valueFrom: string;
  /** Secrets Manager or Systems Manager Parameter Store. */
  readonly store: 'secretsmanager' | 'ssm';
  readonly arn: string;
  readonly exists: boolean;
}

export interface LogGroupFacts {
  readonly name: string;
  readonly region: string | undefined;
  readonly exists: boolean;
}

export interface HookFunctionFacts {
  /** Name or ARN as the manifest has it, or of Weir's own hook. */
  readonly name: string;
  readonly arn: string;
  readonly exists: boolean;
  /** The role it runs as. */
  readonly roleArn: string | undefined;
}

/** The service and what is configured around it. */
export interface ServiceFacts {
  readonly cluster: string;
  readonly service: string;
  readonly account: string;
  readonly region: string;
  readonly observed: InspectedService | undefined;
  readonly taskDefinition: TaskDefinitionDocument | undefined;
  readonly groups: readonly DeploymentGroupFacts[];
  readonly targetGroups: readonly TargetGroupFacts[];
  readonly listeners: readonly ListenerFacts[];
}
