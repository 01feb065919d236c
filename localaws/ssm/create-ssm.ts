// The local Parameter Store: parameters by name, and the secrets of the Secrets Manager handed through.
import { AwsError } from '../endpoint/aws-error.ts';
import { stringList, structureList } from '../endpoint/json-members.ts';
import type { AwsShape, Call, Region, ServiceFactory } from '../region.ts';

/** Source: Systems Manager API, PutParameter (names, types; 4 KB for a standard parameter). */
const NAME = /^[A-Za-z0-9_.\-/]{1,1011}$/;
const TYPES = ['String', 'StringList', 'SecureString'];
const VALUE_BYTES_MAX = 4_096;
/** Source: Systems Manager user guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters". */
const SECRETS_PREFIX = '/aws/reference/secretsmanager/';

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly changedAt: number;
}

/** Makes the Parameter Store. Left out: hierarchies, labels, history, advanced parameters, policies, KMS keys of one's own. */
export const createSsm: ServiceFactory = (region) => {
  const parameters = new Map<string, Parameter>();
  const resources = (input: AwsShape): string[] => [arnOf(region, String(input['Name'] ?? ''))];
  return {
    name: 'ssm',
    iamPrefix: 'ssm',
    wires: [{ kind: 'json', jsonVersion: '1.1', target: 'AmazonSSM' }],
    operations: {
      PutParameter: { resources, handle: (input) => putParameter(region, parameters, input) },
      GetParameter: { resources, handle: (input, call) => getParameter(region, parameters, input, call) },
      DescribeParameters: { handle: (input) => describeParameters(region, parameters, input) },
      DeleteParameter: {
        resources,
        handle(input) {
          if (!parameters.delete(nameOf(input))) throw new AwsError('ParameterNotFound', '');
        },
      },
    },
  };
};

function putParameter(region: Region, parameters: Map<string, Parameter>, input: AwsShape): AwsShape {
  const name = nameOf(input);
  const { Value: value, Type: given, Overwrite: overwrite } = input;
  if (/^\/?(aws|ssm)/i.test(name)) throw new AwsError('ValidationException', 'Parameter name: can\'t be prefixed with "ssm" or "aws" (case-insensitive).');
  if (typeof value !== 'string' || value === '') throw new AwsError('ValidationException', "1 validation error detected: Value at 'value' must not be empty.");
  if (Buffer.byteLength(value) > VALUE_BYTES_MAX)
    throw new AwsError('ValidationException', `Standard tier parameters support a maximum parameter value of ${VALUE_BYTES_MAX} characters.`);
  const known = parameters.get(name);
  if (known !== undefined && overwrite !== true) {
    throw new AwsError('ParameterAlreadyExists', 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.');
  }
  const type: unknown = given ?? known?.type;
  if (typeof type !== 'string' || !TYPES.includes(type)) throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  const version = (known?.version ?? 0) + 1;
  parameters.set(name, { name, type, value, version, changedAt: region.clock.now() });
  return { Version: version, Tier: 'Standard' };
}

async function getParameter(region: Region, parameters: ReadonlyMap<string, Parameter>, input: AwsShape, call: Call): Promise<AwsShape> {
  const name = nameOf(input);
  if (name.startsWith(SECRETS_PREFIX)) return { Parameter: await referencedSecret(region, name, input, call) };
  const found = parameters.get(name);
  if (found === undefined) throw new AwsError('ParameterNotFound', '');
  const isHidden = found.type === 'SecureString' && input['WithDecryption'] !== true;
  const Value = isHidden ? Buffer.from(`encrypted ${name} ${found.version}`).toString('base64') : found.value;
  return { Parameter: shown(region, name, { ...found, value: Value }) };
}

/** With the caller's own rights on the secret, as AWS does it. */
async function referencedSecret(region: Region, name: string, input: AwsShape, call: Call): Promise<AwsShape> {
  // Unverified: the text.
  if (input['WithDecryption'] !== true) throw new AwsError('ValidationException', 'WithDecryption flag must be True for retrieving a Secret Manager secret.');
  try {
    const secret = await region.call('secretsmanager', 'GetSecretValue', { SecretId: name.slice(SECRETS_PREFIX.length) }, call.principal);
    return shown(region, name, { name, type: 'SecureString', value: String(secret['SecretString']), version: 0, changedAt: region.clock.now() });
  } catch (error) {
    // Unverified: that a missing secret is a missing parameter.
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') {
      throw new AwsError('ParameterNotFound', `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret ${name} not found.`);
    }
    throw error;
  }
}

/** Only the filter by whole names. Source: Systems Manager API, ParameterStringFilter: Equals is the default. */
function describeParameters(region: Region, parameters: ReadonlyMap<string, Parameter>, input: AwsShape): AwsShape {
  const filters = structureList(input, 'ParameterFilters') ?? [];
  const wanted = filters.map((filter) => {
    if (filter['Key'] !== 'Name' || (filter['Option'] ?? 'Equals') !== 'Equals')
      throw new AwsError('InvalidFilterKey', 'localaws: parameters are filtered by whole names only');
    return stringList(filter, 'Values') ?? [];
  });
  const found = [...parameters.values()].filter(({ name }) => wanted.every((names) => names.includes(name)));
  return {
    Parameters: found.map(({ name, type, version, changedAt }) => ({
      Name: name,
      ARN: arnOf(region, name),
      Type: type,
      Version: version,
      LastModifiedDate: new Date(changedAt),
      Tier: 'Standard',
      DataType: 'text',
    })),
  };
}

function shown(region: Region, name: string, { type, value, version, changedAt }: Parameter): AwsShape {
  return { Name: name, Type: type, Value: value, Version: version, LastModifiedDate: new Date(changedAt), ARN: arnOf(region, name), DataType: 'text' };
}

function nameOf(input: AwsShape): string {
  const name: unknown = input['Name'];
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new AwsError('ValidationException', `Parameter name must be a fully qualified name of letters, digits and .-_/, got ${JSON.stringify(name ?? null)}`);
  }
  return name;
}

function arnOf(region: Region, name: string): string {
  return region.arn('ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`);
}
