// The local Secrets Manager: texts by name, each with its current value.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region, ServiceFactory } from '../region.ts';

/** Source: Secrets Manager API, CreateSecret. */
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const SECRET_LENGTH_MAX = 65_536;

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  value: string | undefined;
  versionId: string;
}

/** Makes the Secrets Manager. Left out: earlier versions and stages, rotation, replication, binary secrets, resource policies, recovery. */
export const createSecretsManager: ServiceFactory = (region) => {
  const secrets = new Map<string, Secret>();
  const resources = (input: AwsShape): string[] => [find(secrets, input)?.arn ?? region.arn('secretsmanager', `secret:${String(input['SecretId'] ?? '')}`)];
  return {
    name: 'secretsmanager',
    iamPrefix: 'secretsmanager',
    wires: [{ kind: 'json', jsonVersion: '1.1', target: 'secretsmanager' }],
    operations: {
      CreateSecret: {
        resources: (input) => [region.arn('secretsmanager', `secret:${String(input['Name'] ?? '')}`)],
        handle: (input) => createSecret(region, secrets, input),
      },
      DescribeSecret: {
        resources,
        handle(input) {
          const { arn, name, versionId, createdAt } = secretOf(secrets, input);
          return { ARN: arn, Name: name, CreatedDate: new Date(createdAt), VersionIdsToStages: { [versionId]: ['AWSCURRENT'] } };
        },
      },
      PutSecretValue: {
        resources,
        handle(input) {
          const secret = secretOf(secrets, input);
          secret.value = secretString(input);
          secret.versionId = region.ids.uuid();
          return { ARN: secret.arn, Name: secret.name, VersionId: secret.versionId, VersionStages: ['AWSCURRENT'] };
        },
      },
      GetSecretValue: {
        resources,
        handle(input) {
          const { arn, name, value, versionId, createdAt } = secretOf(secrets, input);
          if (value === undefined) {
            throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
          }
          return { ARN: arn, Name: name, SecretString: value, VersionId: versionId, VersionStages: ['AWSCURRENT'], CreatedDate: new Date(createdAt) };
        },
      },
    },
  };
};

function createSecret(region: Region, secrets: Map<string, Secret>, input: AwsShape): AwsShape {
  const name: unknown = input['Name'];
  if (typeof name !== 'string' || !NAME.test(name))
    throw new AwsError('ValidationException', 'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!');
  if (secrets.has(name)) throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
  const secret = {
    name,
    // AWS puts six random characters behind the name.
    arn: region.arn('secretsmanager', `secret:${name}-${region.ids.hex(6)}`),
    createdAt: region.clock.now(),
    value: input['SecretString'] === undefined ? undefined : secretString(input),
    versionId: region.ids.uuid(),
  };
  secrets.set(name, secret);
  return { ARN: secret.arn, Name: name, VersionId: secret.versionId };
}

function secretString(input: AwsShape): string {
  const value: unknown = input['SecretString'];
  if (typeof value !== 'string' || value === '') throw new AwsError('InvalidRequestException', 'localaws: only secrets of text (SecretString) can be kept');
  if (value.length > SECRET_LENGTH_MAX) throw new AwsError('ValidationException', `Member must have length less than or equal to ${SECRET_LENGTH_MAX}`);
  return value;
}

function find(secrets: ReadonlyMap<string, Secret>, input: AwsShape): Secret | undefined {
  const id = String(input['SecretId'] ?? '');
  return secrets.get(id) ?? [...secrets.values()].find(({ arn }) => arn === id);
}

function secretOf(secrets: ReadonlyMap<string, Secret>, input: AwsShape): Secret {
  const secret = find(secrets, input);
  if (secret === undefined) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return secret;
}
