// Names and ARNs of state machines and executions.
import { AwsError } from '../../endpoint/aws-error.ts';
import { EXECUTION_NAME_LENGTH_MAX, STATE_MACHINE_NAME_LENGTH_MAX } from '../limits.ts';
import { validationError } from './request-checks.ts';

/** White space, brackets, wildcards, special and control characters (and lone surrogates) are not for names. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what AWS refuses
const NOT_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udfff](?![\udc00-\udfff])/u;

export function checkStateMachineName(name: string): void {
  checkName(name, STATE_MACHINE_NAME_LENGTH_MAX);
}

export function checkExecutionName(name: string): void {
  checkName(name, EXECUTION_NAME_LENGTH_MAX);
}

function checkName(name: string, lengthMax: number): void {
  if (name.length > lengthMax) throw validationError(name, 'name', `Member must have length less than or equal to ${lengthMax}`);
  if (NOT_IN_NAMES.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

const ARN = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:([\w-]+):(.+)$/;

function checkArn(arn: string, types: readonly string[]): void {
  const type = ARN.exec(arn)?.[1];
  if (type === undefined) throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  if (!types.includes(type)) throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${type}'`);
}

export function checkStateMachineArn(arn: string): void {
  checkArn(arn, ['stateMachine']);
}

export function checkExecutionArn(arn: string): void {
  checkArn(arn, ['execution', 'express']);
}

export function checkRoleArn(arn: string): void {
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(arn)) throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid Role Arn: ${arn}'`);
}
