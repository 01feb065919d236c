// The tokens of tasks that wait to be told how they ended (.waitForTaskToken), and SendTaskSuccess / Failure / Heartbeat.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { Ids } from '../../region.ts';
import type { Json } from '../evaluation/json.ts';
import { TaskFault } from '../integrations/task-fault.ts';
import { SPENT_TOKENS_MAX } from '../limits.ts';

/** A token handed to one attempt of one task. */
export interface IssuedToken {
  readonly value: string;
  /** Answers the output sent, or rejects with the TaskFault sent. */
  readonly completion: Promise<Json>;
  onHeartbeat(listener: () => void): void;
  /** The task is over, however it ended: what comes now is too late. */
  retire(): void;
}

export interface TaskTokens {
  issue(stateMachineArn: string): IssuedToken;
  /** The state machine a token belongs to; for IAM. */
  stateMachineOf(token: string): string | undefined;
  succeed(token: string, output: Json): void;
  fail(token: string, error: string | undefined, cause: string | undefined): void;
  heartbeat(token: string): void;
}

interface Pending {
  readonly stateMachineArn: string;
  resolve(output: Json): void;
  reject(fault: TaskFault): void;
  heartbeat: () => void;
}

/** Tokens look like AWS's: long, opaque, with a constant beginning. */
const TOKEN_PREFIX = 'AQCkAAAAKgAAAAM';
const TOKEN_DIGITS = 160;

export function createTaskTokens(ids: Ids): TaskTokens {
  const pending = new Map<string, Pending>();
  const spent = new Set<string>();

  const retire = (token: string): void => {
    if (!pending.delete(token)) return;
    spent.add(token);
    if (spent.size <= SPENT_TOKENS_MAX) return;
    const oldest = spent.values().next().value;
    if (oldest !== undefined) spent.delete(oldest);
  };
  const find = (token: string): Pending => {
    const found = pending.get(token);
    if (found !== undefined) return found;
    if (!token.startsWith(TOKEN_PREFIX)) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
    if (spent.has(token)) throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    throw new AwsError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'");
  };

  return {
    issue(stateMachineArn) {
      const value = TOKEN_PREFIX + Buffer.from(ids.hex(TOKEN_DIGITS), 'hex').toString('base64');
      let entry: Pending | undefined;
      const completion = new Promise<Json>((resolve, reject) => {
        entry = { stateMachineArn, resolve, reject, heartbeat: () => undefined };
        pending.set(value, entry);
      });
      // A task may end before its token is used; nobody waits for this promise then.
      completion.catch(() => undefined);
      return {
        value,
        completion,
        onHeartbeat(listener) {
          if (entry !== undefined) entry.heartbeat = listener;
        },
        retire: () => retire(value),
      };
    },
    stateMachineOf: (token) => pending.get(token)?.stateMachineArn,
    succeed(token, output) {
      const found = find(token);
      retire(token);
      found.resolve(output);
    },
    fail(token, error, cause) {
      const found = find(token);
      retire(token);
      found.reject(new TaskFault(error, cause));
    },
    heartbeat(token) {
      find(token).heartbeat();
    },
  };
}
