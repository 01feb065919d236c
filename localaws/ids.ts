// Seeded identifiers, so that the same seed makes the same world.
import type { Ids } from './region.ts';

/** Identifiers drawn from a 32-bit seed (mulberry32: small, fast, and enough for names; not for secrets). */
export function createIds(seed: number): Ids {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const draw = (alphabet: string, length: number): string => {
    let text = '';
    for (let index = 0; index < length; index++) text += alphabet[Math.floor(random() * alphabet.length)];
    return text;
  };
  const hex = (length: number): string => draw('0123456789abcdef', length);
  return {
    random,
    hex,
    digits: (length) => draw('123456789', 1) + draw('0123456789', length - 1),
    upper: (length) => draw('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', length),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${draw('89ab', 1)}${hex(3)}-${hex(12)}`,
  };
}
