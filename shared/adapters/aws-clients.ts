// The AWS clients of one sandbox. Nothing else makes one.
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { lazyMembers } from '#ports/lazy-members.ts';

/** Milliseconds. Short, so that one slow answer cannot use up a function's time. */
const CONNECTION_TIMEOUT = 2_000;
const REQUEST_TIMEOUT = 8_000;

const defaults = { maxAttempts: 4, requestHandler: { connectionTimeout: CONNECTION_TIMEOUT, requestTimeout: REQUEST_TIMEOUT } };

/** What all clients may be given instead of what the environment says: another way to AWS, other credentials. */
export type AwsClientSettings = Partial<
  Pick<
    DynamoDBClientConfig,
    | 'credentials'
    | 'defaultUserAgentProvider'
    | 'endpoint'
    | 'endpointProvider'
    | 'logger'
    | 'region'
    | 'requestHandler'
    | 'retryStrategy'
    | 'signer'
    | 'useDualstackEndpoint'
    | 'useFipsEndpoint'
  >
>;

/**
 * Clients for the region and credentials of the environment.
 * @param observe answers the client it is given, after it has seen to it that its calls are observed
 */
export function createAwsClients(given: AwsClientSettings = {}, observe: <Client>(client: Client) => Client = (client) => client) {
  const plain = { ...defaults, ...given };
  // The order of a command's middleware is worked out once instead of at every call; the document client cannot do that.
  const settings = { ...plain, cacheMiddleware: true };
  return lazyMembers({
    scaling: () => observe(new ApplicationAutoScalingClient(settings)),
    cloudwatch: () => observe(new CloudWatchClient(settings)),
    codedeploy: () => observe(new CodeDeployClient(settings)),
    documents: () => DynamoDBDocumentClient.from(observe(new DynamoDBClient(plain)), { marshallOptions: { removeUndefinedValues: true } }),
    ecr: () => observe(new ECRClient(settings)),
    ecs: () => observe(new ECSClient(settings)),
    elbv2: () => observe(new ElasticLoadBalancingV2Client(settings)),
    lambda: () => observe(new LambdaClient(settings)),
    /** Of another region where one is named: a container may log there. */
    logs: () => (region: string | undefined) => observe(new CloudWatchLogsClient({ ...settings, ...(region === undefined ? {} : { region }) })),
    sfn: () => observe(new SFNClient(settings)),
    sns: () => observe(new SNSClient(settings)),
    ssm: () => observe(new SSMClient(settings)),
  });
}
