// Seeded dice. Each part of a run throws its own, so that a part that draws one number more does not change all the others.
import { createIds } from '#localaws/ids.ts';
import type { Ids } from '#localaws/region.ts';

export interface Dice extends Ids {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  oneOf<T>(choices: readonly T[]): T;
}

/** @param part names who throws */
export function createDice(seed: number, part: string): Dice {
  const ids = createIds(mix(seed, part));
  return {
    ...ids,
    between: (from, to) => from + Math.floor(ids.random() * (to - from + 1)),
    chance: (probability) => ids.random() < probability,
    oneOf<T>(choices: readonly T[]): T {
      const chosen = choices[Math.floor(ids.random() * choices.length)];
      if (chosen === undefined && choices.length === 0) throw new RangeError('nothing to choose from');
      return chosen as T;
    },
  };
}

/** FNV-1a over the part's name, begun with the seed. */
function mix(seed: number, part: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < part.length; index++) hash = Math.imul(hash ^ part.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
