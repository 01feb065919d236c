// The whole local AWS: every service in one region, permissions enforced, and optionally a compiled stack loaded into it.
import { basename, join } from 'node:path';
import { createApplicationAutoScaling } from './application-autoscaling/create-application-auto-scaling.ts';
import { createCloudFormation } from './cloudformation/create-cloudformation.ts';
import { type LoadedStack, type LoadTemplateOptions, loadTemplate } from './cloudformation/load-template.ts';
import { createCloudWatch } from './cloudwatch/create-cloudwatch.ts';
import { codeDeployFactory } from './codedeploy/create-code-deploy.ts';
import { createDynamodb, type DynamodbOptions } from './dynamodb/create-dynamodb.ts';
import { createEcr } from './ecr/create-ecr.ts';
import { createEcs, type EcsOptions } from './ecs/create-ecs.ts';
import { type Elbv2Options, elbv2With } from './elbv2/create-elbv2.ts';
import { createEventBridge, type EventBridgeOptions } from './eventbridge/create-eventbridge.ts';
import { createIam, type IamReport } from './iam/create-iam.ts';
import { createLambda, type LambdaOptions } from './lambda/create-lambda.ts';
import type { LambdaFaults } from './lambda/faults.ts';
import { createLogs } from './logs/create-logs.ts';
import { createScheduler } from './scheduler/create-scheduler.ts';
import { createSecretsManager } from './secretsmanager/create-secrets-manager.ts';
import { createSns } from './sns/create-sns.ts';
import { createSqs } from './sqs/create-sqs.ts';
import { createSsm } from './ssm/create-ssm.ts';
import { type RegionOptions, type RunningRegion, startRegion } from './start-region.ts';
import { createStepFunctions } from './stepfunctions/create-step-functions.ts';
import { createSts } from './sts/create-sts.ts';

export interface LocalAwsOptions extends Omit<RegionOptions, 'services'> {
  /** A compiled template (`.serverless/cloudformation-template-update-stack.json`) to load, and the folder of its zips. */
  readonly stack?: {
    readonly templateFile: string;
    readonly artifactDirectory: string;
    readonly name: string;
    readonly readArtifact?: LoadTemplateOptions['readArtifact'];
  };
  readonly lambdaFaults?: LambdaFaults;
  /** How tasks run; real processes when absent. */
  readonly taskRuntime?: EcsOptions['taskRuntime'];
  /** Switches of single services, for tests and simulations. */
  readonly lambda?: Omit<LambdaOptions, 'codeSource' | 'faults'>;
  readonly dynamodb?: DynamodbOptions;
  readonly elbv2?: Elbv2Options;
  /** Where AWS's documents on ECS's own deployments are silent or disagree. */
  readonly ecsBehaviour?: EcsOptions['behaviour'];
  readonly capacityFaults?: EcsOptions['capacityFaults'];
  readonly eventBridge?: EventBridgeOptions;
}

export interface LocalAws extends RunningRegion {
  readonly loaded: LoadedStack | undefined;
  /** What roles were granted and never used, and the latest refused calls. */
  iamReport(): IamReport;
}

/** Starts it and resolves when it serves. @throws Error when the port is taken or the template cannot be loaded; nothing is left running then. */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const iam = createIam();
  const { stack } = options;
  const running = await startRegion({
    ...options,
    services: [
      iam.factory,
      createSts,
      createLogs,
      createSqs,
      createSns,
      createSsm,
      createSecretsManager,
      createDynamodb(options.dynamodb),
      createLambda({
        ...options.lambda,
        ...(stack === undefined ? {} : { codeSource: (_bucket, key) => join(stack.artifactDirectory, basename(key)) }),
        ...(options.lambdaFaults === undefined ? {} : { faults: options.lambdaFaults }),
      }),
      createEventBridge(options.eventBridge),
      createScheduler,
      createStepFunctions,
      createCloudWatch,
      createEcr,
      elbv2With(options.elbv2 ?? {}),
      createEcs({
        ...(options.taskRuntime === undefined ? {} : { taskRuntime: options.taskRuntime }),
        ...(options.capacityFaults === undefined ? {} : { capacityFaults: options.capacityFaults }),
        ...(options.ecsBehaviour === undefined ? {} : { behaviour: options.ecsBehaviour }),
      }),
      codeDeployFactory(),
      createApplicationAutoScaling,
      createCloudFormation(),
    ],
  });
  running.dispatcher.setAuthorizer(iam.authorizer);
  running.dispatcher.intercept(iam.interceptor);
  try {
    const loaded =
      stack === undefined
        ? undefined
        : await loadTemplate(running.region, running.dispatcher, {
            templateFile: stack.templateFile,
            artifactDirectory: stack.artifactDirectory,
            stackName: stack.name,
            ...(stack.readArtifact === undefined ? {} : { readArtifact: stack.readArtifact }),
          });
    return { ...running, endpointUrl: running.endpointUrl, loaded, iamReport: () => iam.report() };
  } catch (error) {
    await running.close();
    throw error;
  }
}
