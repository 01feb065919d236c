// The ports of a function in AWS: adapters and driver, wired together.

import { createAwsScaling } from '#adapters/application-autoscaling/aws-scaling.ts';
import { createAwsClients } from '#adapters/aws-clients.ts';
import { createAwsAlarms } from '#adapters/cloudwatch/aws-alarms.ts';
import { createAwsMetrics } from '#adapters/cloudwatch/aws-metrics.ts';
import { createAwsCodedeploy } from '#adapters/codedeploy/aws-codedeploy.ts';
import { createDynamodbCrashStore } from '#adapters/dynamodb/dynamodb-crash-store.ts';
import { createDynamodbDeploymentStore } from '#adapters/dynamodb/dynamodb-deployment-store.ts';
import { createDynamodbServiceStore } from '#adapters/dynamodb/dynamodb-service-store.ts';
import { createDynamodbSubscriptionStore } from '#adapters/dynamodb/dynamodb-subscription-store.ts';
import { createAwsImageRegistry } from '#adapters/ecr/aws-image-registry.ts';
import { createAwsEcs } from '#adapters/ecs/aws-ecs.ts';
import { createAwsLoadBalancer } from '#adapters/elbv2/aws-load-balancer.ts';
import { createFetchProbe } from '#adapters/http/fetch-probe.ts';
import { createAwsHookFunctions } from '#adapters/lambda/aws-hook-functions.ts';
import { createAwsUserHook } from '#adapters/lambda/aws-user-hook.ts';
import { createAwsNotifier } from '#adapters/sns/aws-notifier.ts';
import { createAwsWorkflow } from '#adapters/stepfunctions/aws-workflow.ts';
import { hookFunctionName } from '#drivers/codedeploy/app-spec.ts';
import { createCodedeployDriver } from '#drivers/codedeploy/codedeploy-driver.ts';
import { lazyMembers } from '#ports/lazy-members.ts';
import type { Ports } from '#ports/ports.ts';
import type { Configuration } from './configuration.ts';

/** What a function has besides AWS. */
export type Surroundings = Pick<Ports, 'log' | 'now' | 'sleep' | 'sha256Hex' | 'writeId'>;

export function composePorts(configuration: Configuration, surroundings: Surroundings): Ports {
  const aws = createAwsClients();
  const table = () => ({ client: aws.documents, name: configuration.table });
  const ports: Ports = lazyMembers<Ports>({
    services: () => createDynamodbServiceStore(table()),
    deployments: () => createDynamodbDeploymentStore(table()),
    subscriptions: () => createDynamodbSubscriptionStore(table()),
    crashes: () => createDynamodbCrashStore(table()),
    driver: () => createCodedeployDriver(createAwsCodedeploy(aws.codedeploy), ports.loadBalancer, configuration.hookFunctionPrefix),
    ecs: () => createAwsEcs(aws.ecs),
    images: () => createAwsImageRegistry(aws.ecr, configuration.region),
    loadBalancer: () => createAwsLoadBalancer(aws.elbv2),
    metrics: () => createAwsMetrics(aws.cloudwatch),
    alarms: () => createAwsAlarms(aws.cloudwatch),
    scaling: () => createAwsScaling(aws.scaling),
    workflow: () => createAwsWorkflow(aws.sfn, configuration.stateMachineArn),
    notifier: () => createAwsNotifier(aws.sns, configuration.topicArn),
    probe: createFetchProbe,
    userHook: () => createAwsUserHook(aws.lambda),
    hookFunctions: () => createAwsHookFunctions(aws.lambda, (hook) => hookFunctionName(configuration.hookFunctionPrefix, hook)),
    log: () => surroundings.log,
    now: () => surroundings.now,
    sleep: () => surroundings.sleep,
    sha256Hex: () => surroundings.sha256Hex,
    writeId: () => surroundings.writeId,
  });
  return ports;
}
