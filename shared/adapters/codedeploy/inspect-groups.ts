// Which CodeDeploy deployment groups deploy a service. CodeDeploy has no look-up by service, so every application is asked.
import {
  BatchGetDeploymentGroupsCommand,
  type CodeDeployClient,
  type DeploymentGroupInfo,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
} from '@aws-sdk/client-codedeploy';
import type { DeploymentGroupFacts } from '#core/inspection/service-facts.ts';
import { DEPLOYMENT_APPLICATIONS_MAX } from '#ports/inspection.ts';
import { callAws } from '../operating-error.ts';

/** Source: CodeDeploy API, BatchGetDeploymentGroups: at most 100 names. */
const GROUPS_AT_ONCE = 100;
/** Pages of an application's groups. Source: CodeDeploy quotas: 1,000 groups per application. */
const GROUP_PAGES_MAX = 20;

export async function inspectGroups(client: CodeDeployClient, cluster: string, service: string): Promise<readonly DeploymentGroupFacts[]> {
  const applications = await listApplications(client);
  // Most likely first is no use: a service may have several groups, and all are shown.
  const found: DeploymentGroupFacts[] = [];
  for (const application of applications) {
    for (const group of await groupsOf(client, application)) {
      const deploys = group.ecsServices?.some((named) => named.clusterName === cluster && named.serviceName === service) ?? false;
      if (deploys) found.push(factsOf(application, cluster, service, group));
    }
  }
  return found;
}

async function listApplications(client: CodeDeployClient): Promise<readonly string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await callAws('list CodeDeploy applications', () => client.send(new ListApplicationsCommand(nextToken === undefined ? {} : { nextToken })));
    names.push(...(page.applications ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && names.length < DEPLOYMENT_APPLICATIONS_MAX);
  return names;
}

async function groupsOf(client: CodeDeployClient, application: string): Promise<readonly DeploymentGroupInfo[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < GROUP_PAGES_MAX; page++) {
    const answer = await callAws(`list the deployment groups of ${application}`, () =>
      client.send(new ListDeploymentGroupsCommand({ applicationName: application, ...(nextToken === undefined ? {} : { nextToken }) })),
    );
    names.push(...(answer.deploymentGroups ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  const groups: DeploymentGroupInfo[] = [];
  for (let from = 0; from < names.length; from += GROUPS_AT_ONCE) {
    const deploymentGroupNames = names.slice(from, from + GROUPS_AT_ONCE);
    const answer = await callAws(`get the deployment groups of ${application}`, () =>
      client.send(new BatchGetDeploymentGroupsCommand({ applicationName: application, deploymentGroupNames })),
    );
    groups.push(...(answer.deploymentGroupsInfo ?? []));
  }
  return groups;
}

function factsOf(application: string, cluster: string, service: string, group: DeploymentGroupInfo): DeploymentGroupFacts {
  const pair = group.loadBalancerInfo?.targetGroupPairInfoList?.[0];
  const termination = group.blueGreenDeploymentConfiguration?.terminateBlueInstancesOnDeploymentSuccess;
  return {
    application,
    deploymentGroup: group.deploymentGroupName ?? '',
    cluster,
    service,
    roleArn: group.serviceRoleArn ?? '',
    targetGroupNames: (pair?.targetGroups ?? []).flatMap(({ name }) => name ?? []),
    productionListenerArn: pair?.prodTrafficRoute?.listenerArns?.[0],
    testListenerArn: pair?.testTrafficRoute?.listenerArns?.[0],
    terminatesBlue: termination?.action !== 'KEEP_ALIVE',
    terminationWaitMinutes: termination?.terminationWaitTimeInMinutes ?? 0,
    alarms: group.alarmConfiguration?.enabled === true ? (group.alarmConfiguration.alarms ?? []).flatMap(({ name }) => name ?? []) : [],
  };
}
