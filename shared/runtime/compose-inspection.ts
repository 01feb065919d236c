// The inspection of live services with the credentials of whoever runs the command line.

import { inspectAlarms, inspectAlarmsOn } from '#adapters/cloudwatch/inspect-alarms.ts';
import { inspectLogGroup } from '#adapters/cloudwatch-logs/inspect-log-group.ts';
import { inspectGroups } from '#adapters/codedeploy/inspect-groups.ts';
import { inspectImage, inspectTags } from '#adapters/ecr/inspect-image.ts';
import { createAwsEcs } from '#adapters/ecs/aws-ecs.ts';
import { inspectService } from '#adapters/ecs/inspect-service.ts';
import { inspectTasks } from '#adapters/ecs/inspect-tasks.ts';
import { inspectListeners, inspectTargetGroups } from '#adapters/elbv2/inspect-balancing.ts';
import { inspectPermissions, inspectRole } from '#adapters/iam/inspect-roles.ts';
import { createInspectionClients, type InspectionClientSettings } from '#adapters/inspection-clients.ts';
import { inspectFunction } from '#adapters/lambda/inspect-function.ts';
import { inspectSecret } from '#adapters/secretsmanager/inspect-secret.ts';
import { inspectWhereabouts } from '#adapters/sts/inspect-whereabouts.ts';
import type { Inspection } from '#ports/inspection.ts';

export function composeInspection(settings: InspectionClientSettings): Inspection {
  const aws = createInspectionClients(settings);
  let where: ReturnType<Inspection['whereabouts']> | undefined;
  const whereabouts: Inspection['whereabouts'] = () => {
    where ??= inspectWhereabouts(aws.sts);
    return where;
  };
  return {
    whereabouts,
    service: (cluster, service) => inspectService(aws.ecs, cluster, service),
    tasks: (cluster, service) => inspectTasks(aws.ecs, cluster, service),
    taskDefinition: (arnOrFamily) => createAwsEcs(aws.ecs).describeTaskDefinition(arnOrFamily),
    deploymentGroups: (cluster, service) => inspectGroups(aws.codedeploy, cluster, service),
    targetGroups: (arnsOrNames) => inspectTargetGroups(aws.elbv2, arnsOrNames),
    listeners: (arns) => inspectListeners(aws.elbv2, arns),
    alarmsOn: (dimensions) => inspectAlarmsOn(aws.cloudwatch, dimensions),
    alarms: (names) => inspectAlarms(aws.cloudwatch, names),
    tags: (registry, repository) => inspectTags(aws.ecr, registry, repository),
    image: (reference) => inspectImage(aws.ecr, reference),
    role: (arn) => inspectRole(aws.iam, arn),
    permissions: (roleArn, wanted) => inspectPermissions(aws.iam, roleArn, wanted),
    secret: async (valueFrom) => inspectSecret(aws, valueFrom, await whereabouts()),
    logGroup: (name, region) => inspectLogGroup(aws.logs(region), name, region),
    hookFunction: async (name) => inspectFunction(aws.lambda, name, await whereabouts()),
  };
}
