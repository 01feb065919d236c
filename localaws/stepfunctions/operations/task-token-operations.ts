// SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../../region.ts';
import type { Json } from '../evaluation/json.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import { optionalText, validationError } from './request-checks.ts';
import type { TaskTokens } from './task-tokens.ts';

const TOKEN_LENGTH_MAX = 2048;

export function taskTokenOperations(tokens: TaskTokens): Record<string, Operation> {
  const tokenOf = (input: AwsShape): string => {
    const token = optionalText(input, 'taskToken', TOKEN_LENGTH_MAX);
    if (token === undefined) throw validationError(undefined, 'taskToken', 'Member must not be null');
    return token;
  };
  // IAM judges the state machine that waits for the token.
  const resources = (input: AwsShape): string[] => [(typeof input['taskToken'] === 'string' ? tokens.stateMachineOf(input['taskToken']) : undefined) ?? '*'];
  return {
    SendTaskSuccess: {
      resources,
      handle(input) {
        const token = tokenOf(input);
        const output = optionalText(input, 'output');
        if (output === undefined) throw validationError(undefined, 'output', 'Member must not be null');
        tokens.succeed(token, parseOutput(output));
        return {};
      },
    },
    SendTaskFailure: {
      resources,
      handle(input) {
        tokens.fail(tokenOf(input), optionalText(input, 'error', 256), optionalText(input, 'cause', 32_768));
        return {};
      },
    },
    SendTaskHeartbeat: {
      resources,
      handle(input) {
        tokens.heartbeat(tokenOf(input));
        return {};
      },
    },
  };
}

function parseOutput(text: string): Json {
  if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) {
    throw validationError(`${text.slice(0, 16)}...`, 'output', `Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`);
  }
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new AwsError('InvalidOutput', "Invalid Output: 'Provided task output is not valid JSON'", { cause });
  }
}
