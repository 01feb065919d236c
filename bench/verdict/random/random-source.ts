// The benchmark's source of randomness: xoshiro128** (Blackman and Vigna 2018), seeded by name, so that every cell and repetition has
// its own stream and a result does not depend on which worker drew it, or when.

export interface RandomSource {
  /** 32 uniform bits, as a whole number >= 0. */
  word(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** The stream that belongs to a seed and a name, for example a cell and a repetition. Equal arguments give equal streams. */
export function randomSource(seed: number, ...name: readonly (string | number)[]): RandomSource {
  const mix = splitMix32(hashText(`${seed}/${name.join('/')}`));
  return randomSourceFromState([mix(), mix(), mix(), mix()]);
}

/** The generator in a given state of four 32-bit words, not all of them zero. */
export function randomSourceFromState(state: readonly [number, number, number, number]): RandomSource {
  if (state.every((word) => word === 0)) throw new RangeError('xoshiro128** never leaves the state zero');
  return new Xoshiro128(...state);
}

/** FNV-1a, 32 bits, over UTF-16 units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** SplitMix with 32 bits of state: spreads a small seed over the generator's state. */
function splitMix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

// A class, not a closure: the engine keeps the four words of state unboxed, and drawing is most of the benchmark's own work.
class Xoshiro128 implements RandomSource {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private spareNormal: number | undefined;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.d = d | 0;
  }

  word(): number {
    const scrambled = Math.imul(this.b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  uniform(): number {
    return ((this.word() >>> 5) * 0x4000000 + (this.word() >>> 6)) / 0x20000000000000;
  }

  /** Marsaglia's polar method: two normals from one accepted point. */
  normal(): number {
    const spare = this.spareNormal;
    if (spare !== undefined) {
      this.spareNormal = undefined;
      return spare;
    }
    let x = 0;
    let y = 0;
    let square = 0;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    this.spareNormal = y * scale;
    return x * scale;
  }
}
