// Posts notifications to a Slack-compatible webhook. The secret is the webhook's URL, or JSON with the URL of a method that answers
// with the message's timestamp, its token and channel: only such an answer makes threads possible, an incoming webhook answers "ok".
// Source: Slack developer documentation, "Sending messages using incoming webhooks", chat.postMessage (thread_ts, ok, error, ts).
import * as z from 'zod';
import { chatMessage } from '#core/notification/chat-message.ts';
import { PermanentError, RetryableError } from '#ports/errors.ts';
import type { Chat } from '#ports/notifier.ts';
import type { ReadSecret } from '../ssm/aws-secrets.ts';

const ANSWER_MILLISECONDS_MAX = 5_000;
/** Characters of an answer that are looked at. */
const ANSWER_LENGTH_MAX = 20_000;

/** Its messages hold what deployments do and logs say: not over plain HTTP, but for a server of this machine. */
const url = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && (hostname === 'localhost' || hostname === '127.0.0.1'));
});
const endpoint = z.object({ url, token: z.string().min(1).optional(), channel: z.string().min(1).optional() });
type Endpoint = z.output<typeof endpoint>;

export interface ChatOptions {
  readonly readSecret: ReadSecret;
  /** Where docs/operations.md is to be read: a path or a URL. */
  readonly runbooks: string;
  readonly fetch?: typeof fetch;
}

export function createSlackWebhook({ readSecret, runbooks, fetch: send = fetch }: ChatOptions): Chat {
  return {
    async post(notification, webhook, thread) {
      const { url: target, token, channel } = endpointOf(await readSecret(webhook));
      const response = await answered(() =>
        send(target, {
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
          body: JSON.stringify({
            text: chatMessage(notification, runbooks),
            ...(channel === undefined ? {} : { channel }),
            ...(thread === undefined ? {} : { thread_ts: thread }),
          }),
          redirect: 'error',
          signal: AbortSignal.timeout(ANSWER_MILLISECONDS_MAX),
        }),
      );
      const text = (await answered(() => response.text())).slice(0, ANSWER_LENGTH_MAX);
      if (response.status === 429 || response.status >= 500) throw new RetryableError(`the webhook answered ${response.status}`);
      if (!response.ok) throw new PermanentError(`the webhook answered ${response.status}`);
      return threadOf(text);
    },
  };
}

/** No error says what the secret is. */
function endpointOf(secret: string): Endpoint {
  const text = secret.trim();
  const parsed = endpoint.safeParse(text.startsWith('{') ? jsonOf(text) : { url: text });
  if (!parsed.success) throw new PermanentError('the webhook\'s secret is neither an https URL nor JSON with "url", and optionally "token" and "channel"');
  return parsed.data;
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new RetryableError(`the webhook did not answer: ${error instanceof Error ? error.name : 'unknown error'}`);
  }
}

/** Slack's methods answer 200 with ok: false to what they refuse. */
function threadOf(text: string): string | undefined {
  const answer = text.startsWith('{') ? jsonOf(text) : undefined;
  const parsed = z.object({ ok: z.boolean().optional(), error: z.string().optional(), ts: z.string().min(1).optional() }).safeParse(answer);
  if (!parsed.success) return undefined;
  if (parsed.data.ok === false) throw new PermanentError(`the webhook refused the message: ${parsed.data.error ?? 'no reason given'}`);
  return parsed.data.ts;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
