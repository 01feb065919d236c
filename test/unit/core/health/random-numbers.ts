// Seeded random numbers for simulations in tests.

/** Numbers above 0 and below 1, always the same for a seed (Weyl sequence with a mixing step). */
export function randomNumbers(seed: number): () => number {
  let state = (seed + 1) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
  };
}

/** How many of so many requests fail: jumps from failure to failure, so that rare ones are cheap. */
export function binomial(random: () => number, requests: number, rate: number): number {
  if (rate <= 0) return 0;
  if (rate >= 1) return requests;
  const scale = Math.log1p(-rate);
  let bad = -1;
  for (let request = -1; request < requests; request += 1 + Math.floor(Math.log(random()) / scale)) bad++;
  return bad;
}
