// CloudFormation of the local AWS: describes the stacks that were loaded from templates, so that tools find functions and
// tables by a stack's outputs and resources. It makes and changes none itself.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region, ServiceFactory } from '../region.ts';
import { LIST_ITEMS_MAX } from './limits.ts';
import { type Stack, type StackResource, stacksOf } from './stack-store.ts';

const STATUS = 'CREATE_COMPLETE';

function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** A stack by name or id. */
function findStack(region: Region, value: unknown): Stack {
  const text = typeof value === 'string' ? value : '';
  const stack = stacksOf(region).get(text) ?? [...stacksOf(region).values()].find((candidate) => candidate.id === text);
  if (stack === undefined) throw validationError(`Stack with id ${text} does not exist`);
  return stack;
}

function describeStack(stack: Stack): AwsShape {
  return {
    StackId: stack.id,
    StackName: stack.name,
    Description: stack.description,
    Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    CreationTime: new Date(stack.madeAt),
    StackStatus: STATUS,
    DisableRollback: false,
    NotificationARNs: [],
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    Outputs: stack.outputs.map((output) => ({
      OutputKey: output.key,
      OutputValue: output.value,
      ...(output.description === undefined ? {} : { Description: output.description }),
      ...(output.exportName === undefined ? {} : { ExportName: output.exportName }),
    })),
    Tags: [],
    EnableTerminationProtection: false,
  };
}

function describeResource(stack: Stack, resource: StackResource): AwsShape {
  return {
    StackName: stack.name,
    StackId: stack.id,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    Timestamp: new Date(resource.madeAt),
    ResourceStatus: STATUS,
  };
}

function page<T>(items: readonly T[], token: unknown): { items: T[]; NextToken?: string } {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw validationError('Invalid NextToken');
  const next = from + LIST_ITEMS_MAX;
  return { items: items.slice(from, next), ...(next < items.length ? { NextToken: String(next) } : {}) };
}

function describeStacks(region: Region, input: AwsShape): AwsShape {
  const stacks = input['StackName'] === undefined ? [...stacksOf(region).values()] : [findStack(region, input['StackName'])];
  const { items, ...rest } = page(stacks, input['NextToken']);
  return { Stacks: items.map(describeStack), ...rest };
}

function describeStackResources(region: Region, input: AwsShape): AwsShape {
  if (input['StackName'] !== undefined) {
    const stack = findStack(region, input['StackName']);
    const wanted = stack.resources.filter((resource) => input['LogicalResourceId'] === undefined || resource.logicalId === input['LogicalResourceId']);
    return { StackResources: wanted.map((resource) => describeResource(stack, resource)) };
  }
  if (input['PhysicalResourceId'] === undefined) throw validationError('Either StackName or PhysicalResourceId must be specified');
  const owner = [...stacksOf(region).values()].find((stack) => stack.resources.some((resource) => resource.physicalId === input['PhysicalResourceId']));
  if (owner === undefined) throw validationError(`Stack for ${String(input['PhysicalResourceId'])} does not exist`);
  return { StackResources: owner.resources.map((resource) => describeResource(owner, resource)) };
}

function describeStackResource(region: Region, input: AwsShape): AwsShape {
  const stack = findStack(region, input['StackName']);
  const resource = stack.resources.find((candidate) => candidate.logicalId === input['LogicalResourceId']);
  if (resource === undefined) throw validationError(`Resource ${String(input['LogicalResourceId'])} does not exist for stack ${stack.name}`);
  return { StackResourceDetail: { ...describeResource(stack, resource), LastUpdatedTimestamp: new Date(resource.madeAt) } };
}

function listStackResources(region: Region, input: AwsShape): AwsShape {
  const { items, ...rest } = page(findStack(region, input['StackName']).resources, input['NextToken']);
  return {
    StackResourceSummaries: items.map((resource) => ({
      LogicalResourceId: resource.logicalId,
      PhysicalResourceId: resource.physicalId,
      ResourceType: resource.type,
      LastUpdatedTimestamp: new Date(resource.madeAt),
      ResourceStatus: STATUS,
    })),
    ...rest,
  };
}

function listStacks(region: Region, input: AwsShape): AwsShape {
  const filter = input['StackStatusFilter'] as unknown;
  const isWanted = !Array.isArray(filter) || filter.length === 0 || filter.includes(STATUS);
  const { items, ...rest } = page(isWanted ? [...stacksOf(region).values()] : [], input['NextToken']);
  return {
    StackSummaries: items.map((stack) => ({
      StackId: stack.id,
      StackName: stack.name,
      TemplateDescription: stack.description,
      CreationTime: new Date(stack.madeAt),
      StackStatus: STATUS,
    })),
    ...rest,
  };
}

function listExports(region: Region, input: AwsShape): AwsShape {
  const all = [...stacksOf(region).values()].flatMap((stack) =>
    stack.outputs.flatMap((output) => (output.exportName === undefined ? [] : [{ ExportingStackId: stack.id, Name: output.exportName, Value: output.value }])),
  );
  const { items, ...rest } = page(all, input['NextToken']);
  return { Exports: items, ...rest };
}

export function createCloudFormation(): ServiceFactory {
  return (region) => {
    const resources = (input: AwsShape): string[] => {
      const name = String(input['StackName'] ?? '');
      return name === '' ? ['*'] : [stacksOf(region).get(name)?.id ?? (name.startsWith('arn:') ? name : region.arn('cloudformation', `stack/${name}/*`))];
    };
    return {
      name: 'cloudformation',
      iamPrefix: 'cloudformation',
      wires: [{ kind: 'query', version: '2010-05-15', xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/' }],
      operations: {
        DescribeStacks: { handle: (input) => describeStacks(region, input), resources },
        DescribeStackResources: { handle: (input) => describeStackResources(region, input), resources },
        DescribeStackResource: { handle: (input) => describeStackResource(region, input), resources },
        ListStackResources: { handle: (input) => listStackResources(region, input), resources },
        ListStacks: { handle: (input) => listStacks(region, input) },
        ListExports: { handle: (input) => listExports(region, input) },
        GetTemplate: {
          handle: (input) => ({ TemplateBody: findStack(region, input['StackName']).templateText, StagesAvailable: ['Original', 'Processed'] }),
          resources,
        },
      },
    };
  };
}
