// Asks Weir's operations in the user's AWS account, with the user's own credentials: IAM is the only door.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CommandFailure } from './command-failure.ts';

export interface ConnectionOptions {
  readonly stage: string;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
}

/** Names of functions/operations. */
type Operation =
  | 'apply-manifest'
  | 'abort-deployment'
  | 'promote-deployment'
  | 'approve-deployment'
  | 'pause-deployment'
  | 'resume-deployment'
  | 'roll-back-service'
  | 'retry-deployment'
  | 'show-service'
  | 'list-services'
  | 'change-breaker'
  | 'deploy-image'
  | 'list-remediations'
  | 'approve-remediation'
  | 'reject-remediation'
  | 'explain-task';

export interface OperationsClient {
  /** ARN of whoever runs the command, for the record. */
  caller(): Promise<string>;
  /** @throws CommandFailure with what to do about it */
  ask<Value>(operation: Operation, request: unknown): Promise<Value>;
}

export function connect(options: ConnectionOptions): OperationsClient {
  const settings = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl }),
  };
  const lambda = new LambdaClient(settings);
  const sts = new STSClient(settings);
  return {
    async caller() {
      try {
        const identity = await sts.send(new GetCallerIdentityCommand({}));
        return identity.Arn ?? 'unknown';
      } catch (error) {
        throw connectionFailure(error);
      }
    },
    async ask<Value>(operation: string, request: unknown): Promise<Value> {
      const name = `weir-${options.stage}-${operation}`;
      const answer = await invoke(lambda, name, request);
      if (!isAnswer(answer)) throw new CommandFailure(`${name} gave an answer this version of weir does not know`);
      if (!answer.ok) throw new CommandFailure(answer.problem);
      return answer.value as Value;
    },
  };
}

async function invoke(lambda: LambdaClient, name: string, request: unknown): Promise<unknown> {
  try {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(request) }));
    const text = new TextDecoder().decode(answer.Payload);
    if (answer.FunctionError !== undefined) throw new CommandFailure(`${name} failed: ${text}`);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    if (error instanceof Error && error.name === 'ResourceNotFoundException') {
      throw new CommandFailure(
        `there is no function ${name} in this account and region. Deploy Weir first (serverless deploy --stage ...), or name its stage with --stage.`,
      );
    }
    throw connectionFailure(error);
  }
}

function connectionFailure(error: unknown): CommandFailure {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new CommandFailure(`AWS could not be asked: ${text}. Check credentials and region; for the local AWS set AWS_ENDPOINT_URL (weir local up prints it).`);
}

function isAnswer(answer: unknown): answer is { ok: true; value: unknown } | { ok: false; problem: string } {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && typeof answer.ok === 'boolean';
}
