// What a service of ECS's own controller serves with: its revisions as task sets are observed, the serving one as PRIMARY.
import { DescribeServiceDeploymentsCommand, DescribeServiceRevisionsCommand, type ECSClient, type Service, type ServiceRevision } from '@aws-sdk/client-ecs';
import type { TaskSetObservation } from '#core/preflight/plan.ts';
import { callAws } from '../operating-error.ts';
import { launchOf } from './launch-settings.ts';

/** Revisions described at once. Source: ECS API, DescribeServiceRevisions. */
const REVISIONS_MAX = 20;

/** Empty for a service that never had a deployment of this controller. */
export async function observeRevisions(client: ECSClient, service: Service): Promise<readonly TaskSetObservation[]> {
  const arns = (service.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []).slice(0, REVISIONS_MAX);
  if (arns.length === 0) return [];
  const what = `describe the revisions of ${service.serviceName}`;
  const [answer, serving] = await Promise.all([
    callAws(what, () => client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }))),
    arns.length === 1 ? arns[0] : servingRevision(client, service),
  ]);
  const counts = new Map((service.currentServiceRevisions ?? []).map(({ arn, runningTaskCount }) => [arn, runningTaskCount]));
  return (answer.serviceRevisions ?? []).map((revision) => {
    const runningCount = counts.get(revision.serviceRevisionArn);
    const observed = observeRevision(revision, revision.serviceRevisionArn === serving);
    return runningCount === undefined ? observed : { ...observed, runningCount };
  });
}

/**
 * Several revisions have tasks: a deployment is under way, or one was left unfinished. The one it comes from serves, until it is
 * over; then the one that it gave the traffic to.
 */
async function servingRevision(client: ECSClient, service: Service): Promise<string | undefined> {
  const arn = service.currentServiceDeployment;
  if (arn === undefined) return undefined;
  const answer = await callAws(`describe ${arn}`, () => client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] })));
  const deployment = answer.serviceDeployments?.[0];
  const sides = [deployment?.targetServiceRevision, ...(deployment?.sourceServiceRevisions ?? [])];
  const sources = deployment?.sourceServiceRevisions ?? [];
  if (deployment?.status === 'SUCCESSFUL') return deployment.targetServiceRevision?.arn;
  if (deployment?.rollback?.serviceRevisionArn !== undefined) return deployment.rollback.serviceRevisionArn;
  if (sources.length === 1) return sources[0]?.arn;
  const byTraffic = sides.toSorted((one, other) => (other?.requestedProductionTrafficWeight ?? 0) - (one?.requestedProductionTrafficWeight ?? 0));
  return byTraffic[0]?.arn;
}

function observeRevision(revision: ServiceRevision, serves: boolean): TaskSetObservation {
  const [balancer] = revision.loadBalancers ?? [];
  return {
    id: revision.serviceRevisionArn ?? '',
    status: serves ? 'PRIMARY' : 'ACTIVE',
    taskDefinitionArn: revision.taskDefinition ?? '',
    // The groups of the pair take turns; which one this revision is in is resolved for each.
    targetGroupArn: revision.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn ?? balancer?.targetGroupArn,
    launch: launchOf(revision),
  };
}
