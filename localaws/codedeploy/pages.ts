// CodeDeploy's lists come in pages of its own choosing; the token names the last item given, so new items do not shift a page.
import { AwsError } from '../endpoint/aws-error.ts';
import { stringMember } from '../endpoint/json-members.ts';
import type { AwsShape } from '../region.ts';
import { PAGE_SIZE } from './limits.ts';

/** One page of `items` after the item the request's nextToken names. @throws AwsError InvalidNextTokenException. */
export function pageOf(items: readonly string[], input: AwsShape, size = PAGE_SIZE): { page: string[]; nextToken: string | undefined } {
  const token = stringMember(input, 'nextToken');
  let start = 0;
  if (token !== undefined && token !== '') {
    const last = Buffer.from(token, 'base64url').toString();
    const index = items.indexOf(last);
    if (index < 0) throw new AwsError('InvalidNextTokenException', 'The next token was specified in an invalid format.');
    start = index + 1;
  }
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const isMore = start + page.length < items.length && last !== undefined;
  return { page, nextToken: isMore ? Buffer.from(last).toString('base64url') : undefined };
}
