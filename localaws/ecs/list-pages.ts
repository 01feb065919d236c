// Pages of the List operations: the token names the last item of the page before, so a page stays right while items come and go.
import type { AwsShape } from '../region.ts';
import { invalidParameter, text, whole } from './input-members.ts';
import { LIST_PAGE_MAX } from './limits.ts';

export interface Page {
  readonly items: string[];
  readonly nextToken: string | undefined;
}

/** The page of `items` (in their order) that the request asks for. */
export function pageOf(items: readonly string[], input: AwsShape, defaultSize: number): Page {
  const size = whole(input, 'maxResults', { min: 1, max: LIST_PAGE_MAX }) ?? defaultSize;
  const token = text(input, 'nextToken');
  const start = token === undefined || token === '' ? 0 : startOf(items, token);
  const page = items.slice(start, start + size);
  const end = start + page.length;
  const last = page.at(-1);
  return { items: page, nextToken: last !== undefined && end < items.length ? tokenOf(end, last) : undefined };
}

function tokenOf(end: number, last: string): string {
  return Buffer.from(JSON.stringify([end, last]), 'utf8').toString('base64url');
}

/** Where the page after a token begins: behind its item, or at its place when that item is gone (rather one item twice than one never). */
function startOf(items: readonly string[], token: string): number {
  try {
    const [end, last] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    if (typeof end !== 'number' || typeof last !== 'string') throw new TypeError('not a token of ours');
    const index = items.indexOf(last);
    return index >= 0 ? index + 1 : Math.min(end - 1, items.length);
  } catch {
    throw invalidParameter(`Invalid token ${token}`);
  }
}
