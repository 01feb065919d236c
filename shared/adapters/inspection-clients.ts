// The AWS clients of the command line's inspections. Apart from aws-clients.ts, so that no function carries what it never calls.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { lazyMembers } from '#ports/lazy-members.ts';

/** What the user named; the environment and the profile say the rest. */
export interface InspectionClientSettings {
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
}

/** Milliseconds. A person waits. */
const CONNECTION_TIMEOUT = 3_000;
const REQUEST_TIMEOUT = 15_000;

export function createInspectionClients({ region, endpointUrl }: InspectionClientSettings) {
  const settings = {
    maxAttempts: 4,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  };
  return lazyMembers({
    cloudwatch: () => new CloudWatchClient(settings),
    codedeploy: () => new CodeDeployClient(settings),
    ecr: () => new ECRClient(settings),
    ecs: () => new ECSClient(settings),
    elbv2: () => new ElasticLoadBalancingV2Client(settings),
    iam: () => new IAMClient(settings),
    lambda: () => new LambdaClient(settings),
    /** A container may log to another region. */
    logs: () => (other: string | undefined) => new CloudWatchLogsClient({ ...settings, ...(other === undefined ? {} : { region: other }) }),
    parameters: () => new SSMClient(settings),
    secrets: () => new SecretsManagerClient(settings),
    sts: () => new STSClient(settings),
  });
}
