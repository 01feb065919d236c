// AWS::Lambda::*
import type { AwsShape } from '../../region.ts';
import { pick, type ResourceKind, tagMap } from '../resource-kind.ts';
import { TemplateError } from '../template-error.ts';

const SETTINGS = [
  'Role',
  'Runtime',
  'Handler',
  'Description',
  'Timeout',
  'MemorySize',
  'Environment',
  'DeadLetterConfig',
  'Architectures',
  'EphemeralStorage',
  'LoggingConfig',
  'PackageType',
  'TracingConfig',
  'VpcConfig',
  'KmsKeyArn',
  'Layers',
];

const FUNCTION: ResourceKind = {
  service: 'lambda',
  required: ['Code', 'Role'],
  optional: [...SETTINGS, 'FunctionName', 'Tags', 'ReservedConcurrentExecutions'],
  async make(properties, context) {
    const code = properties['Code'] as AwsShape;
    const inline = code['ZipFile'] as unknown;
    if (inline !== undefined) throw new TemplateError('inline code (Code.ZipFile) is not available on the local AWS; package the function');
    if (typeof code['S3Key'] !== 'string') throw new TemplateError('Code has no S3Key');
    const { KmsKeyArn: kmsKey, ...settings } = pick(properties, SETTINGS);
    const name = String(properties['FunctionName'] ?? context.newName(64));
    const made = await context.call('lambda', 'CreateFunction', {
      FunctionName: name,
      Code: { ZipFile: await context.artifact(code['S3Key']) },
      ...settings,
      ...(kmsKey === undefined ? {} : { KMSKeyArn: kmsKey }),
      Tags: tagMap(properties['Tags']),
    });
    if (properties['ReservedConcurrentExecutions'] !== undefined) {
      await context.call('lambda', 'PutFunctionConcurrency', {
        FunctionName: name,
        ReservedConcurrentExecutions: Number(properties['ReservedConcurrentExecutions']),
      });
    }
    return { physicalId: name, attributes: { Arn: made['FunctionArn'] } };
  },
};

const PERMISSION: ResourceKind = {
  service: 'lambda',
  required: ['Action', 'FunctionName', 'Principal'],
  optional: ['SourceArn', 'SourceAccount', 'EventSourceToken', 'FunctionUrlAuthType', 'InvokedViaFunctionUrl', 'PrincipalOrgID'],
  async make(properties, context) {
    const id = context.newName(100);
    await context.call('lambda', 'AddPermission', { ...properties, StatementId: id });
    return { physicalId: id, attributes: { Id: id } };
  },
};

const EVENT_INVOKE_CONFIG: ResourceKind = {
  service: 'lambda',
  required: ['FunctionName', 'Qualifier'],
  optional: ['DestinationConfig', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts'],
  async make(properties, context) {
    const made = await context.call('lambda', 'PutFunctionEventInvokeConfig', properties);
    return { physicalId: `${String(made['FunctionArn']).replace(/:[^:]*$/, '')}|${String(properties['Qualifier'])}`, attributes: {} };
  },
};

const VERSION: ResourceKind = {
  service: 'lambda',
  required: ['FunctionName'],
  optional: ['CodeSha256', 'Description', 'RuntimePolicy'],
  async make(properties, context) {
    const made = await context.call('lambda', 'PublishVersion', pick(properties, ['FunctionName', 'CodeSha256', 'Description']));
    return { physicalId: String(made['FunctionArn']), attributes: { Version: made['Version'], FunctionArn: made['FunctionArn'] } };
  },
};

const ALIAS: ResourceKind = {
  service: 'lambda',
  required: ['FunctionName', 'FunctionVersion', 'Name'],
  optional: ['Description', 'RoutingConfig'],
  async make(properties, context) {
    const routing = properties['RoutingConfig'] as AwsShape | undefined;
    // CloudFormation lists the weights, the API maps them.
    const weights = ((routing?.['AdditionalVersionWeights'] ?? []) as AwsShape[]).map((entry) => [
      String(entry['FunctionVersion']),
      Number(entry['FunctionWeight']),
    ]);
    const made = await context.call('lambda', 'CreateAlias', {
      ...pick(properties, ['FunctionName', 'FunctionVersion', 'Name', 'Description']),
      ...(routing === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: Object.fromEntries(weights) } }),
    });
    return { physicalId: String(made['AliasArn']), attributes: { AliasArn: made['AliasArn'] } };
  },
};

const URL_KIND: ResourceKind = {
  service: 'lambda',
  required: ['AuthType', 'TargetFunctionArn'],
  optional: ['Cors', 'InvokeMode', 'Qualifier'],
  async make(properties, context) {
    const { TargetFunctionArn: FunctionName, ...settings } = properties;
    const made = await context.call('lambda', 'CreateFunctionUrlConfig', { FunctionName, ...settings });
    return { physicalId: String(made['FunctionArn']), attributes: { FunctionArn: made['FunctionArn'], FunctionUrl: made['FunctionUrl'] } };
  },
};

export const LAMBDA_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::Lambda::Function': FUNCTION,
  'AWS::Lambda::Permission': PERMISSION,
  'AWS::Lambda::EventInvokeConfig': EVENT_INVOKE_CONFIG,
  'AWS::Lambda::Version': VERSION,
  'AWS::Lambda::Alias': ALIAS,
  'AWS::Lambda::Url': URL_KIND,
};
