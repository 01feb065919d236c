// equals-ignore-case and its prefix and suffix forms. Each character of the pattern stands for its lower and its upper case, which
// may be longer than itself (ß is also SS); the characters of the event are taken as they are.

export interface IgnoreCaseText {
  equals(text: string): boolean;
  startsOf(text: string): boolean;
  endsOf(text: string): boolean;
}

/** Compares texts with `pattern` in any case. `startsOf`: the text starts with the pattern; `endsOf`: it ends with it. */
export function compileIgnoreCase(pattern: string): IgnoreCaseText {
  const spellings = [...pattern].map((character) => [...new Set([character.toLowerCase(), character.toUpperCase()])]);
  const reversed = spellings.toReversed();
  const forward = (text: string, at: number, spelling: string): number | undefined => (text.startsWith(spelling, at) ? at + spelling.length : undefined);
  const backward = (text: string, at: number, spelling: string): number | undefined => (text.endsWith(spelling, at) ? at - spelling.length : undefined);
  const reached = (text: string, start: number, order: readonly (readonly string[])[], step: typeof forward): ReadonlySet<number> => {
    let places: ReadonlySet<number> = new Set([start]);
    for (const choices of order) {
      places = new Set([...places].flatMap((at) => choices.map((spelling) => step(text, at, spelling)).filter((place) => place !== undefined)));
      if (places.size === 0) break;
    }
    return places;
  };
  return {
    equals: (text) => reached(text, 0, spellings, forward).has(text.length),
    startsOf: (text) => reached(text, 0, spellings, forward).size > 0,
    endsOf: (text) => reached(text, text.length, reversed, backward).size > 0,
  };
}
