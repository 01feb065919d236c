// Whether a container's log group is there.
import { type CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogGroupFacts } from '#core/inspection/service-facts.ts';
import { callAws } from '../operating-error.ts';

/** Pages of groups that begin with the name: the exact one is listed first. */
const PAGE_SIZE = 50;

export async function inspectLogGroup(client: CloudWatchLogsClient, name: string, region: string | undefined): Promise<LogGroupFacts> {
  const answer = await callAws(`describe log group ${name}`, () => client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: PAGE_SIZE })));
  return { name, region, exists: (answer.logGroups ?? []).some(({ logGroupName }) => logGroupName === name) };
}
