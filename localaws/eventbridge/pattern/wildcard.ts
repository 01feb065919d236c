// Wildcard patterns: literal pieces with anything between them. Greedy matching from left to right is enough and linear, so no
// pattern can make a rule slow.
import { PatternError } from './pattern-error.ts';

/** The test a wildcard pattern stands for. @throws PatternError for `**` and for a backslash before anything but `*` and `\` */
export function compileWildcardTest(text: string): (given: string) => boolean {
  const pieces = literalPieces(text);
  return (given) => fits(pieces, given);
}

/** The literal text before, between and after the asterisks. Positions in messages count the opening quote, as AWS's do. */
function literalPieces(text: string): string[] {
  const pieces = [''];
  for (let index = 0; index < text.length; index++) {
    let character = text[index] ?? '';
    if (character === '*') {
      if (text[index + 1] === '*') throw new PatternError(`Consecutive wildcard characters at pos ${index + 1}`);
      pieces.push('');
      continue;
    }
    if (character === '\\') {
      const escaped = text[index + 1];
      if (escaped !== '*' && escaped !== '\\') throw new PatternError(`Invalid escape character at pos ${index + 1}`);
      character = escaped;
      index++;
    }
    pieces[pieces.length - 1] += character;
  }
  return pieces;
}

function fits(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let offset = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, offset);
    if (found < 0 || found + piece.length > end) return false;
    offset = found + piece.length;
  }
  return true;
}
