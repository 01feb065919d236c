// IP addresses in patterns: the cidr operator, and plain values that are addresses, which equal every other spelling of themselves.
import { isIPv6 } from 'node:net';
import { PatternError } from './pattern-error.ts';

const IPV4_BITS = 32;

/** @throws PatternError for a malformed block */
export function compileAddressTest(cidr: string): (text: string) => boolean {
  // Slashes at the end count for nothing.
  const [address, mask, ...rest] = cidr.replace(/\/+$/, '').split('/');
  if (address === undefined || mask === undefined || rest.length > 0) throw new PatternError("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d{1,9}$/.test(mask)) throw new PatternError('Malformed CIDR, mask bits must be an integer');
  const bits = Number(mask);
  if (bits < 0) throw new PatternError('Malformed CIDR, mask bits must not be negative');
  const bytes = addressBytes(address);
  if (bytes === undefined) throw new PatternError(`Nonstandard IP address: ${address}`);
  const size = bytes.length * 8;
  // A block of a single address is refused by AWS.
  if (bits >= size) throw new PatternError(`${size === IPV4_BITS ? 'IPv4' : 'IPv6'} mask bits must be < ${size}`);
  return (text) => {
    const other = addressBytes(text);
    return other?.length === bytes.length && haveSameBits(bytes, other, bits);
  };
}

/** Network order bytes of an IPv4 or IPv6 literal; an IPv4-mapped IPv6 address is the IPv4 address. undefined: no address. */
export function addressBytes(text: string): readonly number[] | undefined {
  if (/^\d+(\.\d+){3}$/.test(text)) {
    const octets = text.split('.').map(Number);
    return octets.every((octet) => octet <= 255) ? octets : undefined;
  }
  if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(text) || !isIPv6(text)) return undefined;
  const bytes = wordsOf(text).flatMap((word) => [word >> 8, word & 0xff]);
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : bytes;
}

function haveSameBits(one: readonly number[], other: readonly number[], bits: number): boolean {
  for (let index = 0; index * 8 < bits; index++) {
    const taken = Math.min(8, bits - index * 8);
    const mask = (0xff << (8 - taken)) & 0xff;
    if (((one[index] ?? 0) & mask) !== ((other[index] ?? 0) & mask)) return false;
  }
  return true;
}

/** Eight 16-bit words, the shortened run of zeros filled in. */
function wordsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  const left = words(head);
  if (tail === undefined) return left;
  const right = words(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}
