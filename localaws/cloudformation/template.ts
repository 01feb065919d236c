// Reads a compiled template: JSON, of the sections CloudFormation knows, with the values of its parameters.
import type { AwsShape } from '../region.ts';
import { OUTPUTS_MAX, RESOURCES_MAX, TEMPLATE_BYTES_MAX } from './limits.ts';
import { TemplateError } from './template-error.ts';

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: AwsShape;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
}

export interface TemplateOutput {
  readonly key: string;
  readonly value: unknown;
  readonly description: string | undefined;
  readonly exportName: unknown;
  readonly condition: string | undefined;
}

export interface Template {
  readonly text: string;
  readonly description: string;
  readonly parameters: ReadonlyMap<string, string | readonly string[]>;
  readonly mappings: AwsShape;
  readonly conditions: AwsShape;
  readonly resources: readonly TemplateResource[];
  readonly outputs: readonly TemplateOutput[];
}

const SECTIONS = new Set(['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Mappings', 'Conditions', 'Resources', 'Outputs', 'Rules']);
const RESOURCE_MEMBERS = new Set(['Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata']);
const LOGICAL_ID = /^[A-Za-z0-9]{1,255}$/;

/** @throws TemplateError */
export function readTemplate(text: string, given: Readonly<Record<string, string>>): Template {
  if (Buffer.byteLength(text) > TEMPLATE_BYTES_MAX) throw new TemplateError(`The template is larger than ${TEMPLATE_BYTES_MAX} bytes.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new TemplateError(`The template is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  if (!isRecord(parsed)) throw new TemplateError('The template is not a JSON object.');
  if (parsed['Transform'] !== undefined) throw new TemplateError('The template has a Transform; give the local AWS the compiled template.');
  for (const section of Object.keys(parsed)) if (!SECTIONS.has(section)) throw new TemplateError(`Invalid template property or properties [${section}]`);
  const resources = Object.entries(section(parsed, 'Resources')).map(([logicalId, value]) => readResource(logicalId, value));
  if (resources.length === 0) throw new TemplateError('At least one Resources member must be defined.');
  if (resources.length > RESOURCES_MAX) throw new TemplateError(`The template has ${resources.length} resources; the limit is ${RESOURCES_MAX}.`);
  const outputs = Object.entries(section(parsed, 'Outputs')).map(([key, value]) => readOutput(key, value));
  if (outputs.length > OUTPUTS_MAX) throw new TemplateError(`The template has ${outputs.length} outputs; the limit is ${OUTPUTS_MAX}.`);
  return {
    text,
    description: typeof parsed['Description'] === 'string' ? parsed['Description'] : '',
    parameters: readParameters(section(parsed, 'Parameters'), given),
    mappings: section(parsed, 'Mappings'),
    conditions: section(parsed, 'Conditions'),
    resources,
    outputs,
  };
}

function section(template: AwsShape, name: string): AwsShape {
  const value = template[name] as unknown;
  if (value === undefined) return {};
  if (!isRecord(value)) throw new TemplateError(`The ${name} section is not an object.`);
  return value;
}

function readResource(logicalId: string, value: unknown): TemplateResource {
  const fail = (message: string): TemplateError => new TemplateError(`${logicalId}: ${message}`, { logicalId });
  if (!LOGICAL_ID.test(logicalId)) throw fail('a logical id may only have letters and digits');
  if (!isRecord(value)) throw fail('is not an object');
  for (const member of Object.keys(value)) if (!RESOURCE_MEMBERS.has(member)) throw fail(`unknown resource attribute ${member}`);
  if (typeof value['Type'] !== 'string') throw fail('has no Type');
  const properties = (value['Properties'] ?? {}) as unknown;
  if (!isRecord(properties)) throw fail('Properties is not an object');
  const dependsOn = value['DependsOn'] as unknown;
  const list = dependsOn === undefined ? [] : Array.isArray(dependsOn) ? (dependsOn as unknown[]) : [dependsOn];
  if (!list.every((item): item is string => typeof item === 'string')) throw fail('DependsOn is not a list of logical ids');
  return { logicalId, type: value['Type'], properties, dependsOn: list, condition: optionalName(value['Condition'], fail) };
}

function readOutput(key: string, value: unknown): TemplateOutput {
  const fail = (message: string): TemplateError => new TemplateError(`output ${key}: ${message}`, { logicalId: key });
  if (!isRecord(value) || value['Value'] === undefined) throw fail('has no Value');
  return {
    key,
    value: value['Value'],
    description: typeof value['Description'] === 'string' ? value['Description'] : undefined,
    exportName: (value['Export'] as AwsShape | undefined)?.['Name'],
    condition: optionalName(value['Condition'], fail),
  };
}

function optionalName(value: unknown, fail: (message: string) => TemplateError): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw fail('Condition is not the name of a condition');
}

function readParameters(declared: AwsShape, given: Readonly<Record<string, string>>): Map<string, string | readonly string[]> {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) throw new TemplateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const values = new Map<string, string | readonly string[]>();
  const missing: string[] = [];
  for (const [name, value] of Object.entries(declared)) {
    const parameter = (isRecord(value) ? value : {}) as AwsShape;
    const type = String(parameter['Type'] ?? 'String');
    const text = given[name] ?? (parameter['Default'] === undefined ? undefined : String(parameter['Default']));
    if (text === undefined) {
      missing.push(name);
      continue;
    }
    if (type.startsWith('AWS::SSM::')) throw new TemplateError(`Parameter ${name}: SSM parameters are not available on the local AWS.`, { logicalId: name });
    if (type === 'Number' && (text === '' || Number.isNaN(Number(text)))) throw new TemplateError(`Parameter '${name}' must be a number.`, { logicalId: name });
    const allowed = parameter['AllowedValues'] as unknown;
    if (Array.isArray(allowed) && !allowed.map(String).includes(text)) {
      throw new TemplateError(`Parameter '${name}' must be one of AllowedValues: [${allowed.join(', ')}]`, { logicalId: name });
    }
    values.set(name, type === 'CommaDelimitedList' || type.startsWith('List<') ? text.split(',').map((item) => item.trim()) : text);
  }
  if (missing.length > 0) throw new TemplateError(`Parameters: [${missing.join(', ')}] must have values`);
  return values;
}

export function isRecord(value: unknown): value is AwsShape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
