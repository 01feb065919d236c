// ECS through the AWS SDK.
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import type { TaskSetObservation } from '#core/preflight/plan.ts';
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';
import type { Ecs } from '#ports/ecs.ts';
import { PermanentError } from '#ports/errors.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { launchOf } from './launch-settings.ts';
import { observeRevisions } from './serving-revision.ts';

export function createAwsEcs(client: ECSClient): Ecs {
  return {
    async describeService(cluster, service) {
      const answer = await callAwsUnless(`describe service ${cluster}/${service}`, { ClusterNotFoundException: () => undefined }, () =>
        client.send(new DescribeServicesCommand({ cluster, services: [service] })),
      );
      const found = answer?.services?.[0];
      if (found === undefined) return undefined;
      const deploymentController = found.deploymentController?.type ?? 'ECS';
      return {
        status: found.status ?? '',
        deploymentController,
        desiredCount: found.desiredCount ?? 0,
        taskSets: deploymentController === 'ECS' ? await observeRevisions(client, found) : (found.taskSets ?? []).map(observeTaskSet),
      };
    },
    async describeTaskDefinition(arnOrFamily) {
      // ECS answers ClientException for a name it does not know.
      const answer = await callAwsUnless(`describe task definition ${arnOrFamily}`, { ClientException: () => undefined }, () =>
        client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arnOrFamily, include: ['TAGS'] })),
      );
      if (answer?.taskDefinition === undefined) return undefined;
      // The SDK's dates are not part of a document that is compared and registered again.
      const { registeredAt: _registered, deregisteredAt: _deregistered, deleteRequestedAt: _deleted, ...document } = answer.taskDefinition;
      return { ...document, ...(answer.tags === undefined || answer.tags.length === 0 ? {} : { tags: answer.tags }) } as TaskDefinitionDocument;
    },
    async registerTaskDefinition(document) {
      const answer = await callAws(`register a revision of ${String(document['family'])}`, () =>
        client.send(new RegisterTaskDefinitionCommand(document as unknown as RegisterTaskDefinitionCommandInput)),
      );
      const arn = answer.taskDefinition?.taskDefinitionArn;
      if (arn === undefined) throw new PermanentError('ECS registered a task definition and answered no ARN');
      return arn;
    },
  };
}

function observeTaskSet(taskSet: TaskSet): TaskSetObservation {
  return {
    id: taskSet.id ?? '',
    status: taskSet.status ?? '',
    taskDefinitionArn: taskSet.taskDefinition ?? '',
    targetGroupArn: taskSet.loadBalancers?.[0]?.targetGroupArn,
    launch: launchOf(taskSet),
  };
}
