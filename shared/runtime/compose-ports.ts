// The ports of a function in AWS: adapters and driver, wired together.

import { createAwsScaling } from '#adapters/application-autoscaling/aws-scaling.ts';
import { createSignedLinks } from '#adapters/approval/signed-links.ts';
import { type AwsClientSettings, createAwsClients } from '#adapters/aws-clients.ts';
import { createSlackWebhook } from '#adapters/chat/slack-webhook.ts';
import { createAwsAlarms } from '#adapters/cloudwatch/aws-alarms.ts';
import { createAwsMetrics } from '#adapters/cloudwatch/aws-metrics.ts';
import { createAwsTaskLogs } from '#adapters/cloudwatch-logs/aws-task-logs.ts';
import { createAwsCodedeploy } from '#adapters/codedeploy/aws-codedeploy.ts';
import { createDynamodbContainerInstanceStore } from '#adapters/dynamodb/dynamodb-container-instance-store.ts';
import { createDynamodbCrashStore } from '#adapters/dynamodb/dynamodb-crash-store.ts';
import { createDynamodbDeploymentStore } from '#adapters/dynamodb/dynamodb-deployment-store.ts';
import { createDynamodbIncidentStore } from '#adapters/dynamodb/dynamodb-incident-store.ts';
import { createDynamodbNotificationStore } from '#adapters/dynamodb/dynamodb-notification-store.ts';
import { createDynamodbRemediationStore } from '#adapters/dynamodb/dynamodb-remediation-store.ts';
import { createDynamodbServiceStore } from '#adapters/dynamodb/dynamodb-service-store.ts';
import { createDynamodbSubscriptionStore } from '#adapters/dynamodb/dynamodb-subscription-store.ts';
import { createAwsImageRegistry } from '#adapters/ecr/aws-image-registry.ts';
import { createAwsCapacity } from '#adapters/ecs/aws-capacity.ts';
import { createAwsEcs } from '#adapters/ecs/aws-ecs.ts';
import { createAwsEcsDeployments } from '#adapters/ecs/aws-ecs-deployments.ts';
import { createAwsTasks } from '#adapters/ecs/aws-tasks.ts';
import { createAwsLoadBalancer } from '#adapters/elbv2/aws-load-balancer.ts';
import { createAwsTargetGroups } from '#adapters/elbv2/aws-target-groups.ts';
import { createFetchProbe } from '#adapters/http/fetch-probe.ts';
import { createAwsHookFunctions } from '#adapters/lambda/aws-hook-functions.ts';
import { createAwsUserHook } from '#adapters/lambda/aws-user-hook.ts';
import { createAwsNotifier } from '#adapters/sns/aws-notifier.ts';
import { createAwsSecrets } from '#adapters/ssm/aws-secrets.ts';
import { createAwsRemediationWorkflow } from '#adapters/stepfunctions/aws-remediation-workflow.ts';
import { createAwsWorkflow } from '#adapters/stepfunctions/aws-workflow.ts';
import { driverCapabilities } from '#drivers/capabilities.ts';
import { chooseDriver } from '#drivers/choose-driver.ts';
import { hookFunctionName } from '#drivers/codedeploy/app-spec.ts';
import { createCodedeployDriver } from '#drivers/codedeploy/codedeploy-driver.ts';
import { createEcsDriver } from '#drivers/ecs/ecs-driver.ts';
import type { HttpProbe } from '#ports/checks.ts';
import type { DeploymentStore } from '#ports/deployment-store.ts';
import { lazyMembers } from '#ports/lazy-members.ts';
import type { Ports } from '#ports/ports.ts';
import type { ServiceStore } from '#ports/service-store.ts';
import type { Configuration } from './configuration.ts';

/** What a function has besides AWS. */
export type Surroundings = Pick<Ports, 'log' | 'now' | 'sleep' | 'sha256Hex' | 'writeId'>;

/** How the world is reached; as the environment says when absent. */
export interface Outside {
  readonly clients?: AwsClientSettings;
  readonly probe?: HttpProbe;
  readonly observe?: Observe;
}

/** What watches over the use of clients and stores; nothing when absent. */
export interface Observe {
  readonly client: <Client>(client: Client) => Client;
  readonly services: (store: ServiceStore) => ServiceStore;
  readonly deployments: (store: DeploymentStore) => DeploymentStore;
}

export const unobserved: Observe = { client: (client) => client, services: (store) => store, deployments: (store) => store };

export function composePorts(configuration: Configuration, surroundings: Surroundings, outside: Outside = {}): Ports {
  const { observe = unobserved } = outside;
  const aws = createAwsClients(outside.clients, observe.client);
  const table = () => ({ client: aws.documents, name: configuration.table });
  const drivers = {
    codedeploy: () => createCodedeployDriver(createAwsCodedeploy(aws.codedeploy), ports.loadBalancer, configuration.hookFunctionPrefix),
    ecs: () => createEcsDriver(createAwsEcsDeployments(aws.ecs, configuration.ecsHook)),
  };
  const ports: Ports = lazyMembers<Ports>({
    services: () => observe.services(createDynamodbServiceStore(table())),
    deployments: () => observe.deployments(createDynamodbDeploymentStore(table())),
    subscriptions: () => createDynamodbSubscriptionStore(table()),
    crashes: () => createDynamodbCrashStore(table()),
    incidents: () => createDynamodbIncidentStore(table(), surroundings.sha256Hex),
    remediations: () => createDynamodbRemediationStore(table()),
    containerInstances: () => createDynamodbContainerInstanceStore(table()),
    driver: () => chooseDriver(drivers),
    capabilities: () => driverCapabilities,
    ecs: () => createAwsEcs(aws.ecs),
    tasks: () => createAwsTasks(aws.ecs),
    capacity: () => createAwsCapacity(aws.ecs),
    images: () => createAwsImageRegistry(aws.ecr, configuration.region),
    loadBalancer: () => createAwsLoadBalancer(aws.elbv2),
    targetGroups: () => createAwsTargetGroups(aws.elbv2),
    metrics: () => createAwsMetrics(aws.cloudwatch),
    alarms: () => createAwsAlarms(aws.cloudwatch),
    taskLogs: () => createAwsTaskLogs(aws.logs),
    scaling: () => createAwsScaling(aws.scaling),
    workflow: () => createAwsWorkflow(aws.sfn, configuration.stateMachineArn),
    remediationWorkflow: () => createAwsRemediationWorkflow(aws.sfn, configuration.remediationStateMachineArn),
    notifications: () => createDynamodbNotificationStore(table()),
    notifier: () => createAwsNotifier(aws.sns, { ownTopicArn: configuration.topicArn, runbooks: configuration.runbooks, sha256Hex: surroundings.sha256Hex }),
    chat: () => createSlackWebhook({ readSecret: createAwsSecrets(aws.ssm, surroundings.now), runbooks: configuration.runbooks }),
    approvalLinks: () => {
      const { pageUrl, keyParameter } = configuration.approvalLinks;
      return createSignedLinks({ readSecret: createAwsSecrets(aws.ssm, surroundings.now), key: { parameter: keyParameter }, pageUrl });
    },
    probe: () => outside.probe ?? createFetchProbe(),
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
