// What a task definition's `valueFrom` names. Source: ECS developer guide, pass sensitive data to a container: the ARN of a Secrets
// Manager secret, optionally followed by :json-key:version-stage:version-id; or a parameter's ARN, or its name in the same region.

export interface SecretReference {
  readonly store: 'secretsmanager' | 'ssm';
  /** Without what follows the secret's own ARN. */
  readonly arn: string;
  /** Of a parameter, as Systems Manager takes it; of a secret, as in its ARN. */
  readonly name: string;
}

/** `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME` has seven parts. */
const SECRET_ARN_PARTS = 7;

export function parseSecretReference(valueFrom: string, { account, region }: { readonly account: string; readonly region: string }): SecretReference {
  const parts = valueFrom.split(':');
  if (parts[0] === 'arn' && parts[2] === 'secretsmanager') {
    return { store: 'secretsmanager', arn: parts.slice(0, SECRET_ARN_PARTS).join(':'), name: parts[SECRET_ARN_PARTS - 1] ?? '' };
  }
  if (parts[0] === 'arn' && parts[2] === 'ssm') {
    const path = valueFrom.slice(valueFrom.indexOf(':parameter/') + ':parameter'.length);
    return { store: 'ssm', arn: valueFrom, name: parameterName(path) };
  }
  const path = valueFrom.startsWith('/') ? valueFrom : `/${valueFrom}`;
  return { store: 'ssm', arn: `arn:aws:ssm:${region}:${account}:parameter${path}`, name: valueFrom };
}

/** `/team/db` is a parameter in a hierarchy and keeps its slash; `/db` of an ARN is the parameter `db`. */
function parameterName(path: string): string {
  return path.indexOf('/', 1) < 0 ? path.slice(1) : path;
}
