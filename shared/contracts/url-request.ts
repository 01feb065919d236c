// What a Lambda function URL hands to its function: payload format 2.0. Source: Lambda developer guide, "Invoking function URLs".
import * as z from 'zod';
import { type Parsed, parseWith } from './parse-with.ts';

/** Bytes of a form that are looked at: a token and a reason are far less. */
const BODY_LENGTH_MAX = 10_000;

const payload = z.object({
  version: z.literal('2.0'),
  rawQueryString: z.string().max(4_000).default(''),
  requestContext: z.object({ http: z.object({ method: z.string(), sourceIp: z.string().max(64).default('') }) }),
  body: z.string().max(BODY_LENGTH_MAX).optional(),
  isBase64Encoded: z.boolean().default(false),
});

export interface UrlRequest {
  readonly method: string;
  readonly sourceIp: string;
  readonly query: URLSearchParams;
  /** The body as a form; empty without one. */
  readonly form: URLSearchParams;
}

export function parseUrlRequest(event: unknown): Parsed<UrlRequest> {
  const parsed = parseWith(payload, event);
  if (!parsed.ok) return parsed;
  const { rawQueryString, requestContext, body = '', isBase64Encoded } = parsed.value;
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  const { method, sourceIp } = requestContext.http;
  return { ok: true, value: { method, sourceIp, query: new URLSearchParams(rawQueryString), form: new URLSearchParams(text) } };
}

/** What the function answers, and the URL turns into HTTP. */
export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
