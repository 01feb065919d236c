// The shell of a function behind a function URL: whoever calls has no AWS identity, so that nothing of an error is told.
import { parseUrlRequest, type UrlAnswer, type UrlRequest } from '#contracts/url-request.ts';
import { approvalPageHeaders, messagePage } from '#core/approval/approval-page.ts';
import type { Ports } from '#ports/ports.ts';
import { logger } from './logger.ts';
import { observed } from './observed-handler.ts';
import { portsOfThisFunction } from './ports-of-this-function.ts';

export function urlHandler(work: (ports: Ports, request: UrlRequest) => Promise<UrlAnswer>) {
  return observed().handler(async (event: unknown): Promise<UrlAnswer> => {
    const parsed = parseUrlRequest(event);
    if (!parsed.ok) {
      logger.warn('refused a request that could not be read', { problem: parsed.problem });
      return { statusCode: 400, headers: approvalPageHeaders, body: messagePage('Nothing was changed', 'This request could not be read.') };
    }
    try {
      return await work(portsOfThisFunction().ports, parsed.value);
    } catch (error) {
      logger.error('a request could not be answered', { error: String(error) });
      return { statusCode: 503, headers: approvalPageHeaders, body: messagePage('Not now', 'Try again in a minute, or use weir approve.') };
    }
  });
}
