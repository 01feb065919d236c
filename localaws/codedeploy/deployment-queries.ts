// Reading deployments: one, many by id, and lists newest first.
import { AwsError } from '../endpoint/aws-error.ts';
import { stringList, structureMember, timeMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import { type CodeDeployContext, deploymentGroupArn, nameForArn } from './code-deploy-context.ts';
import { deploymentInfo } from './deployment-info.ts';
import { BATCH_MAX } from './limits.ts';
import type { Deployment } from './model.ts';
import { applicationName, checkedDeploymentId, deploymentGroupName, deploymentId } from './names.ts';
import { pageOf } from './pages.ts';

const STATUSES: readonly string[] = ['Created', 'Queued', 'InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped', 'Ready'];

/** For IAM: the group of the deployment a request names; `*` when there is none, as nothing more can be said of it. */
export function groupArnOfDeployment(context: CodeDeployContext, id: unknown): string {
  const deployment = typeof id === 'string' ? context.store.deployments.get(id) : undefined;
  return deployment === undefined ? '*' : deploymentGroupArn(context.region, deployment.application.name, deployment.group.name);
}

function timeRangeFilter(input: AwsShape): (deployment: Deployment) => boolean {
  const range = structureMember(input, 'createTimeRange') ?? {};
  const start = timeMember(range, 'start') ?? Number.NEGATIVE_INFINITY;
  const end = timeMember(range, 'end') ?? Number.POSITIVE_INFINITY;
  if (start > end) throw new AwsError('InvalidTimeRangeException', 'The specified time range was specified in an invalid format.');
  return (deployment) => deployment.createTime >= start && deployment.createTime <= end;
}

function listDeployments(context: CodeDeployContext, input: AwsShape): AwsShape {
  const { store } = context;
  const hasApplication = input['applicationName'] !== undefined;
  const hasGroup = input['deploymentGroupName'] !== undefined;
  let group: Deployment['group'] | undefined;
  if (hasApplication || hasGroup) {
    const application = store.application(applicationName(input));
    group = store.group(application, deploymentGroupName(input));
  }
  const statuses = stringList(input, 'includeOnlyStatuses') ?? [];
  const unknown = statuses.find((status) => !STATUSES.includes(status));
  if (unknown !== undefined)
    throw new AwsError('InvalidDeploymentStatusException', `The specified deployment status doesn't exist or cannot be determined: ${unknown}`);
  const isInRange = timeRangeFilter(input);
  const ids = [...store.deployments.values()]
    .filter((deployment) => group === undefined || deployment.group === group)
    .filter((deployment) => statuses.length === 0 || statuses.includes(deployment.lifecycle.status))
    .filter((deployment) => input['externalId'] === undefined && isInRange(deployment))
    .map((deployment) => deployment.id)
    .toReversed();
  const { page, nextToken } = pageOf(ids, input);
  return { deployments: page, nextToken };
}

export function deploymentQueryOperations(context: CodeDeployContext): Record<'BatchGetDeployments' | 'GetDeployment' | 'ListDeployments', Operation> {
  const { region, store } = context;
  return {
    GetDeployment: {
      resources: (input) => [groupArnOfDeployment(context, input['deploymentId'])],
      handle: (input) => ({ deploymentInfo: deploymentInfo(store.deployment(deploymentId(input))) }),
    },
    BatchGetDeployments: {
      resources: (input) => (Array.isArray(input['deploymentIds']) ? input['deploymentIds'].map((id) => groupArnOfDeployment(context, id)) : ['*']),
      handle(input) {
        const ids = stringList(input, 'deploymentIds') ?? [];
        if (ids.length === 0) throw new AwsError('DeploymentIdRequiredException', 'At least one deployment ID must be specified.');
        if (ids.length > BATCH_MAX)
          throw new AwsError('BatchLimitExceededException', `The maximum number of names or IDs allowed for this request (${BATCH_MAX}) was exceeded.`);
        return { deploymentsInfo: ids.flatMap((id) => store.deployments.get(checkedDeploymentId(id)) ?? []).map(deploymentInfo) };
      },
    },
    ListDeployments: {
      resources: (input) =>
        input['applicationName'] === undefined
          ? ['*']
          : [deploymentGroupArn(region, nameForArn(input['applicationName']), nameForArn(input['deploymentGroupName']))],
      handle: (input) => listDeployments(context, input),
    },
  };
}
