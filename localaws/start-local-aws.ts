// The whole local AWS: every service in one region, permissions enforced, and optionally a compiled stack loaded into it.
import { basename, join } from 'node:path';
import { createApplicationAutoScaling } from './application-autoscaling/create-application-auto-scaling.ts';
import { createCloudFormation } from './cloudformation/create-cloudformation.ts';
import { type LoadedStack, loadTemplate } from './cloudformation/load-template.ts';
import { createCloudWatch } from './cloudwatch/create-cloudwatch.ts';
import { codeDeployFactory } from './codedeploy/create-code-deploy.ts';
import { createDynamodb } from './dynamodb/create-dynamodb.ts';
import { createEcr } from './ecr/create-ecr.ts';
import { createEcs, type EcsOptions } from './ecs/create-ecs.ts';
import { createElbv2 } from './elbv2/create-elbv2.ts';
import { createEventBridge } from './eventbridge/create-eventbridge.ts';
import { createIam, type IamReport } from './iam/create-iam.ts';
import { createLambda } from './lambda/create-lambda.ts';
import type { LambdaFaults } from './lambda/faults.ts';
import { createLogs } from './logs/create-logs.ts';
import { createScheduler } from './scheduler/create-scheduler.ts';
import { createSns } from './sns/create-sns.ts';
import { createSqs } from './sqs/create-sqs.ts';
import { type RegionOptions, type RunningRegion, startRegion } from './start-region.ts';
import { createStepFunctions } from './stepfunctions/create-step-functions.ts';
import { createSts } from './sts/create-sts.ts';

export interface LocalAwsOptions extends Omit<RegionOptions, 'services'> {
  /** A compiled template (`.serverless/cloudformation-template-update-stack.json`) to load, and the folder of its zips. */
  readonly stack?: { readonly templateFile: string; readonly artifactDirectory: string; readonly name: string };
  readonly lambdaFaults?: LambdaFaults;
  /** How tasks run; real processes when absent. */
  readonly taskRuntime?: EcsOptions['taskRuntime'];
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
      createDynamodb(),
      createLambda({
        ...(stack === undefined ? {} : { codeSource: (_bucket, key) => join(stack.artifactDirectory, basename(key)) }),
        ...(options.lambdaFaults === undefined ? {} : { faults: options.lambdaFaults }),
      }),
      createEventBridge(),
      createScheduler,
      createStepFunctions,
      createCloudWatch,
      createEcr,
      createElbv2,
      createEcs(options.taskRuntime === undefined ? {} : { taskRuntime: options.taskRuntime }),
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
          });
    return { ...running, endpointUrl: running.endpointUrl, loaded, iamReport: () => iam.report() };
  } catch (error) {
    await running.close();
    throw error;
  }
}
