// Filter patterns of terms: `ERROR`, `"two words"`, `-exclude`, `?either ?or`. Patterns over JSON fields or columns are refused
// with an error that says so.
import { invalidParameter } from './inputs.ts';
import { FILTER_PATTERN_LENGTH_MAX } from './limits.ts';

/**
 * Reads a filter pattern; the empty one matches everything. Matching is case-sensitive and finds a term anywhere in the
 * message, also inside a word (unverified).
 * @throws AwsError InvalidParameterException.
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  if (pattern.length > FILTER_PATTERN_LENGTH_MAX) throw invalidParameter(`Filter pattern is longer than ${FILTER_PATTERN_LENGTH_MAX} characters.`);
  const text = pattern.trim();
  if (text.startsWith('{') || text.startsWith('[') || text.startsWith('%')) {
    throw invalidParameter(
      'localaws: filter patterns over JSON fields, columns or regular expressions are not available on the local AWS; use terms like ERROR "two words" -exclude.',
    );
  }
  const required: string[] = [];
  const excluded: string[] = [];
  const either: string[] = [];
  let rest = text;
  while (rest !== '') {
    const match = /^([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*/.exec(rest);
    if (match === null) throw invalidParameter('Invalid filter pattern: a quote is not closed');
    const [whole, sign, quoted, bare] = match;
    if (bare !== undefined && !/^\w+$/.test(bare)) throw invalidParameter(`Invalid character(s) in term '${bare}'`);
    const term = bare ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1');
    if (sign === '-') excluded.push(term);
    else if (sign === '?') either.push(term);
    else required.push(term);
    rest = rest.slice(whole.length);
  }
  // AWS: `?` terms beside others are ignored.
  const isEither = either.length > 0 && required.length === 0 && excluded.length === 0;
  return (message) =>
    isEither
      ? either.some((term) => message.includes(term))
      : required.every((term) => message.includes(term)) && !excluded.some((term) => message.includes(term));
}
