// AWS::DynamoDB::Table, AWS::Logs::LogGroup, and AWS::S3::* of the deployment itself.
import type { AwsShape } from '../../region.ts';
import { type MadeResource, pick, type ResourceContext, type ResourceKind } from '../resource-kind.ts';

const TABLE_SETTINGS = [
  'AttributeDefinitions',
  'BillingMode',
  'DeletionProtectionEnabled',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'OnDemandThroughput',
  'ProvisionedThroughput',
  'StreamSpecification',
  'TableClass',
  'Tags',
];

const TABLE: ResourceKind = {
  service: 'dynamodb',
  required: ['KeySchema', 'AttributeDefinitions'],
  optional: [
    ...TABLE_SETTINGS,
    'TableName',
    'TimeToLiveSpecification',
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'ContributorInsightsSpecification',
  ],
  async make(properties, context) {
    const name = String(properties['TableName'] ?? context.newName(255));
    const encryption = properties['SSESpecification'] as AwsShape | undefined;
    // CloudFormation says only that there is a stream and what is in it; the API wants it switched on.
    const stream = properties['StreamSpecification'] as AwsShape | undefined;
    const { TableDescription: table } = await context.call('dynamodb', 'CreateTable', {
      ...pick(properties, TABLE_SETTINGS),
      TableName: name,
      ...(stream === undefined ? {} : { StreamSpecification: { ...stream, StreamEnabled: true } }),
      ...(encryption === undefined
        ? {}
        : { SSESpecification: { ...pick(encryption, ['KMSMasterKeyId', 'SSEType']), Enabled: encryption['SSEEnabled'] === true } }),
    });
    const timeToLive = properties['TimeToLiveSpecification'] as AwsShape | undefined;
    if (timeToLive?.['Enabled'] === true) await context.call('dynamodb', 'UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: timeToLive });
    const recovery = properties['PointInTimeRecoverySpecification'] as AwsShape | undefined;
    if (recovery !== undefined) await context.call('dynamodb', 'UpdateContinuousBackups', { TableName: name, PointInTimeRecoverySpecification: recovery });
    return { physicalId: name, attributes: { Arn: table['TableArn'] } };
  },
};

const LOG_GROUP: ResourceKind = {
  service: 'logs',
  required: [],
  optional: ['LogGroupName', 'RetentionInDays', 'Tags', 'KmsKeyId', 'LogGroupClass'],
  async make(properties, context) {
    const name = String(properties['LogGroupName'] ?? context.newName(512));
    const tags = (properties['Tags'] ?? []) as AwsShape[];
    await context.call('logs', 'CreateLogGroup', {
      logGroupName: name,
      ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags.map((tag) => [tag['Key'], tag['Value']])) }),
    });
    if (properties['RetentionInDays'] !== undefined) {
      await context.call('logs', 'PutRetentionPolicy', { logGroupName: name, retentionInDays: Number(properties['RetentionInDays']) });
    }
    return { physicalId: name, attributes: { Arn: `${context.region.arn('logs', `log-group:${name}`)}:*` } };
  },
};

/** Code is read from the package directory here, so the bucket it would be uploaded to is only a name. */
const NO_BUCKET = 'there is no S3 on the local AWS; the code is read from the package directory';

function bucketName(properties: AwsShape, context: ResourceContext): string {
  return String(properties['BucketName'] ?? context.newName(63).toLowerCase());
}

const BUCKET: ResourceKind = {
  service: undefined,
  required: [],
  optional: [
    'AccessControl',
    'BucketEncryption',
    'BucketName',
    'LifecycleConfiguration',
    'LoggingConfiguration',
    'NotificationConfiguration',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'Tags',
    'VersioningConfiguration',
    'AccelerateConfiguration',
  ],
  make(properties, context): Promise<MadeResource> {
    const name = bucketName(properties, context);
    const attributes = {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${context.region.name}.amazonaws.com`,
    };
    return Promise.resolve({ physicalId: name, attributes, skipped: NO_BUCKET });
  },
};

const BUCKET_POLICY: ResourceKind = {
  service: undefined,
  required: ['Bucket', 'PolicyDocument'],
  optional: [],
  make: (properties) => Promise.resolve({ physicalId: String(properties['Bucket']), attributes: {}, skipped: NO_BUCKET }),
};

export const STORAGE_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::DynamoDB::Table': TABLE,
  'AWS::Logs::LogGroup': LOG_GROUP,
  'AWS::S3::Bucket': BUCKET,
  'AWS::S3::BucketPolicy': BUCKET_POLICY,
};
