// AWS's rules for CodeDeploy names, each with its own pair of errors (missing, malformed).
import { AwsError } from '../endpoint/aws-error.ts';
import { stringMember } from '../endpoint/json-members.ts';
import type { AwsShape } from '../region.ts';
import { NAME_LENGTH_MAX } from './limits.ts';

const NAME = /^[A-Za-z0-9._+=,@-]+$/;
const DEPLOYMENT_ID = /^d-[A-Z0-9]{9}$/;

function checkedName(name: string, what: string, invalid: string): string {
  if (name.length > NAME_LENGTH_MAX) throw new AwsError(invalid, `${what} must be ${NAME_LENGTH_MAX} characters or fewer: ${name}`);
  if (!NAME.test(name)) throw new AwsError(invalid, `${what} contains invalid characters: ${name}`);
  return name;
}

/** The application name in `member`. @throws AwsError ApplicationNameRequiredException, InvalidApplicationNameException. */
export function applicationName(input: AwsShape, member = 'applicationName'): string {
  const name = stringMember(input, member);
  if (name === undefined || name === '') throw new AwsError('ApplicationNameRequiredException', 'Application name is required');
  return checkedName(name, 'Application name', 'InvalidApplicationNameException');
}

/** The group name in `member`. @throws AwsError DeploymentGroupNameRequiredException, InvalidDeploymentGroupNameException. */
export function deploymentGroupName(input: AwsShape, member = 'deploymentGroupName'): string {
  const name = stringMember(input, member);
  if (name === undefined || name === '') throw new AwsError('DeploymentGroupNameRequiredException', 'Deployment Group name is required');
  return checkedName(name, 'Deployment group name', 'InvalidDeploymentGroupNameException');
}

/** The config name. @throws AwsError DeploymentConfigNameRequiredException, InvalidDeploymentConfigNameException. */
export function deploymentConfigName(input: AwsShape): string {
  const name = stringMember(input, 'deploymentConfigName');
  if (name === undefined || name === '') throw new AwsError('DeploymentConfigNameRequiredException', 'Deployment Config name is required');
  return checkedName(name, 'Deployment config name', 'InvalidDeploymentConfigNameException');
}

/** The deployment id. @throws AwsError DeploymentIdRequiredException, InvalidDeploymentIdException. */
export function deploymentId(input: AwsShape): string {
  const id = stringMember(input, 'deploymentId');
  if (id === undefined || id === '') throw new AwsError('DeploymentIdRequiredException', 'Deployment ID is required');
  return checkedDeploymentId(id);
}

export function checkedDeploymentId(id: string): string {
  if (!DEPLOYMENT_ID.test(id)) throw new AwsError('InvalidDeploymentIdException', `Specified DeploymentId is not in the valid format: ${id}`);
  return id;
}

/** The last part of an ECS cluster or service given as a name or an ARN. */
export function shortName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/').at(-1) ?? nameOrArn) : nameOrArn;
}
