// What the AWS SDK integration needs to know of each service: its name in a Resource, its name here, its error prefix, how its
// API spells members, and which general errors its model names.
import type { ServiceName } from '../../region.ts';

export interface ServiceProfile {
  readonly service: ServiceName;
  /** `Ecs` in `Ecs.ServiceNotFoundException`. */
  readonly errorPrefix: string;
  /** The API spells its members with a small first letter; Step Functions shows them with a capital one. */
  readonly lowerCaseMembers: boolean;
  /** Members whose value is a map: its keys are the user's and stay as they are. */
  readonly mapMembers: readonly string[];
  /** Members whose content the API itself spells with capital letters (tags of some services). */
  readonly capitalInside: readonly string[];
  /** General error codes that the service's model names; all others arrive as the service's base exception. */
  readonly modelledGeneralErrors: readonly string[];
}

/** Error codes any service may answer without naming them in its model. */
export const GENERAL_ERRORS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'InternalFailure',
  'InternalServerError',
  'InvalidAction',
  'MissingParameter',
  'RequestEntityTooLargeException',
  'RequestExpired',
  'RequestLimitExceeded',
  'SerializationException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'Throttling',
  'ThrottlingException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationError',
  'ValidationException',
]);

function capital(service: ServiceName, errorPrefix: string, modelledGeneralErrors: readonly string[] = []): ServiceProfile {
  return { service, errorPrefix, lowerCaseMembers: false, mapMembers: [], capitalInside: [], modelledGeneralErrors };
}

/** By the service segment of `arn:aws:states:::aws-sdk:SERVICE:action`. */
export const SERVICE_PROFILES: Readonly<Record<string, ServiceProfile>> = {
  applicationautoscaling: capital('application-autoscaling', 'ApplicationAutoScaling', ['ValidationException']),
  cloudformation: capital('cloudformation', 'CloudFormation'),
  cloudwatch: capital('monitoring', 'CloudWatch'),
  cloudwatchlogs: {
    service: 'logs',
    errorPrefix: 'CloudWatchLogs',
    lowerCaseMembers: true,
    mapMembers: ['tags', 'dimensions', 'logRecord'],
    capitalInside: [],
    modelledGeneralErrors: [
      'AccessDeniedException',
      'ServiceUnavailableException',
      'ThrottlingException',
      'UnrecognizedClientException',
      'ValidationException',
    ],
  },
  codedeploy: {
    service: 'codedeploy',
    errorPrefix: 'CodeDeploy',
    lowerCaseMembers: true,
    mapMembers: ['targetFilters'],
    capitalInside: ['tags', 'tagFilters', 'ec2TagFilters', 'onPremisesInstanceTagFilters', 'ec2TagSetList', 'onPremisesTagSetList'],
    modelledGeneralErrors: ['ThrottlingException'],
  },
  dynamodb: capital('dynamodb', 'DynamoDb', ['InternalServerError', 'RequestLimitExceeded', 'ThrottlingException']),
  ecr: {
    service: 'ecr',
    errorPrefix: 'Ecr',
    lowerCaseMembers: true,
    mapMembers: ['annotations', 'findingSeverityCounts'],
    capitalInside: ['tags'],
    modelledGeneralErrors: ['ValidationException'],
  },
  ecs: {
    service: 'ecs',
    errorPrefix: 'Ecs',
    lowerCaseMembers: true,
    mapMembers: ['dockerLabels', 'driverOpts', 'labels', 'options'],
    capitalInside: [],
    modelledGeneralErrors: ['AccessDeniedException'],
  },
  elasticloadbalancingv2: capital('elasticloadbalancing', 'ElasticLoadBalancingV2'),
  eventbridge: capital('events', 'EventBridge', ['AccessDeniedException', 'ThrottlingException']),
  iam: capital('iam', 'Iam'),
  lambda: capital('lambda', 'Lambda'),
  scheduler: capital('scheduler', 'Scheduler', ['ThrottlingException', 'ValidationException']),
  sfn: {
    service: 'states',
    errorPrefix: 'Sfn',
    lowerCaseMembers: true,
    mapMembers: ['variableReferences', 'assignedVariables'],
    capitalInside: [],
    modelledGeneralErrors: ['ValidationException'],
  },
  sns: capital('sns', 'Sns', ['ValidationException']),
  sqs: capital('sqs', 'Sqs'),
  sts: capital('sts', 'Sts'),
};

/** The profile of a segment; undefined for what is no service here. */
export function serviceProfile(segment: string): ServiceProfile | undefined {
  return Object.hasOwn(SERVICE_PROFILES, segment) ? SERVICE_PROFILES[segment] : undefined;
}
