// Loads a compiled CloudFormation template, such as `serverless package` writes, into a region: every resource through the API
// of its service, in the order of their dependencies. What cannot be made is an error that says what was made before it.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AwsError } from '../endpoint/aws-error.ts';
import type { Dispatcher } from '../endpoint/dispatcher.ts';
import type { AwsShape, Region } from '../region.ts';
import { creationOrder } from './creation-order.ts';
import { evaluateValue, type Lookup } from './intrinsics.ts';
import { STACKS_MAX } from './limits.ts';
import { checkProperties, type MadeResource, type ResourceContext, type ResourceKind } from './resource-kind.ts';
import { resourceKind } from './resource-kinds.ts';
import { createStackLookup, type ResourceLookup, type StackIdentity } from './stack-lookup.ts';
import { exportsOf, type Stack, type StackOutput, type StackResource, stacksOf } from './stack-store.ts';
import { isRecord, readTemplate, type Template, type TemplateResource } from './template.ts';
import { TemplateError } from './template-error.ts';

export interface LoadTemplateOptions {
  /** The compiled template, JSON. */
  readonly templateFile: string;
  /** Where the zips of the functions are. */
  readonly artifactDirectory: string;
  readonly stackName: string;
  /** Gives the zip of a function by the last part of its key; read from artifactDirectory when absent. */
  readonly readArtifact?: (name: string) => Uint8Array | Promise<Uint8Array>;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface LoadedStack {
  readonly stackName: string;
  readonly stackId: string;
  readonly resources: readonly StackResource[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Resources of the template that are only names here, and why. */
  readonly skipped: readonly { logicalId: string; type: string; reason: string }[];
}

/** @throws TemplateError */
export async function loadTemplate(region: Region, dispatcher: Dispatcher, options: LoadTemplateOptions): Promise<LoadedStack> {
  const stacks = stacksOf(region);
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(options.stackName)) throw new TemplateError(`"${options.stackName}" is not a stack name`);
  if (stacks.has(options.stackName)) throw new TemplateError(`Stack [${options.stackName}] already exists`);
  if (stacks.size >= STACKS_MAX) throw new TemplateError(`The region has ${STACKS_MAX} stacks already.`);
  const stack: StackIdentity = { name: options.stackName, id: region.arn('cloudformation', `stack/${options.stackName}/${region.ids.uuid()}`) };
  const { template, order } = planFor(region, stack, options);
  for (const resource of order) refuseUnknown(dispatcher, resource);

  const made = new Map<string, MadeResource>();
  const lookup = createStackLookup(region, stack, template, madeLookup(made, template), exportsOf(region));
  const resources: StackResource[] = [];
  const skipped: { logicalId: string; type: string; reason: string }[] = [];
  for (const resource of order) {
    const result = await makeResource(region, options, resource, lookup, resources);
    made.set(resource.logicalId, result);
    resources.push({ logicalId: resource.logicalId, type: resource.type, physicalId: result.physicalId, madeAt: region.clock.now() });
    if (result.skipped !== undefined) skipped.push({ logicalId: resource.logicalId, type: resource.type, reason: result.skipped });
  }

  const outputs = evaluateOutputs(template, lookup, exportsOf(region), resources);
  const loaded: Stack = {
    ...stack,
    description: template.description,
    templateText: template.text,
    parameters: Object.fromEntries([...template.parameters].map(([name, value]) => [name, typeof value === 'string' ? value : value.join(',')])),
    madeAt: region.clock.now(),
    resources,
    outputs,
  };
  stacks.set(stack.name, loaded);
  return { stackName: stack.name, stackId: stack.id, resources, outputs: Object.fromEntries(outputs.map((output) => [output.key, output.value])), skipped };
}

interface Plan {
  readonly template: Template;
  readonly order: readonly TemplateResource[];
}

/** The plan made last, and all that it was made from. */
let lastPlan: { readonly made: Plan; readonly from: string; readonly text: string } | undefined;

/** Reads the template and puts its resources in order. Simulations load the same one thousands of times into like regions. */
function planFor(region: Region, stack: StackIdentity, options: LoadTemplateOptions): Plan {
  const text = readFileSync(options.templateFile, 'utf8');
  const exports = exportsOf(region);
  const from = JSON.stringify([region.name, region.account, stack.name, options.parameters ?? {}, [...exports]]);
  if (lastPlan?.from === from && lastPlan.text === text) return lastPlan.made;
  const template = readTemplate(text, options.parameters ?? {});
  const noting = (note: (logicalId: string) => void): Lookup => createStackLookup(region, stack, template, notingLookup(note), exports);
  const made = { template, order: creationOrder(template, noting) };
  lastPlan = { made, from, text };
  return made;
}

/** Finds faults that need no call before anything is made. */
function refuseUnknown(dispatcher: Dispatcher, resource: TemplateResource): void {
  const { logicalId, type } = resource;
  const kind = resourceKind(type);
  if (kind === undefined) throw new TemplateError(`${logicalId}: the type ${type} is not available on the local AWS`, { logicalId });
  if (kind.service !== undefined && dispatcher.service(kind.service) === undefined) {
    throw new TemplateError(`${logicalId} (${type}): this region has no ${kind.service} service`, { logicalId });
  }
  checkProperties(kind, type, logicalId, resource.properties);
}

async function makeResource(
  region: Region,
  options: LoadTemplateOptions,
  resource: TemplateResource,
  lookup: Lookup,
  before: readonly StackResource[],
): Promise<MadeResource> {
  const { logicalId, type } = resource;
  try {
    const kind = resourceKind(type) as ResourceKind;
    const properties = evaluateValue(resource.properties, lookup);
    if (!isRecord(properties)) throw new TemplateError('Properties is not an object');
    // Again, with what AWS::NoValue took away.
    checkProperties(kind, type, logicalId, properties);
    return await kind.make(properties, contextFor(region, options, logicalId));
  } catch (cause) {
    const reason = cause instanceof AwsError ? `${cause.code}: ${cause.message}` : cause instanceof Error ? cause.message : String(cause);
    const names = before.map((made) => made.logicalId).join(', ');
    throw new TemplateError(`${logicalId} (${type}) could not be made: ${reason}\nMade before it: ${names === '' ? 'nothing' : names}.`, {
      logicalId,
      made: before,
      cause,
    });
  }
}

function contextFor(region: Region, options: LoadTemplateOptions, logicalId: string): ResourceContext {
  return {
    region,
    logicalId,
    stackName: options.stackName,
    call: (service, operation, input: AwsShape) => region.call(service, operation, input, { kind: 'root' }),
    newName(lengthMax) {
      const suffix = region.ids.upper(12);
      const room = lengthMax - suffix.length - 2;
      const forLogicalId = Math.min(logicalId.length, Math.max(Math.floor(room / 2), room - options.stackName.length));
      return `${options.stackName.slice(0, room - forLogicalId)}-${logicalId.slice(0, forLogicalId)}-${suffix}`;
    },
    async artifact(key) {
      if (options.readArtifact !== undefined) return options.readArtifact(basename(key));
      const file = join(options.artifactDirectory, basename(key));
      try {
        return await readFile(file);
      } catch (cause) {
        throw new TemplateError(`the code ${key} was looked for at ${file} and could not be read`, { cause });
      }
    },
  };
}

/** While dependencies are looked for, a resource has no values yet; text stands in for them. */
function notingLookup(note: (logicalId: string) => void): ResourceLookup {
  return {
    noting: true,
    ref(logicalId) {
      note(logicalId);
      return '';
    },
    attribute(logicalId) {
      note(logicalId);
      return '';
    },
  };
}

function madeLookup(made: ReadonlyMap<string, MadeResource>, template: Template): ResourceLookup {
  const find = (logicalId: string): MadeResource => {
    const found = made.get(logicalId);
    if (found === undefined) throw new TemplateError(`Unresolved resource dependencies [${logicalId}]`);
    return found;
  };
  return {
    noting: false,
    ref(logicalId) {
      const found = find(logicalId);
      return found.ref ?? found.physicalId;
    },
    attribute(logicalId, name) {
      const { attributes } = find(logicalId);
      if (Object.hasOwn(attributes, name)) return attributes[name];
      const type = template.resources.find((resource) => resource.logicalId === logicalId)?.type ?? '';
      throw new TemplateError(`${logicalId} (${type}) has no attribute ${name}; known here: ${Object.keys(attributes).join(', ') || 'none'}`);
    },
  };
}

function evaluateOutputs(template: Template, lookup: Lookup, exports: ReadonlyMap<string, string>, made: readonly StackResource[]): StackOutput[] {
  return template.outputs
    .filter((output) => output.condition === undefined || lookup.condition(output.condition))
    .map((output) => {
      try {
        const exportName = output.exportName === undefined ? undefined : String(evaluateValue(output.exportName, lookup));
        if (exportName !== undefined && exports.has(exportName)) throw new TemplateError(`Export with name ${exportName} is already exported by another stack`);
        return { key: output.key, value: String(evaluateValue(output.value, lookup)), description: output.description, exportName };
      } catch (cause) {
        throw new TemplateError(`output ${output.key}: ${cause instanceof Error ? cause.message : String(cause)}`, { logicalId: output.key, made, cause });
      }
    });
}
